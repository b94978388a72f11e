#include "dyt/data/loader.h"

#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/core/random.h"

namespace dyt::data {
namespace {

// Shared by training and evaluation: an image without augmentation gets the same bits from both.
float normalized(float raw, float scale) { return (raw / scale - 0.5f) / 0.5f; }

void check_range(int64_t begin, int64_t end, int64_t count) {
  if (begin < 0 || begin > end || end > count) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "a batch asks for images that are not there",
                       .expected = "numbers from 0 to " + std::to_string(count - 1),
                       .found = std::to_string(begin) + " to " + std::to_string(end - 1)});
  }
}

at::Tensor empty_batch(const ImageData& data, int64_t count) {
  return at::empty({count, data.channels, data.image_size, data.image_size}, at::kFloat);
}

}  // namespace

std::vector<int64_t> batch_order(uint64_t seed, uint64_t epoch, int64_t count) {
  return core::RandomStream(seed, "order", {epoch}).permutation(count);
}

at::Tensor train_batch(const ImageData& data, std::span<const int64_t> samples,
                       const BatchSpec& spec) {
  at::Tensor batch = empty_batch(data, static_cast<int64_t>(samples.size()));
  const uint8_t* images = data.train.images.const_data_ptr<uint8_t>();
  float* output = batch.mutable_data_ptr<float>();
  const int64_t plane = data.image_size * data.image_size;
  for (const int64_t sample : samples) {
    check_range(sample, sample + 1, data.train.labels.numel());
    core::RandomStream random(spec.seed, "augment", {spec.epoch, static_cast<uint64_t>(sample)});
    const Affine affine = draw_affine(spec.augment, random);
    for (int64_t channel = 0; channel < data.channels; ++channel) {
      const uint8_t* pixels = images + (sample * data.channels + channel) * plane;
      warp({.pixels = pixels, .height = data.image_size, .width = data.image_size}, affine, output);
      output += plane;
    }
  }
  const auto scale = static_cast<float>(data.scale);
  for (float* value = batch.mutable_data_ptr<float>(); value != output; ++value) {
    *value = normalized(*value, scale);
  }
  return batch;
}

at::Tensor eval_batch(const ImageData& data, int64_t begin, int64_t end) {
  check_range(begin, end, data.test.labels.numel());
  at::Tensor batch = empty_batch(data, end - begin);
  const int64_t size = batch.numel();
  const uint8_t* raw = data.test.images.const_data_ptr<uint8_t>() +
                       begin * data.channels * data.image_size * data.image_size;
  float* output = batch.mutable_data_ptr<float>();
  const auto scale = static_cast<float>(data.scale);
  for (int64_t i = 0; i < size; ++i) {
    output[i] = normalized(static_cast<float>(raw[i]), scale);
  }
  return batch;
}

}  // namespace dyt::data

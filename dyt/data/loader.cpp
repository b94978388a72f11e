#include "dyt/data/loader.h"

#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/core/random.h"
#include "dyt/data/split_image.h"
#include "dyt/pixels/transforms.h"

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

at::Tensor empty_batch(const ImageData& data, int64_t count, int64_t channels) {
  return at::empty({count, channels, data.image_size, data.image_size}, at::kFloat);
}

pixels::TrainTransform transform_of(const AugmentConfig& config, int64_t size) {
  const std::string& policy = config.policy;
  const bool is_padded = policy == "padded_crop" || policy == "supervised_pad";
  const bool is_plain = policy == "padded_crop" || policy == "resized_crop";
  pixels::TrainTransform transform =
      is_padded ? pixels::small_picture_train(size) : pixels::supervised_train(size);
  transform.range.min_area = config.min_area;
  transform.normalization = pixels::kHalfNormalization;  // what plain images have
  if (is_plain) {
    transform.rand_augment.reset();
    transform.erase.reset();
  }
  return transform;
}

at::Tensor transformed_batch(const ImageData& data, std::span<const int64_t> samples,
                             const BatchSpec& spec) {
  constexpr int64_t kRgb = 3;
  const pixels::TrainTransform transform = transform_of(spec.augment, data.image_size);
  at::Tensor batch = empty_batch(data, static_cast<int64_t>(samples.size()), kRgb);
  float* output = batch.mutable_data_ptr<float>();
  for (const int64_t sample : samples) {
    check_range(sample, sample + 1, data.train.labels.numel());
    pixels::apply(transform, split_image(data, data.train, sample),
                  {.seed = spec.seed, .epoch = spec.epoch, .sample = static_cast<uint64_t>(sample)},
                  output);
    output += kRgb * data.image_size * data.image_size;
  }
  return batch;
}

}  // namespace

std::vector<int64_t> batch_order(uint64_t seed, uint64_t epoch, int64_t count) {
  return core::RandomStream(seed, "order", {epoch}).permutation(count);
}

at::Tensor train_batch(const ImageData& data, std::span<const int64_t> samples,
                       const BatchSpec& spec) {
  if (spec.augment.makes_rgb()) {
    return transformed_batch(data, samples, spec);
  }
  at::Tensor batch = empty_batch(data, static_cast<int64_t>(samples.size()), data.channels);
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

at::Tensor plain_batch(const ImageData& data, const ImageSplit& split, int64_t begin, int64_t end) {
  check_range(begin, end, split.labels.numel());
  at::Tensor batch = empty_batch(data, end - begin, data.channels);
  const int64_t size = batch.numel();
  const uint8_t* raw = split.images.const_data_ptr<uint8_t>() +
                       begin * data.channels * data.image_size * data.image_size;
  float* output = batch.mutable_data_ptr<float>();
  const auto scale = static_cast<float>(data.scale);
  for (int64_t i = 0; i < size; ++i) {
    output[i] = normalized(static_cast<float>(raw[i]), scale);
  }
  return batch;
}

}  // namespace dyt::data

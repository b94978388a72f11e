// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/sample_makers.h"

#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/data/internal/normalized.h"
#include "dyt/data/split_image.h"

namespace dyt::data {
namespace {

constexpr int64_t kRgb = 3;

using pixels::SampleKey;

void check_sample(int64_t sample, int64_t count) {
  if (sample < 0 || sample >= count) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "a batch asks for images that are not there",
                       .expected = "numbers from 0 to " + std::to_string(count - 1),
                       .found = std::to_string(sample)});
  }
}

int64_t label_of(const ImageSplit& split, int64_t sample) {
  return split.labels.const_data_ptr<int64_t>()[sample];
}

ViewShape square(const ImageData& data, int64_t channels) {
  return {.channels = channels, .height = data.image_size, .width = data.image_size};
}

pixels::TrainTransform recipe_of(const std::string& policy, int64_t size) {
  if (policy == "supervised") {
    return pixels::supervised_train(size);
  }
  if (policy == "supervised_pad") {
    return pixels::small_picture_train(size);
  }
  if (policy == "one_shot_crop") {
    return pixels::linear_probe_train(size);
  }
  if (policy == "padded_crop") {
    return {.size = size, .crop = pixels::CropKind::kPadded};
  }
  return pixels::mae_pretrain(size);
}

pixels::TrainTransform transform_of(const ImageData& data, const AugmentConfig& config) {
  pixels::TrainTransform transform = recipe_of(config.policy, data.image_size);
  transform.range.min_area = config.min_area;
  transform.normalization = data.normalization;
  transform.filter = data.filter;
  if (transform.rand_augment) {
    transform.rand_augment->filter = data.filter;
  }
  return transform;
}

// All channels of an image get the same map.
void make_affine(const ImageData& data, const AugmentConfig& augment, const SampleKey& key,
                 float* output) {
  core::RandomStream random(key.seed, "augment", {key.epoch, key.sample});
  const Affine affine = draw_affine(augment, random);
  const int64_t plane = data.image_size * data.image_size;
  const uint8_t* pixels = data.train.images.const_data_ptr<uint8_t>() +
                          static_cast<int64_t>(key.sample) * data.channels * plane;
  for (int64_t channel = 0; channel < data.channels; ++channel) {
    warp({.pixels = pixels, .height = data.image_size, .width = data.image_size}, affine, output);
    const Normalized normalized(data, channel);
    for (float* value = output; value != output + plane; ++value) {
      *value = normalized(*value);
    }
    pixels += plane;
    output += plane;
  }
}

// make_view(image, key, views) writes the values of all views.
template <class MakeView>
MakeSample samples_of(const ImageData& data, const ImageSplit& split, uint64_t seed, uint64_t epoch,
                      const MakeView& make_view) {
  return [&data, split, seed, epoch, make_view](const SampleRequest& request,
                                                std::span<float* const> views) {
    check_sample(request.sample, split.labels.numel());
    const SampleKey key{.seed = seed,
                        .epoch = epoch,
                        .sample = static_cast<uint64_t>(request.sample),
                        .repeat = static_cast<uint64_t>(request.repeat)};
    make_view(split_image(data, split, request.sample), key, views);
    return label_of(split, request.sample);
  };
}

MakeSample affine_samples(const ImageData& data, const AugmentConfig& augment, uint64_t seed,
                          uint64_t epoch) {
  return
      [&data, augment, seed, epoch](const SampleRequest& request, std::span<float* const> views) {
        check_sample(request.sample, data.train.labels.numel());
        make_affine(data, augment,
                    {.seed = seed, .epoch = epoch, .sample = static_cast<uint64_t>(request.sample)},
                    views[0]);
        return label_of(data.train, request.sample);
      };
}

}  // namespace

SampleMaker training_maker(const ImageData& data, const AugmentConfig& augment, uint64_t seed,
                           uint64_t epoch) {
  if (augment.policy == "affine") {
    return {.views = {square(data, data.channels)},
            .make = affine_samples(data, augment, seed, epoch)};
  }
  if (augment.policy == "center_crop") {
    const pixels::AdmTransform transform{.size = data.image_size,
                                         .normalization = data.normalization};
    const auto view = [transform](const formats::Image& image, const SampleKey& key,
                                  std::span<float* const> views) {
      pixels::apply(transform, image, key, views[0]);
    };
    return {.views = {square(data, kRgb)}, .make = samples_of(data, data.train, seed, epoch, view)};
  }
  const auto view = [transform = transform_of(data, augment)](const formats::Image& image,
                                                              const SampleKey& key,
                                                              std::span<float* const> views) {
    pixels::apply(transform, image, key, views[0]);
  };
  return {.views = {square(data, kRgb)}, .make = samples_of(data, data.train, seed, epoch, view)};
}

SampleMaker crops_maker(const ImageData& data, const ImageSplit& split,
                        const pixels::MultiCrop& crops, uint64_t seed, uint64_t epoch) {
  SampleMaker maker{.make =
                        samples_of(data, split, seed, epoch,
                                   [crops](const formats::Image& image, const SampleKey& key,
                                           std::span<float* const> views) {
                                     pixels::apply(crops, image, key, {views.begin(), views.end()});
                                   })};
  for (const pixels::CropTransform& crop : crops) {
    maker.views.push_back({.channels = kRgb, .height = crop.size, .width = crop.size});
  }
  return maker;
}

SampleMaker streamed_maker(const ImageData& data, const ImageSplit& split) {
  const auto view = [transform = evaluation_transform(data)](const formats::Image& image,
                                                             const SampleKey&,
                                                             std::span<float* const> views) {
    pixels::apply(transform, image, views[0]);
  };
  return {.views = {square(data, kRgb)}, .make = samples_of(data, split, 0, 0, view)};
}

}  // namespace dyt::data

// SPDX-License-Identifier: Apache-2.0
// What the published recipes do to an image before the network sees it, as plain configurations.
//
//   const TrainTransform transform = supervised_train(224);
//   std::vector<float> view(3 * 224 * 224);
//   apply(transform, image, {.seed = 0, .epoch = 3, .sample = 17}, view.data());
//
// Every stage draws from a stream of its own name: (seed, "transform/<stage>", epoch, sample), so
// what an image becomes depends on nothing else, and switching a stage on or off moves no other.
// Outputs are fp32 (C, size, size). Grey images are turned to RGB first, as upstream does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dyt/pixels/color_jitter.h"
#include "dyt/pixels/planes.h"
#include "dyt/pixels/rand_augment.h"
#include "dyt/pixels/random_crop.h"

namespace dyt::pixels {

// One training view of one sample. `repeat` tells the views of a sample apart that comes several
// times in an epoch (repeated augmentation).
struct SampleKey {
  uint64_t seed = 0;
  uint64_t epoch = 0;
  uint64_t sample = 0;
  uint64_t repeat = 0;
};

// (seed, "transform/<stage>", epoch, sample); with a repeat above 0 the name ends "/repeat-<n>".
core::RandomStream stream_of(const SampleKey& key, const std::string& stage);

enum class CropKind {
  kResized,  // torchvision's RandomResizedCrop
  kOneShot,  // MAE's linear probing
  kPadded  // scaled to size x size unless it has that size, `padding` black pixels around, a random
           // size x size part: torchvision's RandomCrop(size, padding)
};

// crop, flip, RandAugment, normalize, erase, in this order. Streams: crop, flip, augment, erase.
struct TrainTransform {
  int64_t size = 224;
  CropKind crop = CropKind::kResized;
  CropRange range;
  int64_t padding = 4;
  Filter filter = Filter::kBicubic;
  double flip = 0.5;  // probability
  std::optional<RandAugmentConfig> rand_augment;
  Normalization normalization;
  std::optional<EraseConfig> erase;
};

// The 8-bit image before normalization.
Image training_view(const TrainTransform& transform, const Image& image, const SampleKey& key);
void apply(const TrainTransform& transform, const Image& image, const SampleKey& key,
           float* output);

// Shorter side to `resize` (or, where `square`, both sides straight to `size`), centre crop,
// normalize.
struct EvalTransform {
  int64_t size = 224;
  int64_t resize = 256;
  bool square = false;
  Filter filter = Filter::kBicubic;
  Normalization normalization;
};

Image evaluation_view(const EvalTransform& transform, const Image& image);
void apply(const EvalTransform& transform, const Image& image, float* output);

// One crop of DINO: resized crop, flip, colour jitter with `jitter_probability`, grey with
// `grey_probability`, blur with `blur_probability` (radius uniform), solarize with
// `solarize_probability`, normalize.
struct CropTransform {
  int64_t size = 224;
  CropRange range;
  double flip = 0.5;
  ColorJitterConfig jitter;
  double jitter_probability = 0.8;
  double grey_probability = 0.2;
  double blur_probability = 1;
  double min_blur = 0.1;  // pixels
  double max_blur = 2.0;
  double solarize_probability = 0;
  int solarize_threshold = 128;
  Filter filter = Filter::kBicubic;
  Normalization normalization;
};

// The crops of one image, in order; `stage` names a crop's streams: "crop-<number>/<stage>".
using MultiCrop = std::vector<CropTransform>;

Image crop_view(const CropTransform& transform, const Image& image, const SampleKey& key,
                int64_t number);
// outputs[i] takes 3 * size_i * size_i values.
void apply(const MultiCrop& crops, const Image& image, const SampleKey& key,
           const std::vector<float*>& outputs);

// The ADM centre crop, flip, values in [-1, 1]. Stream: flip.
struct AdmTransform {
  int64_t size = 256;
  double flip = 0.5;
  Normalization normalization = kHalfNormalization;
};

void apply(const AdmTransform& transform, const Image& image, const SampleKey& key, float* output);

// RandomResizedCrop, flip, RandAugment m9 mstd0.5 inc1, erasing 0.25: the supervised runs and MAE's
// fine-tuning.
TrainTransform supervised_train(int64_t size = 224);
// The same with RandomCrop(size, padding 4) in place of the resized crop, for small pictures.
TrainTransform small_picture_train(int64_t size = 32);
// RandomResizedCrop of at least a fifth of the area, flip.
TrainTransform mae_pretrain(int64_t size = 224);
// One-shot crop, flip.
TrainTransform linear_probe_train(int64_t size = 224);

// Shorter side to trunc(size / crop_ratio), centre crop. From 384 pixels on straight to a square,
// unless crop_ratio is 1, which is what the MAE code takes above 224 pixels.
EvalTransform supervised_eval(int64_t size = 224, double crop_ratio = 0.875);

struct DinoCrops {
  int64_t global_size = 224;
  int64_t local_size = 96;
  int64_t local_crops = 10;
  double global_min_area = 0.25;
  double global_max_area = 1;
  double local_min_area = 0.05;
  double local_max_area = 0.25;
};

// Two global crops (blur 1; blur 0.1 and solarize 0.2), then the local ones (blur 0.5).
MultiCrop dino_multi_crop(const DinoCrops& crops = {});

}  // namespace dyt::pixels

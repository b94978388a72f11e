// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/transforms.h"

#include "dyt/core/error.h"
#include "dyt/pixels/blur.h"
#include "dyt/pixels/enhance.h"
#include "dyt/pixels/hue.h"
#include "dyt/pixels/tables.h"

namespace dyt::pixels {
namespace {

Size size_of(const Image& image) { return {.height = image.height, .width = image.width}; }

// The image as RGB, without a copy where it is that already. The image is to outlive it.
class Coloured {
 public:
  explicit Coloured(const Image& image) : image_(image) {
    if (image.channels != 3) {
      own_ = to_rgb(image);
    }
  }
  const Image& image() const { return image_.channels == 3 ? image_ : own_; }

 private:
  const Image& image_;
  Image own_;
};

bool happens(const SampleKey& key, const std::string& stage, double probability) {
  return stream_of(key, stage).uniform() < probability;
}

Image padded_crop(const TrainTransform& transform, const Image& image, core::RandomStream& random) {
  const Size size{.height = transform.size, .width = transform.size};
  const int64_t border = transform.padding;
  const Image framed = pad(resize(image, size, transform.filter),
                           {.left = border, .top = border, .right = border, .bottom = border});
  return crop(framed, draw_corner(size, size_of(framed), random));
}

Image random_crop(const TrainTransform& transform, const Image& image, const SampleKey& key) {
  core::RandomStream random = stream_of(key, "crop");
  if (transform.crop == CropKind::kPadded) {
    return padded_crop(transform, image, random);
  }
  const Rectangle part = transform.crop == CropKind::kResized
                             ? draw_resized_crop(transform.range, size_of(image), random)
                             : draw_one_shot_crop(transform.range, size_of(image), random);
  return resized_crop(image, part, transform.size, transform.filter);
}

}  // namespace

core::RandomStream stream_of(const SampleKey& key, const std::string& stage) {
  std::string name = "transform/" + stage;
  if (key.repeat > 0) {
    name += "/repeat-" + std::to_string(key.repeat);
  }
  return {key.seed, name, {key.epoch, key.sample}};
}

Image training_view(const TrainTransform& transform, const Image& image, const SampleKey& key) {
  Image view = random_crop(transform, Coloured(image).image(), key);
  if (happens(key, "flip", transform.flip)) {
    view = flip_horizontal(view);
  }
  if (transform.rand_augment) {
    core::RandomStream random = stream_of(key, "augment");
    for (const AugmentStep& step : draw_rand_augment(*transform.rand_augment, random)) {
      view = apply_augment(view, step, *transform.rand_augment);
    }
  }
  return view;
}

void apply(const TrainTransform& transform, const Image& image, const SampleKey& key,
           float* output) {
  const Image view = training_view(transform, image, key);
  normalize(view, transform.normalization, output);
  if (transform.erase) {
    core::RandomStream random = stream_of(key, "erase");
    const auto box = draw_erase(*transform.erase, size_of(view), random);
    if (box) {
      erase(output, view.channels, size_of(view), *box, random);
    }
  }
}

Image evaluation_view(const EvalTransform& transform, const Image& image) {
  const Coloured coloured(image);
  if (transform.square) {
    return resize(coloured.image(), {.height = transform.size, .width = transform.size},
                  transform.filter);
  }
  return center_crop(resize_shorter(coloured.image(), transform.resize, transform.filter),
                     transform.size);
}

void apply(const EvalTransform& transform, const Image& image, float* output) {
  normalize(evaluation_view(transform, image), transform.normalization, output);
}

Image crop_view(const CropTransform& transform, const Image& image, const SampleKey& key,
                int64_t number) {
  const std::string stage = "crop-" + std::to_string(number) + "/";
  core::RandomStream random = stream_of(key, stage + "crop");
  const Coloured coloured(image);
  Image view =
      resized_crop(coloured.image(), draw_resized_crop(transform.range, size_of(image), random),
                   transform.size, transform.filter);
  if (happens(key, stage + "flip", transform.flip)) {
    view = flip_horizontal(view);
  }
  random = stream_of(key, stage + "jitter");
  if (random.uniform() < transform.jitter_probability) {
    view = apply_color_jitter(view, draw_color_jitter(transform.jitter, random));
  }
  if (happens(key, stage + "grey", transform.grey_probability)) {
    view = grey_as_before(view);
  }
  random = stream_of(key, stage + "blur");
  if (random.uniform() < transform.blur_probability) {
    view = gaussian_blur(view, random.uniform(transform.min_blur, transform.max_blur));
  }
  if (happens(key, stage + "solarize", transform.solarize_probability)) {
    view = solarize(view, transform.solarize_threshold);
  }
  return view;
}

void apply(const MultiCrop& crops, const Image& image, const SampleKey& key,
           const std::vector<float*>& outputs) {
  if (outputs.size() != crops.size()) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "each crop needs a place for its values",
                       .where = "pixels::apply",
                       .expected = std::to_string(crops.size()) + " places",
                       .found = std::to_string(outputs.size())});
  }
  const Coloured coloured(image);
  for (size_t i = 0; i < crops.size(); ++i) {
    normalize(crop_view(crops[i], coloured.image(), key, static_cast<int64_t>(i)),
              crops[i].normalization, outputs[i]);
  }
}

void apply(const AdmTransform& transform, const Image& image, const SampleKey& key, float* output) {
  const Image view = adm_center_crop(Coloured(image).image(), transform.size);
  normalize(happens(key, "flip", transform.flip) ? flip_horizontal(view) : view,
            transform.normalization, output);
}

TrainTransform supervised_train(int64_t size) {
  return {.size = size, .rand_augment = RandAugmentConfig(), .erase = EraseConfig()};
}

TrainTransform small_picture_train(int64_t size) {
  TrainTransform transform = supervised_train(size);
  transform.crop = CropKind::kPadded;
  return transform;
}

TrainTransform mae_pretrain(int64_t size) { return {.size = size, .range = {.min_area = 0.2}}; }

TrainTransform linear_probe_train(int64_t size) {
  return {.size = size, .crop = CropKind::kOneShot};
}

EvalTransform supervised_eval(int64_t size, double crop_ratio) {
  return {.size = size,
          .resize = static_cast<int64_t>(static_cast<double>(size) / crop_ratio),
          .square = size >= 384 && crop_ratio < 1};
}

MultiCrop dino_multi_crop(const DinoCrops& crops) {
  CropTransform global{
      .size = crops.global_size,
      .range = {.min_area = crops.global_min_area, .max_area = crops.global_max_area}};
  MultiCrop all = {global};
  global.blur_probability = 0.1;
  global.solarize_probability = 0.2;
  all.push_back(global);
  const CropTransform local{
      .size = crops.local_size,
      .range = {.min_area = crops.local_min_area, .max_area = crops.local_max_area},
      .blur_probability = 0.5};
  all.insert(all.end(), static_cast<size_t>(crops.local_crops), local);
  return all;
}

}  // namespace dyt::pixels

#include "dyt/data/image_samples.h"

namespace dyt::data {
namespace {

using pixels::SampleKey;

std::vector<ViewShape> square(int64_t size) { return {{.height = size, .width = size}}; }

// fill(image, key, views) writes the values of all views.
template <class Fill>
MakeSample samples_of(const ImageIndex& index, uint64_t seed, uint64_t epoch, const Fill& fill) {
  return [&index, seed, epoch, fill](const SampleRequest& request, std::span<float* const> views) {
    const SampleKey key{.seed = seed,
                        .epoch = epoch,
                        .sample = static_cast<uint64_t>(request.sample),
                        .repeat = static_cast<uint64_t>(request.repeat)};
    fill(formats::read_image(index.path(request.sample)), key, views);
    return index.label(request.sample);
  };
}

}  // namespace

std::vector<ViewShape> views_of(const pixels::TrainTransform& transform) {
  return square(transform.size);
}

std::vector<ViewShape> views_of(const pixels::EvalTransform& transform) {
  return square(transform.size);
}

std::vector<ViewShape> views_of(const pixels::AdmTransform& transform) {
  return square(transform.size);
}

std::vector<ViewShape> views_of(const pixels::MultiCrop& crops) {
  std::vector<ViewShape> views;
  for (const pixels::CropTransform& crop : crops) {
    views.push_back({.height = crop.size, .width = crop.size});
  }
  return views;
}

MakeSample train_samples(const ImageIndex& index, const pixels::TrainTransform& transform,
                         uint64_t seed, uint64_t epoch) {
  return samples_of(index, seed, epoch,
                    [transform](const formats::Image& image, const SampleKey& key,
                                std::span<float* const> views) {
                      pixels::apply(transform, image, key, views[0]);
                    });
}

MakeSample eval_samples(const ImageIndex& index, const pixels::EvalTransform& transform) {
  return samples_of(
      index, 0, 0,
      [transform](const formats::Image& image, const SampleKey&, std::span<float* const> views) {
        pixels::apply(transform, image, views[0]);
      });
}

MakeSample adm_samples(const ImageIndex& index, const pixels::AdmTransform& transform,
                       uint64_t seed, uint64_t epoch) {
  return samples_of(index, seed, epoch,
                    [transform](const formats::Image& image, const SampleKey& key,
                                std::span<float* const> views) {
                      pixels::apply(transform, image, key, views[0]);
                    });
}

MakeSample crop_samples(const ImageIndex& index, const pixels::MultiCrop& crops, uint64_t seed,
                        uint64_t epoch) {
  return samples_of(
      index, seed, epoch,
      [crops](const formats::Image& image, const SampleKey& key, std::span<float* const> views) {
        pixels::apply(crops, image, key, {views.begin(), views.end()});
      });
}

}  // namespace dyt::data

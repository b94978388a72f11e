// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/masked_images.h"

#include "dyt/data/image_grid.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/random_layer.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kShownToAutoencoder = 8;

// One row of uniform numbers a sample, from the stream (seed, name, indices of the sample).
template <class StreamOf>
at::Tensor noise_of(int64_t rows, int64_t patches, const StreamOf& stream_of) {
  const at::Tensor noise = at::empty({rows, patches}, at::kFloat);
  float* value = noise.mutable_data_ptr<float>();
  for (int64_t row = 0; row < rows; ++row) {
    core::RandomStream random = stream_of(row);
    for (int64_t patch = 0; patch < patches; ++patch) {
      *value++ = static_cast<float>(random.uniform());
    }
  }
  return noise;
}

}  // namespace

MaskedImages::MaskedImages(const RunConfig& config, data::ImageData data)
    : VisionTask(config, std::move(data)),
      model_(std::make_shared<models::MaskedAutoencoder>(
          std::get<models::MaeModel>(config.model.family).sizes)) {
  models::initialize(*model_, seed());
  model_->to(device());
}

models::MaeOutput MaskedImages::training_output(train::StepPlace place,
                                                std::span<const int64_t> samples) {
  model_->train();
  nn::set_random_place(*model_, seed(), place.step);
  const auto epoch = static_cast<uint64_t>(place.epoch);
  const at::Tensor noise = noise_of(
      static_cast<int64_t>(samples.size()), model_->config().num_patches(), [&](int64_t row) {
        const auto sample = static_cast<uint64_t>(samples[static_cast<size_t>(row)]);
        return core::RandomStream(seed(), "mask", {epoch, sample});
      });
  return model_->forward(training_images(place, samples), noise.to(device()));
}

at::Tensor MaskedImages::training_loss(train::StepPlace place, std::span<const int64_t> samples) {
  return training_output(place, samples).loss;
}

void MaskedImages::calibrate(std::span<const int64_t> samples) {
  nn::calibrate(*model_, [&] { training_output({.epoch = 0, .step = 0}, samples); });
}

models::MaeOutput MaskedImages::output_of(const data::ImageSplit& split, int64_t begin,
                                          int64_t end) {
  const at::NoGradGuard no_grad;
  model_->eval();
  const at::Tensor noise = noise_of(end - begin, model_->config().num_patches(), [&](int64_t row) {
    return core::RandomStream(seed(), "mask/test", {static_cast<uint64_t>(begin + row)});
  });
  return model_->forward(plain_images(split, begin, end), noise.to(device()));
}

void MaskedImages::run_test_batch(int64_t count) {
  const data::ImageSplit& part = test_part(count);
  output_of(part, 0, part.labels.numel());
}

at::Tensor MaskedImages::features(const at::Tensor& images) {
  const int64_t patches = model_->config().num_patches();
  const at::Tensor all = at::arange(patches, at::TensorOptions(at::kLong).device(images.device()))
                             .expand({images.size(0), patches});
  const models::Masking nothing{.kept = all, .inverse = all, .mask = at::zeros_like(all)};
  return model_->encode(images, nothing).slice(1, 1).mean(1);
}

train::Evaluation MaskedImages::evaluate() {
  train::Evaluation result;
  const analysis::SlotRecorder recorder(*model_);
  for_each_batch(test_samples(), [&](int64_t begin, int64_t end) {
    result.loss +=
        output_of(data().test, begin, end).loss.item<double>() * static_cast<double>(end - begin);
  });
  result.loss /= static_cast<double>(test_samples());
  result.slots = recorder.statistics();
  const KnnInput knn{.data = data(),
                     .config = config().knn,
                     .features = [this](const data::ImageSplit& split, int64_t begin, int64_t end) {
                       return features(plain_images(split, begin, end));
                     }};
  add_knn_accuracy(knn, all_features(knn, data().test), data().test.labels, result);
  result.pictures.push_back(reconstructions());
  return result;
}

train::Picture MaskedImages::reconstructions() {
  const data::ImageSplit& part = test_part(kShownToAutoencoder);
  const int64_t count = part.labels.numel();
  const models::MaeConfig& sizes = model_->config();
  const at::Tensor images = plain_images(part, 0, count);
  const models::MaeOutput output = output_of(part, 0, count);
  const at::Tensor rows =
      at::cat({images, models::hide_patches(images, output.masking.mask, sizes.patch_size),
               models::paint_predictions(images, output.pred, output.masking.mask, sizes.patch_size,
                                         sizes.norm_pix_loss)});
  return {.name = "reconstructions",
          .caption =
              "Test images, what the encoder sees of them, and how the decoder paints the "
              "rest" +
              std::string(sizes.norm_pix_loss
                              ? " (brightness and contrast of each patch are the true ones)"
                              : ""),
          .pixels = data::image_grid(pixels_of(rows), {.columns = count})};
}

analysis::NonFiniteOrigin MaskedImages::nonfinite_origin(train::StepPlace place,
                                                         std::span<const int64_t> samples) {
  return analysis::find_nonfinite(*model_, [&] { training_output(place, samples); });
}

}  // namespace dyt::tasks

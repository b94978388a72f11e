// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/diffusion.h"

#include <ATen/ops/cat.h>

#include <functional>

#include "dyt/analysis/sample_quality.h"
#include "dyt/data/image_grid.h"
#include "dyt/models/diffusion.h"
#include "dyt/models/diffusion_sampling.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/random_layer.h"
#include "dyt/tasks/knn_evaluation.h"
#include "dyt/tasks/picture_quality.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kLossImages = 512;  // of the test images, for the test loss
constexpr int64_t kDrawnAtOnce = 100;
constexpr int64_t kShownToDiffusion = 50;

at::Tensor normal_of(at::IntArrayRef shape, core::RandomStream& random) {
  const at::Tensor noise = at::empty(shape, at::kFloat);
  float* value = noise.mutable_data_ptr<float>();
  for (int64_t i = 0; i < noise.numel(); ++i) {
    value[i] = static_cast<float>(random.normal());
  }
  return noise;
}

const models::DitConfig& dit_sizes_of(const RunConfig& config) {
  return std::get<models::DitModel>(config.model.family).sizes;
}

std::string respacing(const DiffusionTaskConfig& config) {
  return (config.sampler == "ddim" ? "ddim" : "") + std::to_string(config.sampling_steps);
}

}  // namespace

// Row by row.
struct Diffusion::Draws {
  std::function<core::RandomStream(int64_t row)> stream_of;
  double label_dropout = 0;
};

Diffusion::Diffusion(const RunConfig& config, data::ImageData data)
    : VisionTask(config, std::move(data)),
      schedule_(models::linear_schedule()),
      sampling_(models::linear_schedule(respacing(config.diffusion))),
      shape_({dit_sizes_of(config).channels, dit_sizes_of(config).image_size,
              dit_sizes_of(config).image_size}),
      model_(std::make_shared<models::Dit>(dit_sizes_of(config))) {
  if (!config.diffusion.autoencoder.empty()) {
    latents_.emplace(config.diffusion.autoencoder, device());
  }
  models::initialize(*model_, seed());
  model_->to(device());
  if (!config.diffusion.classifier.empty()) {
    open_classifier();
  }
}

void Diffusion::open_classifier() {
  classifier_ = classifier_network(
      config().diffusion.classifier,
      {"device=" + config().device, "train.threads=" + std::to_string(config().train.threads),
       std::string("other_data=") + (config().diffusion.classifier_other_data ? "true" : "false")});
  // One picture shows, before anything is trained, whether the classifier takes such pictures.
  const int64_t channels = image_channels(config(), data()), side = data().image_size;
  const at::Tensor black = at::zeros({1, channels, side, side}, at::kByte);
  features_of(tensor_pictures("drawn pictures", black), *classifier_);
}

train::Measure Diffusion::feature_distance(const at::Tensor& pictures) {
  if (!real_features_.defined()) {
    real_features_ = features_of(split_pictures(data(), "test"), *classifier_).pooled;
  }
  const at::Tensor drawn =
      features_of(tensor_pictures("drawn pictures", pictures), *classifier_).pooled;
  return {.name = "feature_distance",
          .title = feature_distance_title(*classifier_) + ", of " +
                   std::to_string(pictures.size(0)) + " drawn pictures",
          .value = analysis::frechet_distance(real_features_, drawn)};
}

at::Tensor Diffusion::loss_of(const at::Tensor& images, const at::Tensor& labels,
                              const Draws& draws) {
  std::vector<at::Tensor> noises, latent_noises;
  std::vector<int64_t> steps;
  at::Tensor hidden = at::zeros({images.size(0)}, at::kBool);
  for (int64_t row = 0; row < images.size(0); ++row) {
    core::RandomStream random = draws.stream_of(row);
    if (latents_) {
      latent_noises.push_back(normal_of(shape_, random));
    }
    steps.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(schedule_.length()))));
    hidden[row] = random.uniform() < draws.label_dropout;
    noises.push_back(normal_of(shape_, random));
  }
  const at::Tensor x_0 =
      latents_ ? latents_->encode(images, at::stack(latent_noises).to(device())) : images;
  const at::Tensor t = at::tensor(steps, at::kLong).to(device());
  const at::Tensor noise = at::stack(noises).to(device());
  const at::Tensor asked =
      models::drop_labels(labels.to(device()), hidden.to(device()), model_->null_label());
  const at::Tensor x_t = models::noised(schedule_, x_0, t, noise);
  const at::Tensor output = model_->forward(x_t, models::original_steps(schedule_, t), asked);
  return models::diffusion_losses(schedule_, output, x_0, x_t, t, noise).total.mean();
}

at::Tensor Diffusion::training_loss(train::StepPlace place, std::span<const int64_t> samples) {
  model_->train();
  nn::set_random_place(*model_, seed(), place.step);
  const at::Tensor index = at::tensor(at::IntArrayRef(samples.data(), samples.size()), at::kLong);
  const auto epoch = static_cast<uint64_t>(place.epoch);
  const auto stream_of = [&](int64_t row) {
    const auto sample = static_cast<uint64_t>(samples[static_cast<size_t>(row)]);
    return core::RandomStream(seed(), "diffusion", {epoch, sample});
  };
  return loss_of(training_images(place, samples), data().train.labels.index_select(0, index),
                 {.stream_of = stream_of, .label_dropout = config().diffusion.label_dropout});
}

void Diffusion::calibrate(std::span<const int64_t> samples) {
  nn::calibrate(*model_, [&] { training_loss({.epoch = 0, .step = 0}, samples); });
}

double Diffusion::test_loss(const data::ImageSplit& split, int64_t begin, int64_t end) {
  const at::NoGradGuard no_grad;
  model_->eval();
  const auto stream_of = [&](int64_t row) {
    return core::RandomStream(seed(), "diffusion/test", {static_cast<uint64_t>(begin + row)});
  };
  return loss_of(plain_images(split, begin, end), split.labels.slice(0, begin, end),
                 {.stream_of = stream_of})
      .item<double>();
}

void Diffusion::run_test_batch(int64_t count) {
  const data::ImageSplit& part = test_part(count);
  test_loss(part, 0, part.labels.numel());
}

at::Tensor Diffusion::drawn(int64_t begin, int64_t end) {
  const at::NoGradGuard no_grad;
  model_->eval();
  const models::DitConfig& sizes = model_->config();
  // Each picture has a stream of its own: what is drawn beside it does not matter.
  std::vector<core::RandomStream> streams;
  std::vector<int64_t> classes;
  for (int64_t n = begin; n < end; ++n) {
    streams.emplace_back(seed(), "sample",
                         std::initializer_list<uint64_t>{static_cast<uint64_t>(n)});
    classes.push_back(n % sizes.num_classes);
  }
  const bool is_guided = config().diffusion.guidance != 1;
  const auto noise = [&](int64_t) {
    std::vector<at::Tensor> rows;
    for (core::RandomStream& random : streams) {
      rows.push_back(normal_of(shape_, random));
    }
    const at::Tensor batch = at::stack(rows).to(device());
    return is_guided ? at::cat({batch, batch}) : batch;
  };
  at::Tensor labels = at::tensor(classes, at::kLong).to(device());
  if (is_guided) {
    labels = at::cat({labels, at::full_like(labels, model_->null_label())});
  }
  models::Denoiser denoiser = [&](const at::Tensor& x, const at::Tensor& steps) {
    look_for_stop();
    return model_->forward(x, steps, labels);
  };
  if (is_guided) {
    denoiser = models::guided(denoiser, config().diffusion.guidance,
                              latents_ ? models::kUpstreamGuidedChannels : sizes.channels);
  }
  const auto sample =
      config().diffusion.sampler == "ddim" ? models::sample_ddim : models::sample_ddpm;
  const at::Tensor x = sample(sampling_, denoiser, noise(0), noise, {.clip_x0 = !latents_});
  const at::Tensor drawn = x.slice(0, 0, end - begin);
  return (latents_ ? latents_->decode(drawn) : drawn).cpu();
}

train::Evaluation Diffusion::evaluate() {
  train::Evaluation result;
  const data::ImageSplit& part = test_part(kLossImages);
  const int64_t loss_images = part.labels.numel();
  {
    const analysis::SlotRecorder recorder(*model_);
    for_each_batch(loss_images, [&](int64_t begin, int64_t end) {
      result.loss += test_loss(part, begin, end) * static_cast<double>(end - begin);
    });
    result.loss /= static_cast<double>(loss_images);
    result.slots = recorder.statistics();
  }
  std::vector<at::Tensor> parts;
  const int64_t count = config().diffusion.samples;
  for (int64_t begin = 0; begin < count; begin += kDrawnAtOnce) {
    parts.push_back(drawn(begin, std::min(count, begin + kDrawnAtOnce)));
  }
  const at::Tensor pictures = at::cat(parts);
  const at::Tensor classes = at::arange(count, at::kLong).remainder(data().num_classes);
  add_knn_accuracy(
      {.data = data(),
       .config = config().knn,
       .features = [this](const data::ImageSplit& split, int64_t begin,
                          int64_t end) { return plain_images(split, begin, end).flatten(1); }},
      pictures.flatten(1).to(at::kDouble), classes, result);
  if (classifier_) {
    result.measures.push_back(feature_distance(models::to_pixels(pictures)));
  }
  result.pictures.push_back(
      {.name = "samples",
       .caption = "Drawn pictures, the classes in turn (" + config().diffusion.sampler + ", " +
                  std::to_string(config().diffusion.sampling_steps) + " steps)",
       .pixels = data::image_grid(
           models::to_pixels(pictures.slice(0, 0, std::min(count, kShownToDiffusion))),
           {.columns = data().num_classes})});
  return result;
}

analysis::NonFiniteOrigin Diffusion::nonfinite_origin(train::StepPlace place,
                                                      std::span<const int64_t> samples) {
  return analysis::find_nonfinite(*model_, [&] { training_loss(place, samples); });
}

}  // namespace dyt::tasks

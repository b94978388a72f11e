// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/run_config.h"

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/core/text.h"
#include "dyt/core/version.h"
#include "dyt/models/diffusion_schedule.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/latent_space.h"
#include "dyt/tasks/pretrained.h"

namespace dyt::tasks {
namespace {

void take_from_data(const char* key, int64_t& value, int64_t from_data) {
  if (value != 0 && value != from_data) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = std::string("'") + key + "' does not fit the data",
                       .expected = std::to_string(from_data) + " (or 0: take it from the data)",
                       .found = std::to_string(value)});
  }
  value = from_data;
}

[[noreturn]] void throw_misfit(const char* key, std::string what, std::string expected,
                               const std::string& found) {
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = std::move(what), .where = key, .expected = std::move(expected), .found = found});
}

constexpr int64_t kRgb = 3;  // what crops and the policies beyond affine give

void check_mix(const RunConfig& config) {
  if (config.mix.probability > 0 && config.train.batch_size % 2 != 0) {
    throw_misfit("train.batch_size", "a sample without a partner to be mixed with",
                 "an even number, or mix.probability=0", std::to_string(config.train.batch_size));
  }
}

void check_neighbours(const KnnConfig& knn, int64_t images) {
  const int64_t voters = knn.train_images == 0 ? images : std::min(knn.train_images, images);
  if (knn.k > voters) {
    throw_misfit("knn.k", "more neighbours than training images",
                 "at most " + std::to_string(voters), std::to_string(knn.k));
  }
}

void check_crops(const RunConfig& config, const models::DinoConfig& sizes) {
  const DinoTaskConfig& dino = config.dino;
  if (dino.local_size % sizes.patch_size != 0 || dino.local_size > sizes.image_size) {
    throw_misfit("dino.local_size", "the small crops do not fit the patches or the image",
                 "a multiple of model.patch_size = " + std::to_string(sizes.patch_size) +
                     ", at most " + std::to_string(sizes.image_size) + ", or 0",
                 std::to_string(dino.local_size));
  }
  if (dino.local_min_area > dino.local_max_area) {
    throw_misfit("dino.local_min_area", "the least area is above the largest",
                 "at most dino.local_max_area = " + core::number_text(dino.local_max_area),
                 core::number_text(dino.local_min_area));
  }
}

// The implicit sampler takes every k-th of the 1000 steps: not every number of steps can be had.
void check_sampling(const DiffusionTaskConfig& diffusion) {
  if (diffusion.sampler != "ddim") {
    return;
  }
  try {
    models::kept_steps("ddim" + std::to_string(diffusion.sampling_steps), 1000);
  } catch (const core::Error&) {
    throw_misfit("diffusion.sampling_steps", "no equal distance gives so many steps of 1000",
                 "for instance 10, 20, 25, 50, 100, 200, 250, 500, or diffusion.sampler=ddpm",
                 std::to_string(diffusion.sampling_steps));
  }
}

void check_images(const RunConfig& config, const data::ImageData& data) {
  if (data.train.streamed() && !trains_on_rgb(config)) {
    throw_misfit("augment.policy", "images that stay in their files have all sizes",
                 "any but affine", config.augment.policy);
  }
  if (config.data.normalization != "half" &&
      std::holds_alternative<models::DitModel>(config.model.family)) {
    throw_misfit("data.normalization", "diffusion needs images in [-1, 1]", "half",
                 config.data.normalization);
  }
  if (config.augment.repeats > 1 && !config.model.is_classifier()) {
    throw_misfit("augment.repeats", "repeated augmentation is for classifiers", "1",
                 std::to_string(config.augment.repeats));
  }
}

void check_task(const RunConfig& config) {
  if (config.optim.layer_decay != 1) {
    models::layers_above(config.model, "head.weight");  // refuses families without a rule
  }
  if (config.start.probe != "none" &&
      !std::holds_alternative<models::VitModel>(config.model.family)) {
    throw_misfit("start.probe", "the probes read tokens, which only a ViT has", "none",
                 config.start.probe);
  }
  if (const auto* dino = std::get_if<models::DinoModel>(&config.model.family)) {
    check_crops(config, dino->sizes);
  }
  if (std::holds_alternative<models::DitModel>(config.model.family)) {
    check_sampling(config.diffusion);
  }
}

// What the network sees of the data's images.
struct Input {
  int64_t size = 0, channels = 0;
};

Input input_of(const RunConfig& config, const data::ImageData& data) {
  const int64_t channels = image_channels(config, data);
  if (config.diffusion.autoencoder.empty()) {
    return {data.image_size, channels};
  }
  const LatentShape shape = latent_shape(config.diffusion.autoencoder);
  if (channels != kRgb) {
    throw_misfit("diffusion.autoencoder", "the autoencoder is of RGB images",
                 "augment.policy=center_crop, which makes grey images RGB", "grey images");
  }
  if (data.image_size % shape.factor != 0) {
    throw_misfit("diffusion.autoencoder", "the autoencoder does not divide the images",
                 "a side that " + std::to_string(shape.factor) + " divides",
                 std::to_string(data.image_size) + " pixels");
  }
  return {data.image_size / shape.factor, shape.channels};
}

}  // namespace

void visit_family_fields(RunConfig& config, core::Fields& fields) {
  fields.group("model", config.model);
  models::InitKeys init{config.model};
  fields.group("init", init);
  if (config.model.is_classifier()) {
    fields.group("mix", config.mix);
  }
  if (std::holds_alternative<models::VitModel>(config.model.family) ||
      std::holds_alternative<models::ConvNextModel>(config.model.family)) {
    fields.group("start", config.start);
  }
  if (!config.model.is_classifier()) {
    fields.group("knn", config.knn);
  }
  if (std::holds_alternative<models::DinoModel>(config.model.family)) {
    fields.group("dino", config.dino);
  }
  if (std::holds_alternative<models::DitModel>(config.model.family)) {
    fields.group("diffusion", config.diffusion);
  }
}

void visit_run_fields(RunConfig& config, core::Fields& fields) {
  fields.add(
      "device", config.device,
      {.help = "where the model lives: auto (a GPU where one can be used), cpu, cuda, cuda:i",
       .identity = false});
  fields.group("data", config.data);
  visit_family_fields(config, fields);
  fields.group("optim", config.optim);
  fields.group("augment", config.augment);
  fields.group("train", config.train);
}

void RunConfig::visit_fields(core::Fields& fields) {
  fields.add("seed", seed,
             {.help = "seed of every random stream of the run", .min = 0, .max = 1e15});
  fields.add("out", out,
             {.help = "folder of the run; empty: runs/train-<data>", .identity = false});
  visit_run_fields(*this, fields);
}

bool trains_on_rgb(const RunConfig& config) {
  return std::holds_alternative<models::DinoModel>(config.model.family) ||
         config.augment.makes_rgb();
}

int64_t image_channels(const RunConfig& config, const data::ImageData& data) {
  return trains_on_rgb(config) ? kRgb : data.channels;
}

void fit_to_data(RunConfig& config, const data::ImageData& data) {
  const Input input = input_of(config, data);
  take_from_data("model.image_size", config.model.image_size(), input.size);
  take_from_data("model.channels", config.model.channels(), input.channels);
  if (config.model.has_classes()) {
    take_from_data("model.num_classes", config.model.num_classes(), data.num_classes);
  }
  if (config.model.is_classifier()) {
    check_mix(config);
  } else {
    check_neighbours(config.knn, data.train.labels.numel());
  }
  config.model.validate();
  check_images(config, data);
  check_task(config);
  train::steps_per_epoch(config.train, data.train.labels.numel());
}

std::map<std::string, std::string> weights_of(const RunConfig& config) {
  std::map<std::string, std::string> weights;
  if (!config.start.from.empty()) {
    weights["start.from"] = core::sha256_hex_of_file(weights_file(config.start.from));
  }
  if (!config.diffusion.autoencoder.empty()) {
    weights["diffusion.autoencoder"] = core::sha256_hex_of_file(config.diffusion.autoencoder);
  }
  if (!config.diffusion.classifier.empty()) {
    weights["diffusion.classifier"] =
        core::sha256_hex_of_file(weights_file(config.diffusion.classifier, "diffusion.classifier"));
  }
  return weights;
}

std::string run_identity(RunConfig config, const std::string& data_identity) {
  std::string weights;
  for (const auto& [key, sum] : weights_of(config)) {
    weights += "\n" + key + "=" + sum;
  }
  return core::sha256_hex(core::identity_text(core::fields_of(config)) + "\ndata=" + data_identity +
                          weights + "\ndevice=" + ops::device_kind(ops::device_of(config.device)) +
                          "\nresults_version=" + std::to_string(core::kResultsVersion));
}

}  // namespace dyt::tasks

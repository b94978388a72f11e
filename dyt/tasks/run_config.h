// SPDX-License-Identifier: Apache-2.0
// The configuration of one training run: every key that `dyt train` knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/data/augment.h"
#include "dyt/data/dataset.h"
#include "dyt/data/mixup.h"
#include "dyt/models/model_config.h"
#include "dyt/optim/optim_config.h"
#include "dyt/tasks/diffusion_config.h"
#include "dyt/tasks/dino_config.h"
#include "dyt/tasks/knn_config.h"
#include "dyt/tasks/start_config.h"
#include "dyt/train/train_config.h"

namespace dyt::tasks {

struct RunConfig {
  data::DataConfig data;
  models::ModelConfig model;      // with the keys of `init`
  StartConfig start;              // of ViT and ConvNeXt
  KnnConfig knn;                  // of MAE, DINO and DiT
  DinoTaskConfig dino;            // of DINO
  DiffusionTaskConfig diffusion;  // of DiT
  optim::OptimConfig optim;
  data::AugmentConfig augment;
  data::MixConfig mix{.probability = 0};  // of a classifier
  train::TrainConfig train;
  std::string device = "auto";
  int64_t seed = 0;
  std::string out;  // "": runs/train-<data>

  void visit_fields(core::Fields& fields);
};

// Where the values come from besides the defaults, in order of precedence: preset < file <
// overrides.
struct ConfigSources {
  std::optional<std::filesystem::path> file;
  std::vector<std::string> overrides;  // "key=value"
  std::optional<std::string> text;     // of the file once it is read: a pipe can be read only once
};

// The groups that go with the model's family: model, init and those of its task.
void visit_family_fields(RunConfig& config, core::Fields& fields);

// The groups that a run and a comparison of runs share.
void visit_run_fields(RunConfig& config, core::Fields& fields);

// Whether training images are RGB whatever the data's are: DINO's crops and all policies of
// `augment` but affine.
bool trains_on_rgb(const RunConfig& config);
int64_t image_channels(const RunConfig& config, const data::ImageData& data);

// Fills what the configuration leaves to the data (image size, channels, classes) and checks what
// only shows once both are known. Error(kUsage) names the key.
void fit_to_data(RunConfig& config, const data::ImageData& data);

// What decides results outside the configuration: by key the SHA-256 of the weights that a run
// starts from, sees its images by or measures its pictures by.
std::map<std::string, std::string> weights_of(const RunConfig& config);

// SHA-256 over the fields that decide results, the data's identity (data_record.h), those weights, the device kind and
// core::kResultsVersion. `config` as the user gave it, not yet fitted to the data.
std::string run_identity(RunConfig config, const std::string& data_identity);

}  // namespace dyt::tasks

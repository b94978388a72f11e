// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/idle_keys.h"

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {
namespace {

bool is_affine(const RunConfig& config) { return config.augment.policy == "affine"; }

bool is_dino(const RunConfig& config) {
  return std::holds_alternative<models::DinoModel>(config.model.family);
}

bool has_no_area(const RunConfig& config) {
  const std::string& policy = config.augment.policy;
  return policy != "resized_crop" && policy != "one_shot_crop" && policy != "supervised";
}

bool cuts_parts(const RunConfig& config) {
  return !is_affine(config) && !is_dino(config) && config.augment.policy != "center_crop";
}

// One row a reason for which keys are not read.
struct Idle {
  std::vector<std::string_view> keys;  // "augment." means the whole group
  bool (*applies)(const RunConfig&);
  std::string_view reason;
  std::string_view todo;
};

const Idle kIdle[] = {
    {{"optim.clip_each"},
     [](const RunConfig& c) { return c.optim.clip_norm == 0; },
     "there is no norm to clip to: optim.clip_norm is 0",
     "set optim.clip_norm too"},
    {{"train.ema_evaluation"},
     [](const RunConfig& c) { return c.train.ema == 0; },
     "there is no moving average to evaluate: train.ema is 0",
     "set train.ema too, train.ema=0.99 for instance"},
    {{"train.label_smoothing"},
     [](const RunConfig& c) { return !c.model.is_classifier(); },
     "this model's training has no labels to smooth",
     "it goes with classifiers: vit, convnext, resnet, vgg"},
    {{"augment."},
     is_dino,
     "self-distillation augments by its own crops",
     "set dino.local_crops and its neighbours instead"},
    {{"augment.shift", "augment.rotate", "augment.scale"},
     [](const RunConfig& c) { return !is_affine(c); },
     "only augment.policy=affine shifts, turns and scales",
     "set augment.policy=affine too"},
    {{"augment.min_area"},
     has_no_area,
     "only augment.policy=resized_crop, one_shot_crop and supervised cut out a random area",
     "set augment.policy too"},
    {{"mix.mixup", "mix.cutmix", "mix.cutmix_share"},
     [](const RunConfig& c) { return c.mix.probability == 0; },
     "no batch is mixed: mix.probability is 0",
     "set mix.probability too, mix.probability=1 for instance"},
    {{"start.head_std"},
     [](const RunConfig& c) { return c.start.from.empty(); },
     "no run starts from weights: start.from is empty",
     "set start.from too; init.linear_std is for random weights"},
    {{"start.head_std"},
     [](const RunConfig& c) { return c.start.probe != "none"; },
     "the matrix of a probe starts with a standard deviation of 0.01",
     "set start.probe=none to train all weights"},
    {{"data.crop_ratio"},
     [](const RunConfig& c) { return !c.data.stream; },
     "only images that stay in their files are cut out of larger ones",
     "set data.stream=true too"},
    {{"data.interpolation"},
     [](const RunConfig& c) { return !c.data.stream && !cuts_parts(c); },
     "no image is cut out of a larger one and scaled by that filter",
     "set data.stream=true or augment.policy=resized_crop too"},
    {{"optim.sections"},
     [](const RunConfig& c) {
       return c.optim.schedule != "step" && c.optim.schedule != "cosine_stairs";
     },
     "only optim.schedule=step and cosine_stairs have sections",
     "set optim.schedule too"},
};

bool is_among(const std::string& key, const std::vector<std::string_view>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](std::string_view each) {
    return each.ends_with('.') ? key.starts_with(each) : key == each;
  });
}

}  // namespace

void check_idle_keys(const RunConfig& config) {
  RunConfig own = config, defaults;
  defaults.model = config.model;  // so that both have the same keys
  const core::Fields fields = core::fields_of(own), plain = core::fields_of(defaults);
  for (const Idle& idle : kIdle) {
    if (!idle.applies(config)) {
      continue;
    }
    for (const core::Field& field : fields.list()) {
      const std::string found = core::plain_value(field);
      const std::string standard = core::plain_value(plain.find(field.key, ""));
      if (is_among(field.key, idle.keys) && found != standard) {
        throw core::Error(
            core::ErrorKind::kUsage,
            {.what = "'" + field.key + "' would have no effect: " + std::string(idle.reason),
             .where = "configuration",
             .expected = "its default, " + standard,
             .found = found,
             .todo = std::string(idle.todo) + ", or leave it out"});
      }
    }
  }
}

}  // namespace dyt::tasks

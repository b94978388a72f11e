// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/start_rules.h"

#include <algorithm>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/nn/norm_spec.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {
namespace {

struct StartRuleRow {
  std::string_view key;  // one that ends in '.' is of a whole group
  StartRule rule;
};

constexpr StartRuleRow kStartRules[] = {
    // What an encoder is.
    {"model.patch_size", StartRule::kSame},
    {"model.channels", StartRule::kSame},
    {"model.dim", StartRule::kSame},
    {"model.depth", StartRule::kSame},
    {"model.num_heads", StartRule::kSame},
    {"model.mlp_ratio", StartRule::kSame},
    {"model.global_pool", StartRule::kSame},
    {"model.init_values", StartRule::kPresence},
    {"model.qk_norm", StartRule::kSame},
    {"model.norm", StartRule::kSlot},
    {"model.depths", StartRule::kSame},
    {"model.dims", StartRule::kSame},
    {"model.kernel_size", StartRule::kSame},
    // What it was shown: the values that a pixel becomes.
    {"data.normalization", StartRule::kSame},
    // Another grid has its rule of resampling; classes, and what only training uses.
    {"model.name", StartRule::kFree},
    {"model.image_size", StartRule::kFree},
    {"model.num_classes", StartRule::kFree},
    {"model.drop_path", StartRule::kFree},
    // Of the parts of a pre-training that are left out.
    {"model.decoder_dim", StartRule::kFree},
    {"model.decoder_depth", StartRule::kFree},
    {"model.decoder_num_heads", StartRule::kFree},
    {"model.mask_ratio", StartRule::kFree},
    {"model.norm_pix_loss", StartRule::kFree},
    {"model.out_dim", StartRule::kFree},
    {"model.head_hidden_dim", StartRule::kFree},
    {"model.head_bottleneck_dim", StartRule::kFree},
    {"model.head_layers", StartRule::kFree},
    {"model.head_batch_norm", StartRule::kFree},
    {"model.norm_last_layer", StartRule::kFree},
    // Other data, and how their images are read.
    {"data.name", StartRule::kFree},
    {"data.images", StartRule::kFree},
    {"data.labels", StartRule::kFree},
    {"data.test_images", StartRule::kFree},
    {"data.test_labels", StartRule::kFree},
    {"data.folder", StartRule::kFree},
    {"data.test_folder", StartRule::kFree},
    {"data.image_size", StartRule::kFree},
    {"data.stream", StartRule::kFree},
    {"data.crop_ratio", StartRule::kFree},
    {"data.interpolation", StartRule::kFree},
    {"data.workers", StartRule::kFree},
    {"data.train_limit", StartRule::kFree},
    {"data.test_limit", StartRule::kFree},
    {"data.dir", StartRule::kFree},
    // How a run is trained.
    {"seed", StartRule::kFree},
    {"out", StartRule::kFree},
    {"device", StartRule::kFree},
    {"init.", StartRule::kFree},
    {"mix.", StartRule::kFree},
    {"start.", StartRule::kFree},
    {"knn.", StartRule::kFree},
    {"dino.", StartRule::kFree},
    {"optim.", StartRule::kFree},
    {"augment.", StartRule::kFree},
    {"train.", StartRule::kFree},
};

template <class... Family>
bool is_of_family(const RunConfig& run) {
  return (std::holds_alternative<Family>(run.model.family) || ...);
}

void check_family(const RunConfig& config, const RunConfig& pretraining, const std::string& run) {
  const bool fits =
      is_of_family<models::ConvNextModel>(config)
          ? is_of_family<models::ConvNextModel>(pretraining)
          : is_of_family<models::VitModel, models::MaeModel, models::DinoModel>(pretraining);
  if (!fits) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the weights to start from are of another family of models",
                       .where = "start.from: the run " + run,
                       .expected = "a run that goes with model=" + config.model.name,
                       .found = "model=" + pretraining.model.name});
  }
}

// A ViT with a probe is an encoder that gives its class token. The encoder of a pre-training gives
// it, too, and goes with either pooling: what of its last slot fits is transfer.h's rule.
void make_comparable(RunConfig& own, RunConfig& other) {
  auto* vit = std::get_if<models::VitModel>(&own.model.family);
  if (vit == nullptr) {
    return;
  }
  if (own.start.probe != "none") {
    vit->sizes.global_pool = "token";
  }
  models::VitConfig encoder;
  if (const auto* mae = std::get_if<models::MaeModel>(&other.model.family)) {
    encoder = mae->sizes.encoder();
  } else if (const auto* dino = std::get_if<models::DinoModel>(&other.model.family)) {
    encoder = dino->sizes.backbone();
  } else {
    return;
  }
  encoder.global_pool = vit->sizes.global_pool;
  other.model.family = models::VitModel{.sizes = encoder, .init = {}};
}

// All that an equal slot must have; where its parameters start is in the weights.
std::string slot_meaning(const std::string& text) {
  nn::NormSpec spec = nn::parse_norm_spec(text);
  spec.alpha0 = {};
  spec.shift0 = 0;
  spec.impl = nn::NormSpec().impl;
  return nn::norm_spec_text(spec);
}

bool same_meaning(StartRule rule, const std::string& own, const std::string& other) {
  switch (rule) {
    case StartRule::kFree:
      return true;
    case StartRule::kPresence:
      return (own == "0") == (other == "0");
    case StartRule::kSlot:
      return slot_meaning(own) == slot_meaning(other);
    default:
      return own == other || own == "0" || other == "0";
  }
}

struct Setting {
  std::string key, own, other;
};

std::vector<Setting> differing(RunConfig own, RunConfig other) {
  make_comparable(own, other);
  const core::Fields own_fields = core::fields_of(own), other_fields = core::fields_of(other);
  std::vector<Setting> settings;
  for (const core::Field& field : own_fields.list()) {
    const auto place = std::find_if(other_fields.list().begin(), other_fields.list().end(),
                                    [&](const core::Field& one) { return one.key == field.key; });
    if (place == other_fields.list().end()) {
      continue;  // a group of another task
    }
    const std::string own_value = core::plain_value(field), value = core::plain_value(*place);
    if (!same_meaning(start_rule(field.key).value_or(StartRule::kSame), own_value, value)) {
      settings.push_back({.key = field.key, .own = own_value, .other = value});
    }
  }
  return settings;
}

}  // namespace

std::optional<StartRule> start_rule(std::string_view key) {
  for (const StartRuleRow& row : kStartRules) {
    if (row.key.ends_with('.') ? key.starts_with(row.key) : key == row.key) {
      return row.rule;
    }
  }
  return std::nullopt;
}

void check_same_meaning(const RunConfig& config, const RunConfig& pretraining,
                        const std::string& run) {
  check_family(config, pretraining, run);
  const std::vector<Setting> settings = differing(config, pretraining);
  if (settings.empty()) {
    return;
  }
  std::string found, assignments;
  for (const Setting& setting : settings) {
    found += "\n    " + setting.key + "=" + setting.own + " here, " + setting.key + "=" +
             setting.other + " there";
    assignments += (assignments.empty() ? "" : " ") + setting.key + "=" + setting.other;
  }
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = "the weights to start from were trained with other settings, without which they "
               "mean something else",
       .where = "start.from: the run " + run,
       .expected = "the same settings in both runs",
       .found = found,
       .todo = "add " + assignments + ", or start from a run that was trained with this one's"});
}

}  // namespace dyt::tasks

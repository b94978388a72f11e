// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/pretrained.h"

#include <optional>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/io/tensor_file.h"
#include "dyt/models/convnext.h"
#include "dyt/models/probe_classifier.h"
#include "dyt/models/transfer.h"
#include "dyt/models/vit.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run_config.h"
#include "dyt/tasks/start_rules.h"
#include "dyt/train/checkpoint.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTeacher = "teacher.";

// Of a self-distillation: what its teacher has, without the prefix, the names of the rest added to
// `unasked`. Of others all.
io::NamedTensors encoder_tensors(const fs::path& path, std::vector<std::string>& unasked) {
  io::NamedTensors all = io::read_weights(path), teacher;
  std::vector<std::string> others;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(kTeacher)) {
      teacher.emplace_back(name.substr(kTeacher.size()), tensor);
    } else {
      others.push_back(name);
    }
  }
  if (teacher.empty()) {
    return all;
  }
  unasked = others;
  return teacher;
}

// A config.toml that no run has marked as its own counts where it says every key as we write them:
// one that a person wrote for another purpose must not be taken for what the weights are of.
bool holds_run(const fs::path& folder) {
  std::error_code ignored;
  const fs::path toml = folder / "config.toml";
  if (!fs::is_regular_file(toml, ignored)) {
    return false;
  }
  if (fs::exists(folder / "env.json", ignored)) {
    return true;
  }
  try {
    auto config = resolve_config<RunConfig>({.file = toml});
    return core::to_toml(core::fields_of(config)) == core::read_file(toml);
  } catch (const core::Error&) {
    return false;
  }
}

// RUN/checkpoints/step-N/model.safetensors is the deepest place of weights in a run.
std::optional<fs::path> run_above(fs::path file) {
  constexpr int kDepth = 3;
  for (int level = 0; level < kDepth && file.has_relative_path(); ++level) {
    file = file.parent_path();
    if (holds_run(file)) {
      return file;
    }
  }
  return std::nullopt;
}

models::TransferOptions transfer_options(const RunConfig& config, StartReport& report) {
  models::TransferOptions options;
  report.resampled_by = "MAE";
  const auto run = run_of_weights(config.start.from);
  if (!run) {
    return options;
  }
  report.run = run->string();
  const auto pretraining = resolve_config<RunConfig>({.file = *run / "config.toml"});
  check_same_meaning(config, pretraining, run->string());
  if (std::holds_alternative<models::VitModel>(pretraining.model.family)) {
    options.resample = models::resample_positions;
    report.resampled_by = "timm";
  }
  return options;
}

}  // namespace

void StartConfig::visit_fields(core::Fields& fields) {
  fields.add(
      "from", from,
      {.help = "weights to start from: the folder of a pre-training's run, or a .safetensors "
               "file; a comparison puts its slot's folder for {slot} and its seed for {seed}",
       .identity = false});
  fields.add(
      "head_std", head_std,
      {.help = "standard deviation of the head's weights over such a start", .min = 0, .max = 2});
  fields.add("probe", probe,
             {.help = "none: all weights are trained; else the encoder is frozen and a matrix is "
                      "trained on batch_norm: its class token through a batch norm (MAE's linear "
                      "probing), last_class_tokens: those of the last four blocks (DINO's for "
                      "ViT-S), token_and_mean: class token and mean of the patches (for ViT-B)",
              .choices = {"none", "batch_norm", "last_class_tokens", "token_and_mean"}});
}

std::string evaluated_weights(const RunConfig& config) {
  const bool is_average = config.train.ema > 0 && config.train.ema_evaluation == "instead";
  return is_average ? "ema.safetensors" : "model.safetensors";
}

fs::path weights_file(const std::string& from, std::string_view key) {
  const fs::path path = from;
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) {
    return train::checked_file(path);
  }
  const bool is_run = fs::exists(path / "config.toml", ignored);
  const std::string name =
      is_run ? evaluated_weights(resolve_config<RunConfig>({.file = path / "config.toml"})) : "";
  const fs::path last = train::find_checkpoint(path, "last");
  if (!is_run || !train::is_checkpoint(last)) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = key == kStartFrom ? "no weights to start from"
                                                 : "not a run folder with a checkpoint",
                       .where = std::string(key),
                       .expected = "a .safetensors file, or a run's folder with a checkpoint",
                       .found = from});
  }
  return train::checked_part(last, name);
}

std::optional<fs::path> run_of_weights(const std::string& from) {
  std::error_code ignored;
  const fs::path path = fs::absolute(from);
  if (fs::is_directory(path, ignored)) {
    return fs::exists(path / "config.toml", ignored) ? std::optional(fs::path(from)) : std::nullopt;
  }
  // A link to a checkpoint leads to its run; a run's file may be a link into a store.
  const auto run = run_above(fs::weakly_canonical(path));
  return run ? run : run_above(path.lexically_normal());
}

models::ProbeKind probe_kind(const std::string& name) {
  if (name == "batch_norm") {
    return models::ProbeKind::kBatchNorm;
  }
  return name == "last_class_tokens" ? models::ProbeKind::kLastClassTokens
                                     : models::ProbeKind::kTokenAndMean;
}

StartReport load_start(torch::nn::Module& network, const RunConfig& config) {
  if (config.start.from.empty()) {
    return {};
  }
  auto* probe = dynamic_cast<models::ProbeClassifier*>(&network);
  const bool has_head = dynamic_cast<models::VisionTransformer*>(&network) != nullptr ||
                        dynamic_cast<models::ConvNext*>(&network) != nullptr;
  if (!has_head && probe == nullptr) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "only a ViT or a ConvNeXt starts from a pre-training",
                       .where = "start.from",
                       .found = "model " + config.model.name});
  }
  torch::nn::Module& encoder = probe == nullptr ? network : probe->encoder();
  const fs::path path = weights_file(config.start.from);
  StartReport report{.file = path.string()};
  const models::TransferOptions options = transfer_options(config, report);
  const io::NamedTensors tensors = encoder_tensors(path, report.unasked);
  try {
    report.transfer = models::load_pretrained(encoder, tensors, options);
  } catch (const core::Error& error) {
    core::ErrorParts words = error.parts();
    words.where = path.string() + ": " + words.where;
    throw core::Error(error.kind(), words);
  }
  if (has_head) {
    models::initialize_head(network, static_cast<uint64_t>(config.seed), config.start.head_std);
  }
  return report;
}

}  // namespace dyt::tasks

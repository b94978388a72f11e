#include "dyt/tasks/pretrained.h"

#include <algorithm>
#include <optional>

#include "dyt/core/error.h"
#include "dyt/io/tensor_file.h"
#include "dyt/models/convnext.h"
#include "dyt/models/probe_classifier.h"
#include "dyt/models/transfer.h"
#include "dyt/models/vit.h"
#include "dyt/nn/norm_spec.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTeacher = "teacher.";

// Of a self-distillation: what its teacher has, without the prefix. Of others all.
io::NamedTensors encoder_tensors(const fs::path& path) {
  io::NamedTensors all = io::read_tensors(path), teacher;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(kTeacher)) {
      teacher.emplace_back(name.substr(kTeacher.size()), tensor);
    }
  }
  return teacher.empty() ? all : teacher;
}

// Of the run that the weights are from; nothing for a file of weights, which says nothing of it.
std::optional<RunConfig> pretraining_of(const RunConfig& config) {
  const fs::path toml = fs::path(config.start.from) / "config.toml";
  std::error_code ignored;
  if (!fs::exists(toml, ignored)) {
    return std::nullopt;
  }
  return resolve_config<RunConfig>({.file = toml});
}

// Names alone do not tell a norm from another: both have weight and bias.
void check_slots(const RunConfig& config, const RunConfig& pretraining) {
  const auto kind = [](const RunConfig& run) { return nn::parse_norm_spec(run.model.norm()).kind; };
  if (kind(pretraining) != kind(config)) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the weights to start from were trained with another norm slot",
                       .where = "start.from: " + config.start.from,
                       .expected = "model.norm=" + kind(config),
                       .found = "model.norm=" + kind(pretraining)});
  }
}

template <class... Family>
bool is_of(const RunConfig& run) {
  return (std::holds_alternative<Family>(run.model.family) || ...);
}

// A ViT starts from a ViT, a masked autoencoder or a self-distillation, a ConvNeXt from a ConvNeXt.
void check_family(const RunConfig& config, const RunConfig& pretraining) {
  const bool fits = is_of<models::ConvNextModel>(config)
                        ? is_of<models::ConvNextModel>(pretraining)
                        : is_of<models::VitModel, models::MaeModel, models::DinoModel>(pretraining);
  if (!fits) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the weights to start from are of another family of models",
                       .where = "start.from: " + config.start.from,
                       .expected = "a run that goes with model=" + config.model.name,
                       .found = "model=" + pretraining.model.name});
  }
}

models::TransferOptions transfer_options(const RunConfig& config) {
  models::TransferOptions options;
  if (const auto pretraining = pretraining_of(config)) {
    check_family(config, *pretraining);
    check_slots(config, *pretraining);
    if (is_of<models::VitModel>(*pretraining)) {
      options.resample = models::resample_positions;
    }
  }
  return options;
}

}  // namespace

void StartConfig::visit_fields(core::Fields& fields) {
  fields.add(
      "from", from,
      {.help = "weights to start from: the folder of a pre-training's run, or a .safetensors "
               "file; a comparison puts its slot's folder for {slot} and its seed for {seed}"});
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

void check_start_outside(const RunConfig& config, const fs::path& folder) {
  if (config.start.from.empty()) {
    return;
  }
  const fs::path from = fs::weakly_canonical(config.start.from);
  const fs::path own = fs::weakly_canonical(folder);
  const auto parts = std::mismatch(own.begin(), own.end(), from.begin(), from.end());
  if (parts.first == own.end()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the weights to start from lie in the folder that is to be written",
                       .where = "start.from",
                       .found = config.start.from,
                       .todo = "choose another folder with out=FOLDER"});
  }
}

fs::path weights_file(const std::string& from) {
  const fs::path path = from;
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) {
    return path;
  }
  const bool is_run = fs::exists(path / "config.toml", ignored);
  const std::string name =
      is_run ? evaluated_weights(resolve_config<RunConfig>({.file = path / "config.toml"})) : "";
  const fs::path last = path / "last" / name;
  if (!is_run || !fs::exists(last, ignored)) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "no weights to start from",
                       .where = "start.from",
                       .expected = "a .safetensors file, or a run's folder with a checkpoint",
                       .found = from});
  }
  return last;
}

models::ProbeKind probe_kind(const std::string& name) {
  if (name == "batch_norm") {
    return models::ProbeKind::kBatchNorm;
  }
  return name == "last_class_tokens" ? models::ProbeKind::kLastClassTokens
                                     : models::ProbeKind::kTokenAndMean;
}

void load_start(torch::nn::Module& network, const RunConfig& config) {
  if (config.start.from.empty()) {
    return;
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
  const models::TransferOptions options = transfer_options(config);
  try {
    models::load_pretrained(encoder, encoder_tensors(path), options);
  } catch (const core::Error& error) {
    core::ErrorParts words = error.parts();
    words.where = path.string() + ": " + words.where;
    throw core::Error(error.kind(), words);
  }
  if (has_head) {
    models::initialize_head(network, static_cast<uint64_t>(config.seed), config.start.head_std);
  }
}

}  // namespace dyt::tasks

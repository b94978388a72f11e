// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/run.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "dyt/core/text.h"
#include "dyt/nn/norm_spec.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/data_record.h"
#include "dyt/tasks/idle_keys.h"
#include "dyt/tasks/input_paths.h"
#include "dyt/tasks/open_run.h"
#include "dyt/tasks/output_place.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/pretrained.h"
#include "dyt/tasks/run_difference.h"
#include "dyt/tasks/vision_task.h"
#include "dyt/train/run_place.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kNarrow = 256;
constexpr double kPublishedAlpha0 = 0.5;
constexpr double kUsualStd = 0.02;
constexpr int64_t kManyTokens = 100;
constexpr int64_t kUsualTokens = 64;

// "dyt train key=value ...", which does the run again from any folder.
std::string repeating_command_of(RunConfig config) {
  auto defaults = resolve_config<RunConfig>(
      {.overrides = {"data.name=" + config.data.name, "model.name=" + config.model.name}});
  defaults.data.name = data::DataConfig().name;
  defaults.model.name = models::ModelConfig().name;
  settle_data_folder(config.data);
  return repeating_command("dyt train", core::fields_of(config), core::fields_of(defaults));
}

train::RunDescription describe(const RunInput& input, RunConfig config, const DataRecord& data,
                               const StartReport& start) {
  return {.identity = run_identity(config, data_identity(data)),
          .config_toml = core::to_toml(core::fields_of(config)),
          .command = input.command,
          .seed = config.seed,
          .device = ops::device_of(config.device),
          .start_json = start_json_text(start),
          .repeat = repeating_command_of(config),
          .data_json = data_record_json(data),
          .differences = [config, data](const std::filesystem::path& folder) {
            return run_differences(folder, config, data);
          }};
}

// The default patch is made for images of 8 pixels; on larger ones it makes a network that is slow
// for no reason that the person has chosen.
template <class Sizes>
std::string many_tokens_warning(const Sizes& model) {
  const auto tokens = [&](int64_t patch) {
    return (model.image_size / patch) * (model.image_size / patch);
  };
  if (model.patch_size != Sizes().patch_size || tokens(model.patch_size) <= kManyTokens) {
    return "";
  }
  int64_t patch = model.patch_size;
  while (patch < model.image_size &&
         (model.image_size % patch != 0 || tokens(patch) > kUsualTokens)) {
    ++patch;
  }
  return "model.patch_size = " + std::to_string(model.patch_size) + " makes " +
         std::to_string(tokens(model.patch_size)) + " tokens of an image of " +
         std::to_string(model.image_size) + " pixels, and time goes with their number. " +
         std::to_string(patch) + " makes " + std::to_string(tokens(patch)) + ".";
}

std::vector<std::string> token_warnings(const models::ModelConfig& model) {
  return std::visit(
      [](const auto& family) {
        std::vector<std::string> warnings;
        if constexpr (requires { family.sizes.mlp_ratio + family.sizes.num_heads; }) {
          if (std::string warning = many_tokens_warning(family.sizes); !warning.empty()) {
            warnings.push_back(std::move(warning));
          }
        }
        return warnings;
      },
      model.family);
}

std::vector<std::string> width_warnings(const models::VitModel& model) {
  std::vector<std::string> warnings;
  if (model.sizes.dim >= kNarrow) {
    return warnings;
  }
  const nn::NormSpec spec = nn::parse_norm_spec(model.sizes.norm);
  const std::string width = "width " + std::to_string(model.sizes.dim);
  if (nn::fixed_alpha0(spec) == kPublishedAlpha0) {
    warnings.push_back("slot " + model.sizes.norm +
                       ": the published alpha0 = 0.5 was found at widths of 384 and more; at " +
                       width + " it trains slower. Try alpha0=auto or alpha0=1.");
  }
  if (model.init.linear_std == kUsualStd) {
    warnings.push_back("init.linear_std = 0.02 is small for " + width +
                       ": a norm hides that, a point-wise slot does not. Try 0.07 at width 64 "
                       "(it goes with 1/sqrt(width)).");
  }
  return warnings;
}

train::RunStatus status_of(const std::string& result_json) {
  const auto result = nlohmann::ordered_json::parse(result_json);
  return result.at("status") == "diverged" ? train::RunStatus::kDiverged
                                           : train::RunStatus::kFinished;
}

}  // namespace

std::filesystem::path run_folder_of(const RunConfig& config) {
  return config.out.empty()
             ? std::filesystem::path("runs") / ("train-" + data::dataset_name(config.data))
             : std::filesystem::path(config.out);
}

RunOutcome train_run(const RunInput& input) {
  at::set_num_threads(static_cast<int>(input.config.train.threads));
  const std::filesystem::path out = run_folder_of(input.config);
  check_output({"out", out}, input.config);
  core::check_folder(out, train::run_folder_kind());  // before anything is read for long
  RunConfig config = input.config;
  make_inputs_absolute(config);
  data::ImageData data = data::open_data(config.data);
  RunConfig fitted = config;
  check_idle_keys(fitted);
  fit_to_data(fitted, data);
  std::vector<std::string> warnings = data.warnings;
  for (std::string& warning : config_warnings(fitted)) {
    warnings.push_back(std::move(warning));
  }
  for (const std::string& warning : warnings) {
    if (input.on_warning) {
      input.on_warning(warning);
    }
  }
  DataRecord record = record_of(data, config.data);
  record.weights = weights_of(config);
  const std::unique_ptr<VisionTask> task = make_task(fitted, std::move(data));
  const StartReport start = task->start_report() == nullptr ? StartReport() : *task->start_report();
  train::RunFolder folder(out, describe(input, config, record, start), input.fresh);
  if (!start.empty() && folder.state() == train::FolderState::kEmpty && input.on_note) {
    input.on_note(start_text(start));
  }
  RunOutcome outcome{.folder = folder.path()};
  outcome.was_finished = folder.state() == train::FolderState::kFinished;
  if (!outcome.was_finished) {
    train::run_training({.task = *task,
                         .folder = folder,
                         .train = fitted.train,
                         .optim = fitted.optim,
                         .stop = input.stop,
                         .on_progress = input.on_progress});
  }
  outcome.result_json = core::read_file(folder.path() / "result.json");
  outcome.status = status_of(outcome.result_json);
  return outcome;
}

EvalOutcome evaluate_run(const std::filesystem::path& run_folder, const std::string& which,
                         const std::vector<std::string>& overrides, bool fold) {
  const OpenRun run = open_run(run_folder, which, overrides);
  if (fold) {
    run.task->fold();
  }
  EvalOutcome outcome{.checkpoint = run.checkpoint,
                      .data = run.data,
                      .data_differences = run.data_differences,
                      .accuracy_of = run.task->accuracy_name(),
                      .evaluation = run.task->evaluate()};
  outcome.test_images = static_cast<int64_t>(outcome.evaluation.correct.size());
  return outcome;
}

std::vector<std::string> config_warnings(const RunConfig& config) {
  std::vector<std::string> warnings = token_warnings(config.model);
  if (const auto* vit = std::get_if<models::VitModel>(&config.model.family)) {
    const std::vector<std::string> more = width_warnings(*vit);
    warnings.insert(warnings.end(), more.begin(), more.end());
  }
  return warnings;
}

}  // namespace dyt::tasks

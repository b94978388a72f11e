// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/compare_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/nn/norm_spec.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/data_record.h"
#include "dyt/tasks/idle_keys.h"
#include "dyt/tasks/input_paths.h"
#include "dyt/tasks/output_place.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "dyt/tasks/run_difference.h"
#include "dyt/train/environment.h"

namespace dyt::compare {
namespace {

void check_norm_is_free(const CompareConfig& config) {
  const std::string& standard = models::find_model(config.run.model.name).norm();
  if (config.run.model.norm() != standard) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "'model.norm' has no meaning in a comparison",
                       .found = config.run.model.norm(),
                       .todo = "name the norms with slots=..., the baseline first"});
  }
}

void make_canonical(CompareOptions& options) {
  for (std::string& slot : options.slots) {
    slot = nn::norm_spec_text(nn::parse_norm_spec(slot));
  }
  std::sort(options.strip.lrs.begin(), options.strip.lrs.end());
  options.validate();
}

// A slot that this network cannot have is found here, not in each of its runs.
void check_slots(const tasks::RunConfig& fitted, const std::vector<std::string>& slots) {
  for (const std::string& slot : slots) {
    models::ModelConfig model = fitted.model;
    model.norm() = slot;
    models::make_network(model, at::kMeta);
  }
}

ModelFacts model_facts(const tasks::RunConfig& fitted) {
  models::ModelConfig model = fitted.model;
  const models::ModelSummary summary = models::summary_of(model);
  return {.summary = summary.text,
          .depth = summary.depth,
          .dim = summary.dim,
          .cost_key = core::identity_text(core::fields_of(model))};
}

// What an accuracy counts: test images, or drawn pictures.
int64_t judged_samples(const tasks::RunConfig& run, const data::ImageData& data) {
  return std::holds_alternative<models::DitModel>(run.model.family) ? run.diffusion.samples
                                                                    : data.test.labels.numel();
}

DataFacts data_facts(const tasks::RunConfig& run, const data::ImageData& data) {
  return {.name = data.name,
          .summary = data.summary,
          .source = data.source,
          .licence = data.licence,
          .train = data.train.labels.numel(),
          .test = judged_samples(run, data),
          .checksum = data.checksum};
}

// Behind those of the data, those of a run's configuration that is fitted to them, with each slot.
std::vector<std::string> all_warnings(tasks::RunConfig run, const std::vector<std::string>& slots,
                                      std::vector<std::string> warnings) {
  for (const std::string& slot : slots) {
    run.model.norm() = slot;
    for (const std::string& warning : tasks::config_warnings(run)) {
      if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) {
        warnings.push_back(warning);
      }
    }
  }
  return warnings;
}

// The identity that a run started with these arguments writes into its folder.
IdentityOf identity_with(const std::string& data_identity) {
  return [data_identity](const RunPlan& plan) {
    return tasks::run_identity(
        tasks::resolve_config<tasks::RunConfig>({.overrides = plan.arguments}), data_identity);
  };
}

DifferencesOf differences_with(const tasks::DataRecord& data) {
  return [data](const RunPlan& plan) {
    const auto config = tasks::resolve_config<tasks::RunConfig>({.overrides = plan.arguments});
    tasks::DataRecord now = data;
    now.weights = tasks::weights_of(config);
    return tasks::run_differences(plan.folder, config, now);
  };
}

// What the keys are without any assignment but the names that choose presets; those names at their
// own defaults, so that the command says them.
CompareConfig defaults_under(const CompareConfig& config) {
  auto defaults = tasks::resolve_config<CompareConfig>(
      {.overrides = {"data.name=" + config.run.data.name, "model.name=" + config.run.model.name}});
  defaults.run.data.name = data::DataConfig().name;
  defaults.run.model.name = models::ModelConfig().name;
  return defaults;
}

void describe_config(CompareConfig config, CompareInput& input) {
  CompareConfig defaults = defaults_under(config);
  tasks::settle_data_folder(config.run.data);
  const core::Fields fields = core::fields_of(config);
  const core::Fields results = tasks::result_fields(fields);
  input.command = tasks::repeating_command("dyt compare", fields, core::fields_of(defaults));
  input.config_json = core::to_json_text(results);
  input.config_toml = core::to_toml(results);
}

}  // namespace

void CompareConfig::visit_fields(core::Fields& fields) {
  compare.visit_fields(fields);
  tasks::visit_run_fields(run, fields);
}

CompareInput prepare_compare(CompareConfig& config, const std::filesystem::path& executable) {
  tasks::check_output({"out", config.compare.out}, config.run);  // before data are read
  check_norm_is_free(config);
  tasks::check_idle_keys(config.run);
  make_canonical(config.compare);
  tasks::make_inputs_absolute(config.run);
  const data::ImageData data = data::open_data(config.run.data);
  const tasks::DataRecord record = tasks::record_of(data, config.run.data);
  tasks::RunConfig fitted = config.run;
  tasks::fit_to_data(fitted, data);
  check_slots(fitted, config.compare.slots);

  CompareInput input{
      .options = config.compare,
      .run = core::fields_of(config.run),
      .identity_of = identity_with(tasks::data_identity(record)),
      .differences_of = differences_with(record),
      .folder = config.compare.out.empty()
                    ? std::filesystem::path("runs") / ("compare-" + data.name)
                    : std::filesystem::path(config.compare.out),
      .data = data_facts(fitted, data),
      .model = model_facts(fitted),
      .batch_size = fitted.train.batch_size,
      .environment_json = train::environment(ops::device_of(config.run.device)).dump(),
      .warnings = all_warnings(fitted, config.compare.slots, data.warnings)};
  tasks::check_output({"out", input.folder}, config.run);
  describe_config(config, input);
  if (config.compare.cost.enabled) {
    input.binary_hash = core::sha256_hex_of_file(executable);
  }
  return input;
}

}  // namespace dyt::compare

// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/inspect.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/nn/norm.h"
#include "dyt/tasks/inspection_json.h"
#include "dyt/tasks/open_run.h"
#include "dyt/train/checkpoint.h"

namespace dyt::tasks {
namespace {

using Json = nlohmann::ordered_json;

int64_t parameters_of(torch::nn::Module& model, const std::string& name) {
  int64_t count = 0;
  for (const auto& item : model.named_parameters()) {
    count += item.key().starts_with(name + ".") ? item.value().numel() : 0;
  }
  return count;
}

Json slots_json(torch::nn::Module& model, const std::vector<analysis::SlotStatistics>& slots) {
  Json list = Json::array();
  for (const analysis::SlotStatistics& slot : slots) {
    list.push_back(
        slot_json(slot, static_cast<int64_t>(list.size()) + 1, parameters_of(model, slot.name)));
  }
  return list;
}

std::vector<LayerAlpha> alphas_of(const std::vector<analysis::SlotStatistics>& slots) {
  std::vector<LayerAlpha> layers;
  for (const analysis::SlotStatistics& slot : slots) {
    if (slot.alpha && slot.input_std > 0 && std::isfinite(slot.input_std)) {
      layers.push_back({slot.name, *slot.alpha, 1 / slot.input_std});
    }
  }
  return layers;
}

// "blocks.3" of "blocks.3.attn.qkv.weight", "head" of "head.bias".
std::string layer_of(const std::string& parameter) {
  const size_t first = parameter.find('.');
  const size_t second = first == std::string::npos ? first : parameter.find('.', first + 1);
  const bool numbered = second != std::string::npos &&
                        std::isdigit(static_cast<unsigned char>(parameter[first + 1])) != 0;
  return parameter.substr(0, numbered ? second : first);
}

Json layers_json(const torch::nn::Module& model) {
  Json layers = Json::array();
  for (const auto& item : model.named_parameters()) {
    const std::string name = layer_of(item.key());
    if (layers.empty() || layers.back()["name"] != name) {
      layers.push_back({{"name", name}, {"parameters", int64_t{0}}});
    }
    layers.back()["parameters"] = layers.back()["parameters"].get<int64_t>() + item.value().numel();
  }
  return layers;
}

Json measured_maps(VisionTask& task) {
  const std::vector<analysis::NormMap> maps =
      analysis::measure_norm_maps(task.inspected(), [&] { task.run_test_batch(kMappedImages); });
  if (maps.empty()) {
    return nullptr;
  }
  return {{"images", std::min(kMappedImages, task.test_samples())}, {"maps", maps_json(maps)}};
}

}  // namespace

std::string inspect_run(const std::filesystem::path& run_folder, const InspectOptions& options) {
  const OpenRun run = open_run_to_look(run_folder, options.which, options.overrides);
  torch::nn::Module& model = run.task->inspected();
  const train::Evaluation evaluation = run.task->evaluate();
  const Json inspection = {{"version", 1},
                           {"run", run_folder.string()},
                           {"checkpoint", run.checkpoint.filename().string()},
                           {"step", train::read_state(run.checkpoint).state.step},
                           {"slot", run.config.model.norm()},
                           {"model", models::summary_of(run.config.model).text},
                           {"data", run.data},
                           {"other_data", !run.data_differences.empty()},
                           {"data_differences", run.data_differences},
                           {"test_images", evaluation.correct.size()},
                           {"test_accuracy", evaluation.accuracy},
                           {"test_loss", evaluation.loss},
                           {"parameters", models::parameter_count(model)},
                           {"slots", slots_json(model, evaluation.slots)},
                           {"layers", layers_json(model)},
                           {"alpha_and_spread", alpha_and_spread_json(alphas_of(evaluation.slots))},
                           {"norms", measured_maps(*run.task)}};
  return inspection.dump(2) + "\n";
}

std::string norm_maps_json(const std::filesystem::path& run_folder) {
  return measured_maps(*open_run_to_look(run_folder, "last", {}).task).dump();
}

}  // namespace dyt::tasks

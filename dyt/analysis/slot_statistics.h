// SPDX-License-Identifier: Apache-2.0
// What arrives at the norm slots of a network: spread, extremes, and how far the point-wise slots
// work outside their linear part.
//
//   SlotRecorder recorder(model);
//   model.forward(images);                                  // as often as wanted
//   for (const SlotStatistics& slot : recorder.statistics()) { show(slot.name, slot.input_std); }
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torch::nn {
class Module;
}

namespace dyt::analysis {

// Saturated means |alpha * x| > 2, where tanh' is below 0.071. The levels are those of the failure
// study in arXiv 2604.23434: 0.5 or more marked every collapsed run and no good one.
inline constexpr double kSaturationLimit = 2.0;
inline constexpr double kSaturationWarning = 0.3;
inline constexpr double kSaturationAlarm = 0.5;

// "ok", "warning" or "alarm" for a share of saturated elements.
std::string saturation_level(double saturated);

struct SlotStatistics {
  std::string name;             // dotted module path, "blocks.0.norm1"
  std::string site;             // "attention", "ffn", "final", ...
  std::string kind;             // row of the norm table, "layer_norm"
  std::optional<double> alpha;  // point-wise slots only
  // Over all input elements seen; 0 where there were none.
  double input_std = 0;             // population, fp64
  double input_max = 0;             // largest magnitude
  std::optional<double> saturated;  // share with |alpha * x| > 2, 0 to 1; point-wise slots only
};

// Watches every norm slot of the module from its construction to its end. The numbers are summed in
// the order of the elements, so they do not depend on the number of threads. `module` must outlive
// it; one recorder at a time.
class SlotRecorder {
 public:
  explicit SlotRecorder(torch::nn::Module& module);
  ~SlotRecorder();
  SlotRecorder(const SlotRecorder&) = delete;
  SlotRecorder& operator=(const SlotRecorder&) = delete;

  std::vector<SlotStatistics> statistics() const;  // in the order of the modules

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dyt::analysis

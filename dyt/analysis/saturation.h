// How far the point-wise slots of a network work outside their linear part.
//
//   const std::vector<SlotHealth> health = measure_saturation(model, [&] { model.forward(images);
//   });
#pragma once

#include <functional>
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

struct SlotHealth {
  std::string name;  // dotted module path, "blocks.0.norm1"
  std::string site;  // "attention", "ffn", "final", ...
  double alpha = 0;
  double saturated = 0;  // share of all input elements seen, 0 to 1
};

// Runs `forward` once (it may contain many batches) and counts in every point-wise slot of the
// module.
std::vector<SlotHealth> measure_saturation(torch::nn::Module& module,
                                           const std::function<void()>& forward);

}  // namespace dyt::analysis

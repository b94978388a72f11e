// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/nonfinite.h"

#include <torch/nn/module.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "dyt/analysis/internal/norm_slots.h"

namespace dyt::analysis {
namespace {

bool all_finite(const at::Tensor& tensor) { return at::isfinite(tensor).all().item<bool>(); }

std::string magnitude_text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", value);
  return buffer;
}

std::optional<NonFiniteOrigin> broken_parameter(const torch::nn::Module& module) {
  std::string first;
  int64_t broken = 0;
  int64_t count = 0;
  for (const auto& item : module.named_parameters()) {
    ++count;
    if (!all_finite(item.value())) {
      first = broken++ == 0 ? item.key() : first;
    }
  }
  if (broken == 0) {
    return std::nullopt;
  }
  return NonFiniteOrigin{first, "it began in the last update: " + std::to_string(broken) + " of " +
                                    std::to_string(count) +
                                    " parameters are not finite, the first of them " + first};
}

struct Passed {
  std::string name;  // the last slot whose input was finite
  double largest = 0;
};

NonFiniteOrigin origin_of(const std::optional<Passed>& passed, const std::string& broken) {
  const std::string still = passed ? "the input of " + passed->name +
                                         " is still finite (largest magnitude " +
                                         magnitude_text(passed->largest) + ")"
                                   : "";
  if (broken.empty()) {
    return {"", "it began after the last norm slot, in the head or the loss" +
                    (passed ? ": " + still : std::string())};
  }
  return {broken, passed ? "it began between " + passed->name + " and " + broken + ": " + still +
                               ", that of " + broken + " is not"
                         : "it began before the first norm slot, " + broken +
                               ": in the images or the embedding"};
}

}  // namespace

bool parameters_are_finite(const torch::nn::Module& module) {
  const std::vector<at::Tensor> parameters = module.parameters();
  return std::all_of(parameters.begin(), parameters.end(), all_finite);
}

NonFiniteOrigin find_nonfinite(torch::nn::Module& module, const std::function<void()>& forward) {
  const at::NoGradGuard no_grad;
  if (const auto origin = broken_parameter(module)) {
    return *origin;
  }
  std::optional<Passed> passed;
  std::string broken;
  SlotWatch watch;
  for (const auto& [name, norm] : norm_slots(module)) {
    watch.watch(norm, [&, slot = name](const nn::Norm&, const at::Tensor& input) {
      if (!broken.empty()) {
        return;
      }
      if (all_finite(input)) {
        passed = Passed{slot, input.abs().max().item<double>()};
      } else {
        broken = slot;
      }
    });
  }
  forward();
  return origin_of(passed, broken);
}

}  // namespace dyt::analysis

// The small DiT of the conformance vectors: latents of 4 x 8 x 8, patch 2, 24 wide, 2 blocks, 3
// heads, 10 classes.
//
//   const auto model = filled_dit(tiny_dit("dyt"), 0.3);   // float64, evaluation, fill.h's values
//
// The printed numbers carry the float32 waves of the timestep embedding of the processor that they
// were computed on. Where the step is not small, a frequency's last place moves them by more than
// they have digits; `wave_rounding` measures by how much. At step 0 all waves are 0 or 1: there
// every digit holds.
#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dyt/models/dit.h"
#include "tests/support/fill.h"

namespace dyt::testing {

inline models::DitConfig tiny_dit(const std::string& norm) {
  return {.image_size = 8,
          .channels = 4,
          .num_classes = 10,
          .patch_size = 2,
          .dim = 24,
          .depth = 2,
          .num_heads = 3,
          .norm = norm};
}

inline std::shared_ptr<models::Dit> filled_dit(const models::DitConfig& config, double amplitude) {
  auto model = std::make_shared<models::Dit>(config, at::kDouble);
  model->eval();
  fill_module(*model, amplitude);
  return model;
}

// |f(t (1 + 2^-23)) - f(t)|, elementwise: what one unit in the last place of all frequencies does.
// f(steps) runs the network; steps are float64 in its second call.
inline at::Tensor wave_rounding(const std::function<at::Tensor(const at::Tensor&)>& f,
                                const at::Tensor& steps) {
  return (f(steps.to(at::kDouble) * (1 + 0x1p-23)) - f(steps)).abs();
}

// Sum, first and last values as they were printed, each within `tolerance` and its rounding.
struct PrintedOutput {
  std::string name;
  double sum;
  std::vector<double> first;
  std::optional<double> last = {};

  void expect(const at::Tensor& output, const at::Tensor& rounding, double tolerance = 1e-9) const {
    const at::Tensor flat = output.flatten();
    EXPECT_NEAR(output.sum().item<double>(), sum, rounding.sum().item<double>() + tolerance)
        << name;
    // One value's own rounding may be 0 by chance: that of its sample counts.
    const auto of_sample = [&](int64_t i) { return rounding[i].max().item<double>() + tolerance; };
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_NEAR(flat[static_cast<int64_t>(i)].item<double>(), first[i], of_sample(0))
          << name << " " << i;
    }
    if (last) {
      EXPECT_NEAR(flat[-1].item<double>(), *last, of_sample(-1)) << name;
    }
  }
};

}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
// The small DiT of the conformance vectors: latents of 4 x 8 x 8, patch 2, 24 wide, 2 blocks, 3
// heads, 10 classes.
//
//   const auto model = filled_dit(tiny_dit("dyt"), 0.3);   // float64, evaluation, fill.h's values
//
// The printed numbers carry the float32 waves of the timestep embedding of the processor that they
// were computed on. Where the step is not small, a frequency's last place moves them by more than
// they have digits: values agree within 2e-6 of the output's largest, sums within 5e-7 of the sum
// of magnitudes. At step 0 all waves are 0 or 1: there every digit holds.
#pragma once

#include <gtest/gtest.h>
#include <torch/types.h>

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

inline constexpr double kPrintedDigits = 1e-9;

// Of values as a share of the largest, of sums as one of the sum of magnitudes.
struct WaveBounds {
  double values = 2e-6;
  double sums = 5e-7;
};

// Sum, first and last values, sum of magnitudes as they were printed.
struct PrintedOutput {
  std::string name;
  double sum;
  std::vector<double> first;
  std::optional<double> last = {}, magnitudes = {};

  void expect(const at::Tensor& output, const WaveBounds& bounds = {}) const {
    const at::Tensor flat = output.flatten();
    const double found_magnitudes = flat.abs().sum().item<double>();
    const double of_sum = kPrintedDigits + bounds.sums * found_magnitudes;
    const double of_value = kPrintedDigits + bounds.values * flat.abs().max().item<double>();
    EXPECT_NEAR(flat.sum().item<double>(), sum, of_sum) << name;
    if (magnitudes) {
      EXPECT_NEAR(found_magnitudes, *magnitudes, of_sum) << name;
    }
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_NEAR(flat[static_cast<int64_t>(i)].item<double>(), first[i], of_value)
          << name << " " << i;
    }
    if (last) {
      EXPECT_NEAR(flat[-1].item<double>(), *last, of_value) << name;
    }
  }
};

}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
// A small DiT and its diffusion loss against PyTorch: scripts/golden/dit_golden.py says what its
// files hold.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/diffusion.h"
#include "dyt/models/dit.h"
#include "dyt/optim/adamw.h"
#include "tests/support/fill.h"
#include "tests/support/golden_file.h"

namespace dyt::models {
namespace {

using testing::fill_module;
using testing::fill_values;

constexpr int kDitSteps = 10;
constexpr double kDitLr = 1e-3;
constexpr int64_t kDim = 16;

struct GoldenDit {
  std::string file, norm;
  at::ScalarType type;
  double tolerance, tolerance_after;  // of each tensor's largest magnitude
};

class DitGolden : public ::testing::TestWithParam<GoldenDit> {
 protected:
  DitGolden()
      : file_(GetParam().file),
        model_(std::make_shared<Dit>(DitConfig{.image_size = 8,
                                               .channels = 4,
                                               .num_classes = 10,
                                               .patch_size = 2,
                                               .dim = kDim,
                                               .depth = 2,
                                               .num_heads = 2,
                                               .norm = GetParam().norm},
                                     GetParam().type)) {
    fill_module(*model_, 0.3);
    x_0_ = fill_values("x", {4, 4, 8, 8}).to(GetParam().type);
    noise_ = fill_values("noise", {4, 4, 8, 8}).to(GetParam().type);
    x_t_ = noised(schedule_, x_0_, t_, noise_);
  }

  at::Tensor output() { return model_->forward(x_t_, original_steps(schedule_, t_), labels_); }
  DiffusionLosses losses() { return diffusion_losses(schedule_, output(), x_0_, x_t_, t_, noise_); }

  testing::GoldenFile file_;
  std::shared_ptr<Dit> model_;
  DiffusionSchedule schedule_ = linear_schedule();
  at::Tensor x_0_, noise_, x_t_;
  at::Tensor t_ = torch::tensor({0, 3, 500, 999}), labels_ = torch::tensor({3, 4, 10, 0});
};

TEST_P(DitGolden, NamesStandInUpstreamsOrder) {
  EXPECT_EQ(model_->named_parameters().keys(), file_.names());
}

TEST_P(DitGolden, OutputLossesAndEveryGradient) {
  const double tolerance = GetParam().tolerance;
  file_.expect_close(output(), "output", tolerance);
  const DiffusionLosses found = losses();
  file_.expect_close(found.mse, "mse", tolerance);
  file_.expect_close(found.vb, "vb", tolerance);
  const at::Tensor loss = found.total.mean();
  file_.expect_close(loss, "loss", tolerance);
  loss.backward();
  for (const auto& item : model_->named_parameters()) {
    if (item.value().requires_grad()) {
      file_.expect_close(item.value().grad(), "grad." + item.key(), tolerance);
    }
  }
  EXPECT_FALSE(model_->named_parameters()["pos_embed"].grad().defined());
}

TEST_P(DitGolden, TenAdamWSteps) {
  const double tolerance = GetParam().tolerance_after;
  optim::AdamW optimizer(optim::named_parameters(*model_),
                         {.beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .weight_decay = 0});
  for (int step = 1; step <= kDitSteps; ++step) {
    optimizer.zero_grad();
    losses().total.mean().backward();
    optimizer.step(kDitLr);
  }
  for (const auto& item : model_->named_parameters()) {
    if (!item.value().requires_grad()) {
      continue;
    }
    // Softmax does not feel a shift of the keys: their bias has a true gradient of zero, and AdamW
    // turns its rounding noise into steps of full size.
    const bool keys = item.key().ends_with("qkv.bias");
    file_.expect_close(item.value(), "after." + item.key(), tolerance, keys ? kDim : 0,
                       keys ? 2 * kDim : 0);
  }
  file_.expect_close(losses().total.mean(), "loss_after", tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Dit, DitGolden,
    ::testing::Values(GoldenDit{"dit_ln", "layer_norm", at::kDouble, 1e-9, 1e-9},
                      GoldenDit{"dit_ln", "layer_norm", at::kFloat, 1e-4, 1e-3},
                      GoldenDit{"dit_dyt", "dyt", at::kDouble, 1e-9, 1e-9},
                      GoldenDit{"dit_dyt", "dyt", at::kFloat, 1e-4, 1e-3}),
    [](const auto& info) {
      return info.param.norm + (info.param.type == at::kDouble ? "_float64" : "_float32");
    });

}  // namespace
}  // namespace dyt::models

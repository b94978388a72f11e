// SPDX-License-Identifier: Apache-2.0
// A small MAE and a small DINO against PyTorch: scripts/golden/mae_dino_golden.py says what the
// files hold. The recipe's parts around the networks are under test with them: schedules, clipping,
// decay, the frozen last layer, the moving average.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/dino.h"
#include "dyt/models/dino_loss.h"
#include "dyt/models/mae.h"
#include "dyt/optim/adamw.h"
#include "dyt/optim/average.h"
#include "dyt/optim/cosine.h"
#include "dyt/optim/gradients.h"
#include "dyt/optim/schedule.h"
#include "tests/support/fill.h"
#include "tests/support/golden_file.h"

namespace dyt::models {
namespace {

using testing::fill_module;
using testing::fill_values;
using testing::GoldenFile;

constexpr int64_t kPretrainingSteps = 10, kStepsPerEpoch = 2;

struct GoldenPretraining {
  std::string file, norm;
  at::ScalarType type;
  double tolerance, tolerance_after;  // of each tensor's largest magnitude
};

class SelfSupervisedGolden : public ::testing::TestWithParam<GoldenPretraining> {
 protected:
  static at::Tensor values(const std::string& name, at::IntArrayRef shape) {
    return fill_values(name, shape).to(GetParam().type);
  }

  static void expect_gradients(const GoldenFile& golden, const torch::nn::Module& module) {
    for (const auto& item : module.named_parameters()) {
      if (item.value().requires_grad()) {
        golden.expect_close(item.value().grad(), "grad." + item.key(), GetParam().tolerance);
      }
    }
  }

  // Softmax does not feel a shift of the keys: their bias has a true gradient of zero, and AdamW
  // turns its rounding noise into steps of full size.
  static void expect_values(const GoldenFile& golden, const torch::nn::Module& module,
                            const std::string& prefix) {
    for (const auto& item : module.named_parameters()) {
      if (item.key().ends_with("pos_embed") && item.key().find("backbone") == std::string::npos) {
        continue;  // MAE's are fixed
      }
      if (item.key().ends_with("weight_g")) {
        EXPECT_TRUE((item.value() == 1).all().item<bool>());
        continue;
      }
      const int64_t width = item.value().size(0) / 3;
      const bool keys = item.key().ends_with("qkv.bias");
      golden.expect_close(item.value(), prefix + item.key(), GetParam().tolerance_after,
                          keys ? width : 0, keys ? 2 * width : 0);
    }
  }
};

class MaeGolden : public SelfSupervisedGolden {};

TEST_P(MaeGolden, PredictionsGradientsAndTenSteps) {
  const GoldenFile golden(GetParam().file);
  const MaeConfig config{.image_size = 16,
                         .patch_size = 4,
                         .channels = 3,
                         .dim = 16,
                         .depth = 2,
                         .num_heads = 2,
                         .decoder_dim = 12,
                         .decoder_depth = 1,
                         .decoder_num_heads = 2,
                         .norm = GetParam().norm};
  const auto model = std::make_shared<MaskedAutoencoder>(config, GetParam().type);
  fill_module(*model, 0.3);
  EXPECT_EQ(model->named_parameters().keys(), golden.names());
  const at::Tensor images = values("x", {3, 3, 16, 16});
  const optim::OptimConfig recipe{.lr = 2e-3,
                                  .lr_min = 0,
                                  .schedule = "cosine_epoch",
                                  .warmup = 0.2,
                                  .beta1 = 0.9,
                                  .beta2 = 0.95,
                                  .weight_decay = 0.05,
                                  .decays = "tokens"};
  optim::AdamW optimizer(optim::named_parameters(*model), recipe);
  std::vector<at::Tensor> losses;
  for (int64_t step = 0; step < kPretrainingSteps; ++step) {
    optimizer.zero_grad();
    const at::Tensor noise = (values("noise" + std::to_string(step), {3, 16}) + 1) / 2;
    const MaeOutput output = model->forward(images, noise);
    output.loss.backward();
    losses.push_back(output.loss.detach());
    if (step == 0) {
      golden.expect_close(output.pred, "pred", GetParam().tolerance);
      golden.expect_close(output.loss, "loss", GetParam().tolerance);
      expect_gradients(golden, *model);
    }
    optimizer.step(optim::learning_rate(recipe, step, kPretrainingSteps));
  }
  golden.expect_close(torch::stack(losses), "losses", GetParam().tolerance_after);
  expect_values(golden, *model, "after.");
}

INSTANTIATE_TEST_SUITE_P(
    Mae, MaeGolden,
    ::testing::Values(GoldenPretraining{"mae_ln", "layer_norm", at::kDouble, 1e-9, 1e-9},
                      GoldenPretraining{"mae_ln", "layer_norm", at::kFloat, 1e-5, 1e-4},
                      GoldenPretraining{"mae_dyt", "dyt", at::kDouble, 1e-9, 1e-9},
                      GoldenPretraining{"mae_dyt", "dyt", at::kFloat, 1e-5, 1e-4}),
    [](const auto& info) {
      return info.param.norm + (info.param.type == at::kDouble ? "_float64" : "_float32");
    });

class DinoGolden : public SelfSupervisedGolden {
 protected:
  static std::shared_ptr<DinoNetwork> network(double amplitude) {
    const DinoConfig config{.image_size = 16,
                            .patch_size = 4,
                            .channels = 3,
                            .dim = 16,
                            .depth = 2,
                            .num_heads = 2,
                            .drop_path = 0,
                            .norm = GetParam().norm,
                            .out_dim = 12,
                            .head_hidden_dim = 24,
                            .head_bottleneck_dim = 8};
    auto made = std::make_shared<DinoNetwork>(config, GetParam().type);
    fill_module(*made, amplitude);
    return made;
  }
};

TEST_P(DinoGolden, OutputsGradientsAndTenSteps) {
  const GoldenFile golden(GetParam().file);
  const auto student = network(0.3), teacher = network(0.25);
  EXPECT_EQ(student->named_parameters().keys(), golden.names());
  const std::vector<at::Tensor> globals = {values("g1", {3, 3, 16, 16}),
                                           values("g2", {3, 3, 16, 16})};
  std::vector<at::Tensor> crops = globals;
  crops.push_back(values("l1", {3, 3, 8, 8}));
  crops.push_back(values("l2", {3, 3, 8, 8}));
  DinoLoss loss_of({.out_dim = 12, .teacher_temperature = 0.07, .warmup_epochs = 3},
                   GetParam().type);
  const auto parameters = optim::named_parameters(*student);
  optim::AdamW optimizer(parameters, {.beta1 = 0.9, .beta2 = 0.999, .decays = "tokens"},
                         {.skip_missing_gradients = true});
  std::vector<at::Tensor> losses;
  for (int64_t step = 0; step < kPretrainingSteps; ++step) {
    const int64_t epoch = step / kStepsPerEpoch;
    optimizer.zero_grad();
    optimizer.set_weight_decay(
        optim::cosine_at({.base = 0.04, .last = 0.4, .steps = kPretrainingSteps}, step));
    const at::Tensor seen = student->forward(crops), aims = teacher->forward(globals).detach();
    const at::Tensor loss = loss_of.forward(seen, aims, 4, epoch);
    loss_of.update_center(aims.mean(0, true));
    loss.backward();
    losses.push_back(loss.detach());
    if (step == 0) {
      golden.expect_close(seen, "student", GetParam().tolerance);
      golden.expect_close(aims, "teacher", GetParam().tolerance);
      golden.expect_close(loss, "loss", GetParam().tolerance);
      expect_gradients(golden, *student);
    }
    optim::clip_each_gradient(parameters, 0.3);
    if (epoch < 1) {
      optim::drop_gradients(parameters, "last_layer");
    }
    optimizer.step(optim::cosine_at(
        {.base = 2e-3, .last = 1e-5, .steps = kPretrainingSteps, .warmup_steps = 2}, step));
    optim::move_average(
        optim::named_parameters(*teacher), parameters,
        optim::cosine_at({.base = 0.9, .last = 1, .steps = kPretrainingSteps}, step));
  }
  golden.expect_close(torch::stack(losses), "losses", GetParam().tolerance_after);
  golden.expect_close(loss_of.center(), "center", GetParam().tolerance_after);
  expect_values(golden, *student, "after.");
  expect_values(golden, *teacher, "teacher.");
}

INSTANTIATE_TEST_SUITE_P(
    Dino, DinoGolden,
    ::testing::Values(GoldenPretraining{"dino_ln", "layer_norm", at::kDouble, 1e-9, 1e-9},
                      GoldenPretraining{"dino_ln", "layer_norm", at::kFloat, 1e-5, 1e-4},
                      GoldenPretraining{"dino_dyt", "dyt", at::kDouble, 1e-9, 1e-9},
                      GoldenPretraining{"dino_dyt", "dyt", at::kFloat, 1e-5, 1e-4}),
    [](const auto& info) {
      return info.param.norm + (info.param.type == at::kDouble ? "_float64" : "_float32");
    });

}  // namespace
}  // namespace dyt::models

// SPDX-License-Identifier: Apache-2.0
// A run on a GPU beside the same on the CPU. Skipped with a reason where there is no GPU.
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include "dyt/ops/load_cuda.h"
#include "dyt/optim/adamw.h"
#include "dyt/tasks/classify.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kSteps = 5;
constexpr int64_t kBatch = 32;

class ClassifyGpu : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (const ops::CudaSupport& cuda = ops::load_cuda(); !cuda.why_not.empty()) {
      GTEST_SKIP() << cuda.why_not;
    }
  }
};

struct Trained {
  std::vector<double> losses;
  train::Evaluation evaluation;
};

Trained trained_on(const std::string& device, const std::string& norm) {
  RunConfig config;
  config.device = device;
  config.model.norm() = norm;
  config.model.vit().drop_path = 0.1;
  config.data.test_limit = 100;
  data::ImageData data = data::open_data(config.data);
  fit_to_data(config, data);
  Classify task(config, std::move(data));
  optim::AdamW optimizer(optim::named_parameters(task.model()), config.optim);
  const std::vector<int64_t> order = task.epoch_order(0);
  task.calibrate(std::span(order).first(kBatch));
  Trained trained;
  for (int64_t step = 0; step < kSteps; ++step) {
    optimizer.zero_grad();
    const at::Tensor loss = task.training_loss({.epoch = 0, .step = step},
                                               std::span(order).subspan(step * kBatch, kBatch));
    trained.losses.push_back(loss.item<double>());
    loss.backward();
    optimizer.step(1e-3);
  }
  trained.evaluation = task.evaluate();
  return trained;
}

TEST_P(ClassifyGpu, TrainsAsOnTheCpu) {
  const Trained cpu = trained_on("cpu", GetParam()), gpu = trained_on("cuda", GetParam());
  for (int64_t step = 0; step < kSteps; ++step) {
    EXPECT_NEAR(gpu.losses[step], cpu.losses[step], 1e-3) << "step " << step;
  }
  EXPECT_NEAR(gpu.evaluation.loss, cpu.evaluation.loss, 1e-2);
  EXPECT_EQ(gpu.evaluation.correct.size(), cpu.evaluation.correct.size());
}

TEST_P(ClassifyGpu, SameBitsAgain) {
  EXPECT_EQ(trained_on("cuda", GetParam()).losses, trained_on("cuda", GetParam()).losses);
}

INSTANTIATE_TEST_SUITE_P(Norms, ClassifyGpu,
                         ::testing::Values("layer_norm", "dyt:alpha0=auto", "derf"));

}  // namespace
}  // namespace dyt::tasks

// SPDX-License-Identifier: Apache-2.0
// What cuda.h answers where there is nothing to run on: words, not a crash. With a device there is
// nothing of this to see, and the tests under the label gpu see the rest.
#include <gtest/gtest.h>

#include "dyt/kernels/cuda/cuda.h"

namespace dyt::kernels::cuda {
namespace {

class CudaWithoutDevice : public ::testing::Test {
 protected:
  void SetUp() override {
    int devices = 0;
    if (probe(devices).ok()) {
      GTEST_SKIP() << "this machine has " << devices << " CUDA device(s)";
    }
  }
};

TEST_F(CudaWithoutDevice, ProbeSaysWhy) {
  int devices = 7;
  const Status status = probe(devices);
  EXPECT_EQ(devices, 0);
  EXPECT_GT(status.problem.size(), 20u) << status.problem;
}

TEST_F(CudaWithoutDevice, LaunchesAnswerInWords) {
  const float alpha = 1;
  float x[4] = {}, y[4] = {};
  char workspace[1 << 16] = {};
  const Launch launch{.workspace = workspace, .bytes = sizeof(workspace)};
  const Parameters parameters{.alpha = &alpha};
  const Status forwards =
      forward({.shape = {1, 4}, .input = x, .parameters = parameters, .output = y}, launch);
  EXPECT_GT(forwards.problem.size(), 20u) << forwards.problem;
  const Status backwards = backward(
      {.shape = {1, 4}, .grad_output = x, .input = x, .parameters = parameters, .grad_input = y},
      launch);
  EXPECT_GT(backwards.problem.size(), 20u) << backwards.problem;
  const Status norm =
      forward(NormForwardProblem{.rows = 1, .channels = 4, .input = x, .output = y}, launch);
  EXPECT_GT(norm.problem.size(), 20u) << norm.problem;
}

}  // namespace
}  // namespace dyt::kernels::cuda

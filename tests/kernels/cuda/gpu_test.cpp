// SPDX-License-Identifier: Apache-2.0
// The kernels on a GPU: the same cases as in emulation, all functions, and what only hardware
// shows.
#include <gtest/gtest.h>

#include <bit>

#include "dyt/kernels/cuda/cuda.h"
#include "tests/kernels/bounds.h"
#include "tests/kernels/cuda/device_memory.h"
#include "tests/kernels/cuda/gpu_runner.h"
#include "tests/kernels/cuda/norm_cases.h"
#include "tests/kernels/cuda/numbers_array.h"
#include "tests/kernels/cuda/pointwise_cases.h"
#include "tests/kernels/exact.h"

namespace dyt::kernels::cuda::test {
namespace {

class Gpu : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    runner_ = gpu_runner(why);
    if (runner_ == nullptr) {
      GTEST_SKIP() << why;
    }
  }
  std::unique_ptr<Runner> runner_;
};

TEST_F(Gpu, PointwiseForward) { for_each_pointwise_case(*runner_, expect_forward); }
TEST_F(Gpu, PointwiseBackward) { for_each_pointwise_case(*runner_, expect_backward); }
TEST_F(Gpu, NormForward) { for_each_norm_case(*runner_, expect_forward); }
TEST_F(Gpu, NormBackward) { for_each_norm_case(*runner_, expect_backward); }

TEST_F(Gpu, RowsDoNotDependOnTheirNeighbours) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
    expect_batch_invariant(*runner_, dtype);
    for (const int64_t channels : {64, 77, 1024, 5003}) {
      expect_norm_batch_invariant(*runner_, dtype, channels);
    }
  }
}

// The hardware's tanh and its relatives over every 16-bit number.
TEST_F(Gpu, AllSixteenBitNumbers) {
  constexpr int64_t kCount = 65536;
  for (const FunctionRow& row : kFunctions) {
    for (const DType dtype : {DType::kBFloat16, DType::kFloat16}) {
      for (const double alpha : {0.0, 0.1, 0.5, 0.8, 1.0, 2.0, -1.0, 50.0}) {
        SCOPED_TRACE(std::string(row.name) + " alpha " + std::to_string(alpha));
        Array input(dtype, kCount), output(dtype, kCount), factor(DType::kFloat32, 1);
        for (int64_t n = 0; n < kCount; ++n) {
          static_cast<uint16_t*>(input.data())[n] = static_cast<uint16_t>(n);
        }
        factor.set(0, alpha);
        runner_->run(
            ForwardProblem{.function = row.function,
                           .dtype = dtype,
                           .shape = {1, 1, kCount},
                           .input = input.data(),
                           .parameters = {.alpha = factor.data(), .dtype = DType::kFloat32},
                           .output = output.data()});
        for (int64_t n = 0; n < kCount; ++n) {
          const float u = static_cast<float>(factor[0]) * static_cast<float>(input[n]);
          const long double f = kernels::test::exact_value(row.function, u);
          if (std::isnan(u)) {
            ASSERT_TRUE(std::isnan(output[n])) << n;
          } else {
            ASSERT_LE(std::fabs(output[n] - f), 1.51L * kernels::test::ulp(dtype, f)) << input[n];
          }
        }
      }
    }
  }
}

// A captured graph replays, and a changed alpha is seen: nothing was read on the host.
TEST_F(Gpu, GraphCapture) {
  constexpr int64_t kRows = 64, kChannels = 96;
  constexpr int64_t kCount = kRows * kChannels;
  const BackwardProblem shape{.shape = {kRows, kChannels}};
  const DeviceMemory x(kCount * 4), y(kCount * 4), alpha(4), gradient(4),
      workspace(workspace_bytes(shape));
  const std::vector<float> ones(kCount, 1.0f);
  expect_done(cudaMemcpy(x.data(), ones.data(), kCount * 4, cudaMemcpyHostToDevice));
  cudaStream_t stream;
  expect_done(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  cudaGraph_t graph;
  cudaGraphExec_t executable;
  expect_done(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  const Launch launch{
      .stream = stream, .workspace = workspace.data(), .bytes = workspace_bytes(shape)};
  EXPECT_EQ(forward({.shape = shape.shape,
                     .input = x.data(),
                     .parameters = {.alpha = alpha.data()},
                     .output = y.data()},
                    launch)
                .problem,
            "");
  EXPECT_EQ(backward({.shape = shape.shape,
                      .grad_output = x.data(),
                      .input = x.data(),
                      .parameters = {.alpha = alpha.data()},
                      .grad_alpha = gradient.data()},
                     launch)
                .problem,
            "");
  expect_done(cudaStreamEndCapture(stream, &graph));
  expect_done(cudaGraphInstantiate(&executable, graph, 0));
  for (const float value : {0.5f, 2.0f}) {
    expect_done(cudaMemcpy(alpha.data(), &value, 4, cudaMemcpyHostToDevice));
    expect_done(cudaGraphLaunch(executable, stream));
    expect_done(cudaStreamSynchronize(stream));
    float found = 0, slope = 0;
    expect_done(cudaMemcpy(&found, y.data(), 4, cudaMemcpyDeviceToHost));
    expect_done(cudaMemcpy(&slope, gradient.data(), 4, cudaMemcpyDeviceToHost));
    EXPECT_NEAR(found, std::tanh(value), 2e-7);
    EXPECT_NEAR(slope, kCount / std::pow(std::cosh(value), 2), 1e-5 * kCount);
  }
  expect_done(cudaGraphExecDestroy(executable));
  expect_done(cudaGraphDestroy(graph));
  expect_done(cudaStreamDestroy(stream));
}

// More than 2^31 elements, where the device has the memory.
TEST_F(Gpu, MoreThanTwoToThe31Elements) {
  constexpr int64_t kRows = (int64_t{1} << 31) / 1024 + 3, kChannels = 1024;
  constexpr int64_t kBytes = kRows * kChannels * 2;
  size_t available = 0, total = 0;
  expect_done(cudaMemGetInfo(&available, &total));
  if (static_cast<int64_t>(available) < kBytes + (int64_t{1} << 28)) {
    GTEST_SKIP() << "needs " << kBytes / 1000000 << " MB of device memory";
  }
  const DeviceMemory x(kBytes), alpha(4);
  const float one = 1;
  expect_done(cudaMemcpy(alpha.data(), &one, 4, cudaMemcpyHostToDevice));
  expect_done(cudaMemset(x.data(), 0x40, kBytes));  // every number is 3.00390625
  const Status status = forward({.dtype = DType::kBFloat16,
                                 .shape = {kRows, kChannels},
                                 .input = x.data(),
                                 .parameters = {.alpha = alpha.data(), .dtype = DType::kFloat32},
                                 .output = x.data()},
                                {});
  ASSERT_TRUE(status.ok()) << status.problem;
  expect_done(cudaDeviceSynchronize());
  for (const int64_t element : {int64_t{0}, (int64_t{1} << 31) + 5, kRows * kChannels - 1}) {
    BFloat16 y{};
    expect_done(cudaMemcpy(&y, x.data() + element * 2, 2, cudaMemcpyDeviceToHost));
    EXPECT_NEAR(to_float(y), std::tanh(3.00390625), 0.004) << element;
  }
}

}  // namespace
}  // namespace dyt::kernels::cuda::test

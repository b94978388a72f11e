// SPDX-License-Identifier: Apache-2.0
// Whole kernels, blocks, threads and partial sums included, emulated on the CPU.
#include <gtest/gtest.h>

#include "tests/kernels/cuda/emulated_runner.h"
#include "tests/kernels/cuda/norm_cases.h"
#include "tests/kernels/cuda/pointwise_cases.h"

namespace dyt::kernels::cuda::test {
namespace {

TEST(CudaEmulated, PointwiseForward) {
  for_each_pointwise_case(*emulated_runner(), expect_forward);
}

TEST(CudaEmulated, PointwiseBackward) {
  for_each_pointwise_case(*emulated_runner(), expect_backward);
}

TEST(CudaEmulated, PointwiseForwardIsBatchInvariant) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    expect_batch_invariant(*emulated_runner(), dtype);
  }
}

TEST(CudaEmulated, NormForward) { for_each_norm_case(*emulated_runner(), expect_forward); }

TEST(CudaEmulated, NormBackward) { for_each_norm_case(*emulated_runner(), expect_backward); }

TEST(CudaEmulated, NormForwardIsBatchInvariant) {
  for (const int64_t channels : {64, 77, 1024}) {
    expect_norm_batch_invariant(*emulated_runner(), DType::kFloat32, channels);
    expect_norm_batch_invariant(*emulated_runner(), DType::kBFloat16, channels);
  }
}

}  // namespace
}  // namespace dyt::kernels::cuda::test

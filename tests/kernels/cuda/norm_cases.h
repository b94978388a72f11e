// SPDX-License-Identifier: Apache-2.0
// LayerNorm and RMSNorm problems of all types for a Runner, held to the bounds of norm.h against
// long double.
#pragma once

#include <string>

#include "tests/kernels/cuda/runner.h"

namespace dyt::kernels::cuda::test {

struct NormOptions {
  NormKind kind;
  DType dtype, parameter_dtype;
  int64_t rows, channels;
  bool parameters = true;  // weight, bias
  bool residual = false;   // with sum; backward: with grad_sum
  bool in_place = false;   // output over input; backward: grad_input over grad_output
  int64_t offset = 0;      // elements past a 16-byte boundary
  double mean = 0.5;       // of the input
};

std::string text_of(const NormOptions& options);

void expect_forward(Runner& runner, const NormOptions& options);
void expect_backward(Runner& runner, const NormOptions& options);

using NormCheck = void (*)(Runner&, const NormOptions&);
void for_each_norm_case(Runner& runner, NormCheck check);

// A row's bits do not depend on the rows around it, nor on alignment.
void expect_norm_batch_invariant(Runner& runner, DType dtype, int64_t channels);

}  // namespace dyt::kernels::cuda::test

// SPDX-License-Identifier: Apache-2.0
// Point-wise problems of all types, layouts and present arrays for a Runner, held to the bounds of
// functions.h and pointwise.h against long double.
#pragma once

#include <string>

#include "tests/kernels/cuda/runner.h"

namespace dyt::kernels::cuda::test {

struct PointwiseOptions {
  const FunctionRow& row;
  DType dtype;
  DType parameter_dtype;
  Shape shape;
  bool exact = false;
  bool parameters = true;  // shift, weight, bias
  bool residual = false;   // with sum; backward: with grad_sum
  bool in_place = false;   // output over input; backward: grad_input over grad_output
  int64_t offset = 0;      // elements past a 16-byte boundary
};

std::string text_of(const PointwiseOptions& options);

// Solve one problem and expect the bounds; backward also expects the same bits from a second run.
void expect_forward(Runner& runner, const PointwiseOptions& options);
void expect_backward(Runner& runner, const PointwiseOptions& options);

// Calls check(runner, options) over functions, types, layouts, and what may be present.
using Check = void (*)(Runner&, const PointwiseOptions&);
void for_each_pointwise_case(Runner& runner, Check check);

// An element's bits do not depend on what surrounds it, nor on alignment.
void expect_batch_invariant(Runner& runner, DType dtype);

}  // namespace dyt::kernels::cuda::test

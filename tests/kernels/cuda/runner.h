// SPDX-License-Identifier: Apache-2.0
// Who solves a problem for the tests: the kernels emulated on the CPU, or a GPU. Pointers are the
// host's either way.
#pragma once

#include <span>
#include <string_view>

#include "dyt/kernels/norm.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::cuda::test {

struct Runner {
  virtual ~Runner() = default;
  virtual std::span<const std::string_view> functions() const = 0;  // that it can run
  virtual void run(const ForwardProblem& problem) = 0;
  virtual void run(const BackwardProblem& problem) = 0;
  virtual void run(const NormForwardProblem& problem) = 0;
  virtual void run(const NormBackwardProblem& problem) = 0;
};

}  // namespace dyt::kernels::cuda::test

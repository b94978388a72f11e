// SPDX-License-Identifier: Apache-2.0
// A Runner that emulates a small device on the CPU.
#pragma once

#include <memory>

#include "tests/kernels/cuda/runner.h"

namespace dyt::kernels::cuda::test {

std::unique_ptr<Runner> emulated_runner();

}  // namespace dyt::kernels::cuda::test

// SPDX-License-Identifier: Apache-2.0
// A Runner on the first GPU: copies a problem's arrays there, solves it, copies them back.
#pragma once

#include <memory>
#include <string>

#include "tests/kernels/cuda/runner.h"

namespace dyt::kernels::cuda::test {

// Null where there is no GPU; `why` then says so in words.
std::unique_ptr<Runner> gpu_runner(std::string& why);

}  // namespace dyt::kernels::cuda::test

// SPDX-License-Identifier: Apache-2.0
// The contenders of one case of `dyt bench ops`.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "dyt/bench/interleave.h"
#include "dyt/bench/ops_config.h"

namespace dyt::bench {

struct OpsCase {
  BenchShape shape;
  std::string dtype, pass, outputs, cache;
  int64_t threads = 1;
  std::string function;
  at::Device device = at::kCPU;
  bool implementations = false;
};

inline constexpr const char* kCopy = "copy";
inline constexpr const char* kOurs = "dyt";
inline constexpr double kNormEps = 1e-6;

// How many inputs take turns: 1 (warm), or (cold) together four last-level caches, 512 MiB at most.
int64_t buffers_of(const OpsCase& wanted);

// Named: copy (x to a new tensor), dyt (our operator), layer_norm, rms_norm (our norms), torch
// layer_norm, torch rms_norm (LibTorch's), eager dyt (LibTorch's tanh between * and +; other
// functions have none), and with `implementations` on the CPU "kernel <name>" for each of the
// lists. In training each forms a result and all gradients for a given one; a copy stays a copy.
std::vector<Contender> ops_contenders(const OpsCase& wanted);

}  // namespace dyt::bench

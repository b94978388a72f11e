// SPDX-License-Identifier: Apache-2.0
// What figures of a bench depend on.
#pragma once

#include <cstdlib>

#include "dyt/train/environment.h"

namespace dyt::bench {

// train::environment and how idle threads of OpenMP wait: "openmp": {variable: value, "" if unset}.
inline nlohmann::ordered_json environment(const at::Device& device) {
  nlohmann::ordered_json all = train::environment(device);
  for (const char* name : {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}) {
    const char* value = std::getenv(name);
    all["openmp"][name] = value == nullptr ? "" : value;
  }
  return all;
}

}  // namespace dyt::bench

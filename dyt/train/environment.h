// SPDX-License-Identifier: Apache-2.0
// What a result depends on besides its configuration: versions and hardware.
#pragma once

#include <c10/core/Device.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dyt::train {

// {"version", "results_version", "libtorch", "compiler",
//  "hardware": {"cpu", "cores", "memory_bytes", "system"}}; on a GPU "hardware" holds its name too,
// as "gpu".
nlohmann::ordered_json environment(const at::Device& device = at::kCPU);

// High-water mark of the resident memory of this process since it was started, in bytes.
int64_t peak_memory_bytes();
// Of the resident memory of this process now, in bytes: what it has taken for itself, and what is
// mapped from files (its own code and the libraries').
struct ResidentMemory {
  int64_t own_bytes = 0;
  int64_t file_bytes = 0;
};
ResidentMemory resident_memory();

}  // namespace dyt::train

// What a result depends on besides its configuration: versions and hardware.
#pragma once

#include <c10/core/Device.h>

#include <nlohmann/json.hpp>
#include <string>

namespace dyt::train {

// {"version", "results_version", "libtorch", "compiler", "hardware": {"cpu", "cores",
// "memory_bytes",
//  "system"}}; on a GPU "hardware" holds its name too, as "gpu".
nlohmann::ordered_json environment(const at::Device& device = at::kCPU);

// High-water mark of the resident memory of this process since it was started, in bytes.
int64_t peak_memory_bytes();

}  // namespace dyt::train

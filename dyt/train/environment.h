// What a result depends on besides its configuration: versions and hardware.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dyt::train {

// {"version", "results_version", "libtorch", "compiler", "hardware": {"cpu", "cores",
// "memory_bytes",
//  "system"}}
nlohmann::ordered_json environment();

// High-water mark of the resident memory of this process since it was started, in bytes.
int64_t peak_memory_bytes();

}  // namespace dyt::train

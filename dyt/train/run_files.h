// SPDX-License-Identifier: Apache-2.0
// How the JSON files of a run's folder are read, and in what words they are refused.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dyt::train {

inline constexpr const char* kStartAfresh =
    "start this run afresh: --fresh with `dyt train`; for a run of a comparison remove its folder, "
    "then only this run is trained again";

// Error(kData) with kStartAfresh.
[[noreturn]] void throw_unusable(const std::filesystem::path& path, const std::string& what,
                                 const std::string& expected, const std::string& found);

nlohmann::ordered_json read_json(const std::filesystem::path& path);

// A JSON object with this version, read by `read`, whose JSON exceptions become Error(kData).
void read_versioned(const std::filesystem::path& path, int version,
                    const std::function<void(const nlohmann::ordered_json&)>& read);

}  // namespace dyt::train

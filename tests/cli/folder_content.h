// SPDX-License-Identifier: Apache-2.0
// "The same bits" of two run or comparison folders (docs/runs.md): every file, link and folder,
// below as well, with its bytes; of JSON without the fields that are measured and not computed.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dyt::testing {

// Without every field named time_*, rate_* or memory_*, wherever it stands.
nlohmann::json without_measurements(nlohmann::json node);

// By relative path. A link is its target; report.html, which shows what is measured, is "as of its
// folder" where it is what its folder's other files give, so that equal contents mean equal reports
// but for that.
std::map<std::string, std::string> folder_content(const std::filesystem::path& folder);

}  // namespace dyt::testing

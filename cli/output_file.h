// SPDX-License-Identifier: Apache-2.0
// Files that a person names with --out, --html or --page.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dyt::cli {

// Error(kUsage) where something is there that no dyt has written: a file is replaced only where it
// is empty or is a page or JSON of ours. `flag`: for the message. Nothing for an empty path.
void check_output_file(const std::string& flag, const std::filesystem::path& path);

// The same, and writes it atomically.
void write_output_file(const std::string& flag, const std::filesystem::path& path,
                       std::string_view bytes);

}  // namespace dyt::cli

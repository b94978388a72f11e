// SPDX-License-Identifier: Apache-2.0
// JSON lines: one JSON value a line, each line ended by a newline. The format of append-only logs.
//
//   for (const JsonLine& line : read_json_lines("metrics.jsonl", PartialLine::kIgnore)) {
//     const auto value = nlohmann::json::parse(line.text);   // every line is known to be JSON
//   }
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::formats {

struct JsonLine {
  int64_t number = 0;  // from 1
  std::string text;    // without its line end
};

// A last line without a newline: what a crash in the middle of an append leaves.
enum class PartialLine {
  kError,  // an error, unless it is whole JSON (other programs leave the last newline out)
  kIgnore  // left out
};

// Error(kData) for a missing file, an empty line or one that is not JSON in UTF-8 names the file,
// the line and the byte in it.
std::vector<JsonLine> read_json_lines(const std::filesystem::path& path,
                                      PartialLine partial = PartialLine::kError);
std::vector<JsonLine> parse_json_lines(std::string_view bytes, const std::string& file,
                                       PartialLine partial = PartialLine::kError);

}  // namespace dyt::formats

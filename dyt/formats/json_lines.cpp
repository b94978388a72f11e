// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/json_lines.h"

#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"

namespace dyt::formats {
namespace {

using nlohmann::json;

// Remembers where the parser stopped; takes nothing else, so that depth costs no memory to speak
// of.
class ErrorPlace final : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    byte = position;
    return false;
  }

  size_t byte = 0;  // from 1
};

void check_line(const JsonLine& line, const std::string& file, bool is_partial) {
  ErrorPlace place;
  // The parser takes a zero byte for the end of its input; in JSON it may stand nowhere.
  const size_t zero = line.text.find('\0');
  if (zero != std::string::npos) {
    place.byte = zero + 1;
  } else if (json::sax_parse(line.text, &place)) {
    return;
  }
  throw core::Error(core::ErrorKind::kData,
                    {.what = is_partial ? "the last line is cut off" : "a line is not JSON",
                     .where = file + ", line " + std::to_string(line.number) + ", byte " +
                              std::to_string(place.byte),
                     .expected = "one JSON value in UTF-8 and a newline",
                     .found = line.text.empty() ? "an empty line" : "",
                     .todo = is_partial ? "remove the last line, or write the file again" : ""});
}

}  // namespace

std::vector<JsonLine> parse_json_lines(std::string_view bytes, const std::string& file,
                                       PartialLine partial) {
  std::vector<JsonLine> lines;
  while (!bytes.empty()) {
    const size_t newline = bytes.find('\n');
    const bool is_partial = newline == std::string_view::npos;
    if (is_partial && partial == PartialLine::kIgnore) {
      break;
    }
    std::string_view text = bytes.substr(0, newline);
    bytes.remove_prefix(is_partial ? bytes.size() : newline + 1);
    if (text.ends_with('\r')) {
      text.remove_suffix(1);
    }
    lines.push_back({.number = static_cast<int64_t>(lines.size()) + 1, .text = std::string(text)});
    check_line(lines.back(), file, is_partial);
  }
  return lines;
}

std::vector<JsonLine> read_json_lines(const std::filesystem::path& path, PartialLine partial) {
  return parse_json_lines(core::read_file(path), path.string(), partial);
}

}  // namespace dyt::formats

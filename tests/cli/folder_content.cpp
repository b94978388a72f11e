// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/folder_content.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "dyt/core/files.h"
#include "dyt/report/compare_report.h"
#include "dyt/report/run_report.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string without_measured_lines(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += without_measurements(json::parse(line)).dump() + "\n";
  }
  return result;
}

std::string report_of(const fs::path& folder) {
  const auto text = [&](const char* name) { return core::read_file(folder / name); };
  const auto picture = [&](const std::string& file) { return core::read_file(folder / file); };
  return fs::exists(folder / "compare.json")
             ? report::compare_report_html(text("compare.json"), picture)
             : report::run_report_html(text("config.toml"), text("metrics.jsonl"),
                                       text("result.json"), text("env.json"), picture);
}

std::string content_of(const fs::path& path) {
  if (fs::is_symlink(path)) {
    return "link to " + fs::read_symlink(path).string();
  }
  if (fs::is_directory(path)) {
    return "folder";
  }
  const std::string bytes = core::read_file(path);
  if (path.extension() == ".json") {
    return without_measurements(json::parse(bytes)).dump();
  }
  if (path.extension() == ".jsonl") {
    return without_measured_lines(bytes);
  }
  if (path.filename() == "report.html") {
    return bytes == report_of(path.parent_path()) ? "as of its folder" : bytes;
  }
  return bytes;
}

}  // namespace

json without_measurements(json node) {
  if (node.is_object()) {
    for (auto item = node.begin(); item != node.end();) {
      const std::string& key = item.key();
      const bool measured =
          key.starts_with("time_") || key.starts_with("rate_") || key.starts_with("memory_");
      if (measured) {
        item = node.erase(item);
      } else {
        *item = without_measurements(*item);
        ++item;
      }
    }
  } else if (node.is_array()) {
    for (json& item : node) {
      item = without_measurements(item);
    }
  }
  return node;
}

std::map<std::string, std::string> folder_content(const fs::path& folder) {
  std::map<std::string, std::string> content;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    content[entry.path().lexically_relative(folder)] = content_of(entry.path());
  }
  return content;
}

}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.h"

#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"

namespace dyt::cli {
namespace {

namespace fs = std::filesystem;

bool is_page_of_ours(const std::string& text) {
  return text.ends_with("</footer>\n</body>\n</html>\n") &&
         text.find("<footer>Written by dyt ") != std::string::npos;
}

bool is_json_of_ours(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("version") && json.contains("environment") &&
         json.contains("config");
}

bool may_be_replaced(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) {
    return false;
  }
  const std::string text = core::read_file(path);
  return text.empty() || is_page_of_ours(text) || is_json_of_ours(text);
}

}  // namespace

void check_output_file(const std::string& flag, const fs::path& path) {
  std::error_code ignored;
  const bool is_there = !path.empty() && fs::exists(fs::symlink_status(path, ignored));
  if (is_there && !may_be_replaced(path)) {
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "what is there was not written by dyt and is not replaced",
         .where = flag + " " + path.string(),
         .expected = "a name that is free, or a file that this command has written",
         .todo = "choose another name with " + flag + ", or move the file elsewhere"});
  }
}

void write_output_file(const std::string& flag, const fs::path& path, std::string_view bytes) {
  check_output_file(flag, path);
  core::write_file_atomic(path, bytes);
}

}  // namespace dyt::cli

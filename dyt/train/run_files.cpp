// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/run_files.h"

#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"

namespace dyt::train {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

void throw_unusable(const fs::path& path, const std::string& what, const std::string& expected,
                    const std::string& found) {
  throw core::Error(core::ErrorKind::kData, {.what = what,
                                             .where = path.string(),
                                             .expected = expected,
                                             .found = found,
                                             .todo = kStartAfresh});
}

Json read_json(const fs::path& path) {
  const std::string text = core::read_file(path);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw_unusable(path, "not valid JSON, byte " + std::to_string(error.byte), "", "");
  }
}

void read_versioned(const fs::path& path, int version,
                    const std::function<void(const Json&)>& read) {
  const Json json = read_json(path);
  const Json found = json.is_object() ? json.value("version", Json()) : Json();
  if (found != version) {
    throw_unusable(path, "written by another version of the program",
                   "version " + std::to_string(version),
                   "version " + found.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  try {
    read(json);
  } catch (const Json::exception& error) {
    throw_unusable(path, "not what a run writes", "", error.what());
  }
}

}  // namespace dyt::train

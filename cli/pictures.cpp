// SPDX-License-Identifier: Apache-2.0
#include "cli/pictures.h"

#include "dyt/core/files.h"

namespace dyt::cli {

report::PngOf pictures_in(const std::filesystem::path& folder) {
  return [folder](const std::string& file) {
    std::error_code ignored;
    return std::filesystem::exists(folder / file, ignored) ? core::read_file(folder / file) : "";
  };
}

}  // namespace dyt::cli

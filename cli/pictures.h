// SPDX-License-Identifier: Apache-2.0
// The pictures that a report shows, from the files of its folder.
#pragma once

#include <filesystem>

#include "dyt/report/compare_report.h"

namespace dyt::cli {

// Gives nothing where a picture is gone: the report does without it.
report::PngOf pictures_in(const std::filesystem::path& folder);

}  // namespace dyt::cli

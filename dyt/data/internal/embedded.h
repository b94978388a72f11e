// SPDX-License-Identifier: Apache-2.0
// Files of assets/ that are built into the library (embed_file.cmake writes the definitions).
#pragma once

#include <string_view>

namespace dyt::data {

std::string_view digits_csv_gz();  // assets/digits/digits.csv.gz

}  // namespace dyt::data

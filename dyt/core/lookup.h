// SPDX-License-Identifier: Apache-2.0
// Finding a row by name in one of the project's tables; the error names the nearest row.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::core {

template <class Row>
std::vector<std::string> row_names(std::span<const Row> rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) {
    names.emplace_back(row.name);
  }
  return names;
}

// `kind` is the word for the person ("data set", "norm slot"). Throws Error(kUsage).
template <class Row>
const Row& find_row(std::span<const Row> rows, std::string_view name, std::string_view kind) {
  for (const Row& row : rows) {
    if (row.name == name) {
      return row;
    }
  }
  throw Error(ErrorKind::kUsage,
              {.what = "unknown " + std::string(kind) + " '" + std::string(name) + "'",
               .todo = suggestion(name, row_names(rows))});
}

}  // namespace dyt::core

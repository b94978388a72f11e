// SPDX-License-Identifier: Apache-2.0
// One number of a table for a terminal.
#pragma once

#include <cstdio>
#include <string>

namespace dyt::bench {

// `format` as printf has it for one double: "%9.1f".
inline std::string cell(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace dyt::bench

// SPDX-License-Identifier: Apache-2.0
// Plain text for a terminal of 100 columns.
#pragma once

#include <string>
#include <vector>

namespace dyt::report {

// Columns under each other, the first one left, the others right. The labels, in the first column,
// give way where a line would be too long. At least one row.
std::string aligned(std::vector<std::vector<std::string>> rows);

// Words over lines of at most 100 columns; later lines are indented.
std::string wrapped(const std::string& paragraph, const std::string& indent);

// Labels and sentences come from a file: no control characters reach the terminal.
std::string printable(std::string text);

}  // namespace dyt::report

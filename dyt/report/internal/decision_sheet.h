// SPDX-License-Identifier: Apache-2.0
// The decision sheet for a pilot: each slot against the limits that the user set, in words. All of
// it is "" or empty for a comparison without one.
#pragma once

#include <string>
#include <vector>

#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

std::string decision_sheet_section(const CompareData& data);  // HTML
std::string pilot_line(const CompareData& data);              // HTML, one line for the first screen

// "pilot: DyT: no - step time +34.2 % (at most 5 % more than LayerNorm)", one a slot but the
// baseline, for the terminal.
std::vector<std::string> pilot_texts(const CompareData& data);

}  // namespace dyt::report

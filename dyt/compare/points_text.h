// SPDX-License-Identifier: Apache-2.0
// Differences of accuracy and counts as the sentences of a comparison write them.
//
//   signed_points(-0.167);   // "-0.17"
//   points_text(1);          // "1 point"
#pragma once

#include <cstdint>
#include <string>

namespace dyt::compare {

std::string signed_points(double value);    // two digits; no sign where that is zero
std::string points_text(double value);      // "0.5 points"
std::string count_of_seeds(int64_t count);  // "5 seeds"

}  // namespace dyt::compare

// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/points_text.h"

#include "dyt/core/text.h"

namespace dyt::compare {

std::string signed_points(double value) {
  const std::string text = core::fixed_text(value, 2);
  if (text == "-0.00") {
    return "0.00";
  }
  return value > 0 && text != "0.00" ? "+" + text : text;
}

std::string points_text(double value) {
  return core::number_text(value) + (value == 1 ? " point" : " points");
}

std::string count_of_seeds(int64_t count) {
  return std::to_string(count) + (count == 1 ? " seed" : " seeds");
}

}  // namespace dyt::compare

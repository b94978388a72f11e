// SPDX-License-Identifier: Apache-2.0
// The health section: which layers work outside the linear part of their function, and what to try.
#pragma once

#include <string>
#include <vector>

#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

// HTML without its heading; says so where nothing was measured.
std::string health_section(const std::vector<Slot>& slots);

}  // namespace dyt::report

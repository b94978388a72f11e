// SPDX-License-Identifier: Apache-2.0
// The object "kpi" of compare.json (docs/compare-json.md): the limits, and each slot's checks and
// decision.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dyt/compare/compare_json.h"

namespace dyt::compare {

// What depends on times or memory stands in fields with such names.
nlohmann::ordered_json kpi_json(const CompareInput& input, const CompareResults& results);

}  // namespace dyt::compare

// SPDX-License-Identifier: Apache-2.0
// What alpha does: alpha beside 1 / std of the slot's input, over training and over layers (the
// paper's Figure 8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

class JsonNode;

// The object "alpha_and_spread" of a comparison's slot or of an inspection.
AlphaSpread parse_alpha_spread(const JsonNode& node);

// "r = 0.31 (95 %: -0.45 to +0.81) over 9 layers: ..." and what that means, HTML.
std::string correlation_sentence(const AlphaSpread& spread);

// Final alpha against 1 / std, a point a layer; "" without points. `index` keeps names unique.
std::string alpha_scatter_figure(const AlphaSpread& spread, const std::string& caption,
                                 size_t index);

// The section of a comparison's page; "" where no slot has an alpha.
std::string alpha_section(const std::vector<Slot>& slots);

}  // namespace dyt::report

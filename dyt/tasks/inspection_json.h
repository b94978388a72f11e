// SPDX-License-Identifier: Apache-2.0
// The parts of an inspection's JSON, and of a comparison's, that need no LibTorch.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "dyt/analysis/norm_map.h"
#include "dyt/analysis/slot_statistics.h"

namespace dyt::tasks {

nlohmann::ordered_json slot_json(const analysis::SlotStatistics& slot, int64_t number,
                                 int64_t parameters);

struct LayerAlpha {
  std::string name;
  double alpha = 0;
  double inverse_std = 0;  // 1 / std of the slot's input
};

// layers: name, alpha, inverse_std of each; n, r, low, high: the correlation of the two and its 95
// % interval, null where there is none.
nlohmann::ordered_json alpha_and_spread_json(const std::vector<LayerAlpha>& layers);

// Points have four significant digits: they are for pictures.
nlohmann::ordered_json maps_json(const std::vector<analysis::NormMap>& maps);

}  // namespace dyt::tasks

// SPDX-License-Identifier: Apache-2.0
// What a walk over a folder did not take, in the JSON of `dyt data describe` and `dyt fid`.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dyt/data/passed_over.h"

namespace dyt::cli {

// [{"kind": ".webp", "count": 50, "first": "disc/w0.webp"}, ...], by kind.
nlohmann::ordered_json passed_over_json(const data::PassedOver& passed);

}  // namespace dyt::cli

// SPDX-License-Identifier: Apache-2.0
// Made-up numbers for the pictures of what norms and alpha do.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace dyt::report {

// The object "norms": three norms, the first and the last with points. `gain`: what the tanh of the
// last explains beyond the line.
nlohmann::ordered_json sample_norms(double gain);

// The object "alpha_and_spread" of four layers with this correlation and its interval.
nlohmann::ordered_json sample_alpha_and_spread(double r, double low, double high);

// What `dyt inspect --json` prints of a run with two slots, one of them a LayerNorm.
nlohmann::ordered_json sample_inspection();

}  // namespace dyt::report

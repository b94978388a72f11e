// SPDX-License-Identifier: Apache-2.0
// dyt bench ops: the point-wise operator and the norms beside their best peers and a plain copy, in
// one interleaved run for each case.
#pragma once

#include <functional>
#include <string>

#include "dyt/bench/ops_config.h"

namespace dyt::bench {

// JSON text: {"version", "environment", "config", "cases": [{"shape", "dtype", "pass", "outputs",
// "cache", "device", "threads", "bytes", "contenders": [{"name", "time_median_us", "time_low_us",
// "time_high_us" (10 and 90 %), "rate_gb_per_s", "share_of_copy", "ratio_to_copy",
// "ratio_to_dyt"}]}]}. Bytes are those that the pass has to move: read x, write y; with the
// addition two more arrays, in training three more. Ratios are medians over rounds of times in the
// same round; share_of_copy is the speed in bytes a second as a share of the copy's: 1 at the limit
// that memory sets. The number of LibTorch's threads is put back. `say` is told each case that
// begins; `stop` is asked between turns; both may be empty. "device" is cpu or cuda. With `python`
// the contenders of OpsPeers have turns in the same rounds, and "environment" holds their versions
// as "peers". Throws as ops::device_of and OpsPeers do.
std::string bench_ops(const OpsBenchConfig& config,
                      const std::function<void(const std::string&)>& say,
                      const std::function<bool()>& stop);

// The cases as tables for a terminal.
std::string ops_table_text(const std::string& json);

}  // namespace dyt::bench

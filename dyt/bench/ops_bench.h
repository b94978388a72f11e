// dyt bench ops: the point-wise operator and the norms beside their best peers and a plain copy, in
// one interleaved run for each case.
#pragma once

#include <functional>
#include <string>

#include "dyt/bench/ops_config.h"

namespace dyt::bench {

// JSON text: {"version", "environment", "config", "cases": [{"shape", "dtype", "pass", "outputs",
// "cache", "threads", "bytes", "contenders": [{"name", "time_median_us", "time_low_us",
// "time_high_us" (10 and 90 %), "rate_gb_per_s", "ratio_to_copy", "ratio_to_dyt"}]}]}. Bytes are
// those that the pass has to move: read x, write y; in training twice that and the gradient's
// three. Ratios are medians over rounds of times in the same round. The number of LibTorch's
// threads is put back. `say` is told each case that begins; `stop` is asked between turns; both may
// be empty.
std::string bench_ops(const OpsBenchConfig& config,
                      const std::function<void(const std::string&)>& say,
                      const std::function<bool()>& stop);

// The cases as tables for a terminal.
std::string ops_table_text(const std::string& json);

}  // namespace dyt::bench

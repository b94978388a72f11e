// dyt bench step: a step of each model with one norm slot after another in the same place, all of
// them in one interleaved run, and where its time goes.
#pragma once

#include <functional>
#include <string>

#include "dyt/bench/step_config.h"

namespace dyt::bench {

// JSON text: {"version", "environment", "config", "cases": [{"model", "pass", "dtype",
// "batch_size", "image_size", "device", "threads", "slots": [{"slot", "time_median_ms",
// "time_low_ms", "time_high_ms" (10 and 90 %), "ratio_to_baseline" (median over rounds of this
// step's time over the baseline's in the same round), "parts_ms": {part: median}}]}]}. Images and
// labels are drawn; all slots have the same ones and the same other weights. "device" is cpu or
// cuda; on a GPU the parts are the times of queueing, not of the work itself. Throws as
// ops::device_of does. `say` is told each case that begins; `stop` is asked between steps; both may
// be empty.
std::string bench_step(const StepBenchConfig& config,
                       const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& stop);

// The cases as tables for a terminal.
std::string step_table_text(const std::string& json);

}  // namespace dyt::bench

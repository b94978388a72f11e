// SPDX-License-Identifier: Apache-2.0
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
// cuda; on a GPU the parts are the times of queueing, not of the work itself.
//
// With `python` the contenders of StepPeer stand behind the slots of ViT models, without parts;
// every slot has "ratio_to_pytorch", and "environment" the versions as "peers". Cases of other
// models say that in "left_out". With `program`, a `dyt`, each slot on the CPU has "memory_peak_mb"
// and "memory_growth_mb": MiB of a fresh process that makes three such steps, and of these what it
// has taken for network and steps, without libraries and what was there before (step_memory.h).
//
// Throws as ops::device_of, StepPeer and memory_in_child do. `say` is told each case that begins;
// `stop` is asked between steps; both may be empty.
std::string bench_step(const StepBenchConfig& config,
                       const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& stop, const std::string& program = "");

// The cases as tables for a terminal.
std::string step_table_text(const std::string& json);

}  // namespace dyt::bench

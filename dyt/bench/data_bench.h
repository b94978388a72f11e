// SPDX-License-Identifier: Apache-2.0
// dyt bench data: images per second of our input pipeline beside torchvision's loader with as many
// workers, in one interleaved run for each transform.
#pragma once

#include <functional>
#include <string>

#include "dyt/bench/data_config.h"

namespace dyt::bench {

// JSON text: {"version", "environment", "config", "images_in_folder", "cases": [{"transform",
// "image_size", "batch_size", "workers", "images" (of a turn), "rows": [{"name",
// "rate_images_per_s", "rate_low", "rate_high" (10 and 90 % of the rounds), "time_decode_ms",
// "time_transform_ms" (an image, one thread)}]}]}. With `python` torchvision's row comes last, ours
// has "ratio_to_torchvision", "ratio_low" and "ratio_high" (its rate over torchvision's in the same
// round; median, 10 and 90 %), and "environment" the versions as "peers"; what torchvision has no
// row for says "left_out".
//
// A turn goes over the same images in the same order on both sides, from the request to the last
// batch. torchvision's worker processes have started before; our threads start in the turn. Nothing
// else is done with the batches. Error(kUsage) without a folder; throws as ImageIndex::open and
// DataPeer do. `say` is told each case that begins; `stop` is asked between turns; both may be
// empty.
std::string bench_data(const DataBenchConfig& config,
                       const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& stop);

// The cases as tables for a terminal.
std::string data_table_text(const std::string& json);

}  // namespace dyt::bench

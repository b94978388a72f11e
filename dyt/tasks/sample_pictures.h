// SPDX-License-Identifier: Apache-2.0
// Pictures drawn from a run of diffusion, as PNG files: what `dyt sample` does.
//
//   FOLDER/samples.json              what the pictures were drawn from
//   FOLDER/<class>/000017.png        picture 17; the classes are asked for in turn
//
// A picture's bits depend on the weights, the sampler's settings, the seed and its number alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/core/stop.h"

namespace dyt::tasks {

struct SampleProgress {
  int64_t done = 0, count = 0;  // pictures that are there
  double rate_pictures_per_second = 0;
  double time_left_seconds = 0;
};

struct SampleInput {
  std::filesystem::path run;
  std::string which = "last";          // the checkpoint, as of open_run()
  std::vector<std::string> overrides;  // of diffusion.{sampler, sampling_steps, guidance}, seed
  int64_t count = 0;
  std::filesystem::path out;
  const core::StopFlag& stop;
  std::function<void(const SampleProgress&)> on_progress;  // may be empty
};

struct SampleOutcome {
  std::vector<std::string> data_differences;  // as of OpenRun
  std::string settings_json;                  // samples.json
  int64_t count = 0;
  int64_t kept = 0;  // of them those that were there before
};

// Draws the pictures that the folder lacks, by the weights that the run is evaluated by (the moving
// average where that is so). A folder of the same weights, settings and seed is gone on with, for
// the same count or a larger one; any other that is not empty is an Error(kUsage). Error(kUsage)
// for a run of another family. A request to stop throws Error(kInterrupted) with all that is drawn
// in place.
SampleOutcome sample_pictures(const SampleInput& input);

}  // namespace dyt::tasks

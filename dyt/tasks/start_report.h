// SPDX-License-Identifier: Apache-2.0
// What a run took from the weights that it started from, for the person and for env.json.
#pragma once

#include <string>
#include <vector>

#include "dyt/models/transfer.h"

namespace dyt::tasks {

struct StartReport {
  std::string file;                  // the weights; empty: the run starts at random ones
  std::string run;                   // the folder of the run that they are of; empty: not known
  std::string resampled_by;          // whose rule position tables of another grid are resampled by
  models::Transfer transfer;         // names
  std::vector<std::string> unasked;  // names in the file that are no part of the encoder's network

  bool empty() const { return file.empty(); }
};

// One paragraph: how many tensors were loaded, and which were resampled, left out, begun anew.
// Names are given by their first part with a count ("decoder_blocks.* (24)").
std::string start_text(const StartReport& report);

// The same as a JSON object: {"file", "run", "loaded", "resampled", "resampled_by",
// "left_out", "begun_anew"};
// "null" for a run that starts at random weights.
std::string start_json_text(const StartReport& report);

}  // namespace dyt::tasks

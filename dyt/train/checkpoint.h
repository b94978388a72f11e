// SPDX-License-Identifier: Apache-2.0
// A checkpoint in a run's folder: checkpoints/step-N with its tensors and state.json, which holds a
// checksum of each file beside it and, in its last line, of itself. Every byte is checked when it
// is read.
//
//   const std::filesystem::path checkpoint = find_checkpoint("runs/a", "last");
//   checked_part(checkpoint, "model.safetensors");   // its path; Error(kData) where it is damaged
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dyt::train {

inline constexpr const char* kStateFile = "state.json";
inline constexpr const char* kCheckpoints = "checkpoints";

// What a checkpoint says besides tensors.
struct RunState {
  int64_t step = 0;        // steps done
  double loss_sum = 0;     // of the steps of the epoch that has begun
  int64_t log_lines = 0;   // length of metrics.jsonl; set by RunFolder::save()
  int64_t best_epoch = 0;  // 1-based; 0: none yet
  double best_accuracy = 0;
  int64_t best_step = 0;  // of the checkpoint of best_epoch; set by RunFolder::save()

  bool operator==(const RunState&) const = default;
};

struct CheckpointState {
  RunState state;
  std::map<std::string, std::string> sums;  // XXH3 by file name
};

std::string state_text(const CheckpointState& state);

// Error(kData) where the file is damaged, edited, or of another version.
CheckpointState read_state(const std::filesystem::path& checkpoint);

// The path of a file of the checkpoint, whose bytes are those that were written. Error(kData) names
// it, the checksum expected and the one found.
std::filesystem::path checked_part(const std::filesystem::path& checkpoint,
                                   const std::string& file);

// The same of a file that may lie in a checkpoint of ours, or anywhere else, where nothing is
// checked.
std::filesystem::path checked_file(const std::filesystem::path& file);

bool is_checkpoint(const std::filesystem::path& folder);  // has a state.json

std::string checkpoint_name(int64_t step);  // step-N

// "last", "best" or "checkpoints/step-N" of a run's folder, there or not. Where `last` and `best`
// are no links (copies made without links have none) the newest checkpoint is `last`, and says
// which one is `best`.
std::filesystem::path find_checkpoint(const std::filesystem::path& run_folder,
                                      const std::string& which);

// Whether a folder holds what a checkpoint of ours holds, whole, and nothing else.
bool is_copy_of_checkpoint(const std::filesystem::path& folder);

// Puts a checkpoint that is whole into its place, as one; into a folder that is there (a person's
// files are all that is left in it) file by file, state.json last, which makes it a checkpoint.
void place_checkpoint(const std::filesystem::path& made, const std::filesystem::path& checkpoint);

// Removes our files from a checkpoint's folder, and the folder unless others are in it.
void remove_checkpoint(const std::filesystem::path& folder);

// Whether a name in checkpoints/ is one that we give.
bool is_checkpoint_name(const std::string& name);

// The names in checkpoints/ that are of our form, whole or not.
std::vector<std::string> checkpoint_names(const std::filesystem::path& run_folder);

}  // namespace dyt::train

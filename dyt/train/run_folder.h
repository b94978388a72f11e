// SPDX-License-Identifier: Apache-2.0
// The folder of one run (docs/runs.md): what is in it, when it is whole, how a run goes on from it.
// Everything but metrics.jsonl appears in one step or not at all. What is removed or replaced is
// what this run has written (core/owned_folder.h).
//
//   RunFolder folder("runs/a", {.identity = "4f...", .config_toml = "seed = 0\n"}, false);
//   if (folder.state() != FolderState::kFinished) { folder.resume({{"model", tensors}}); }
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dyt/core/files.h"
#include "dyt/core/owned_folder.h"
#include "dyt/io/tensor_file.h"
#include "dyt/train/checkpoint.h"

namespace dyt::train {

enum class FolderState { kEmpty, kStarted, kFinished };

struct RunDescription {
  std::string identity;     // SHA-256
  std::string config_toml;  // resolved
  std::string command;      // as the user gave it
  int64_t seed = 0;
  at::Device device = at::kCPU;
  std::string start_json = "null";  // for env.json: what was taken from weights to start from
  std::string repeat;               // the command that does the run again from any folder
  std::string data_json;            // what it was made from; empty: nothing is written of it
  // Lines on how the run in a folder differs from this one, for the person; may be empty.
  std::function<std::vector<std::string>(const std::filesystem::path&)> differences;
};

// A file of tensors in a checkpoint: <name>.safetensors.
struct CheckpointPart {
  std::string name;  // model, optimizer, ema
  io::NamedTensors tensors;
};

class RunFolder {
 public:
  // Takes the folder for as long as this lives, looks at it, prepares it, and removes what a killed
  // run left half-made. Error(kUsage) while another process works in it, for a folder or a file in
  // it that is not ours, and for a folder of another identity, unless `fresh`, which clears what a
  // run has written there. Error(kData) for a result that cannot be read, and for a begun run whose
  // env.json is gone.
  RunFolder(std::filesystem::path path, const RunDescription& description, bool fresh);

  FolderState state() const { return state_; }
  const std::filesystem::path& path() const { return folder_.path(); }
  // Error(kData) where the folder has been renamed or replaced: what is written then would make a
  // new one of the old name.
  void check_place() const { folder_.check_place(); }

  // The newest checkpoint's state, its tensors copied into those of `parts`; the log is cut to the
  // length of that moment. nullopt where there is none. Error(kData) names what is damaged.
  std::optional<RunState> resume(const std::vector<CheckpointPart>& parts);

  void append_metrics(const nlohmann::ordered_json& line);
  // The newest line of metrics.jsonl; null where there is none.
  nlohmann::ordered_json last_metrics() const;
  // Syncs the log, writes checkpoints/step-N under a temporary name, renames it, moves the links
  // `last` and, if asked, `best`, and removes what neither points at. An error on the way leaves
  // the older checkpoint and its links as they were.
  void save(RunState state, const std::vector<CheckpointPart>& parts, bool is_best);
  void write_result(const nlohmann::ordered_json& result);
  // pictures/<name>.png, in place of an older one.
  void write_picture(const std::string& name, const std::string& png);

 private:
  void remove_what_a_kill_left();
  void check_names() const;
  void check_not_begun() const;
  void write_description(const RunDescription& description);
  void write_checkpoint(const std::string& name, const RunState& state,
                        const std::vector<CheckpointPart>& parts);

  core::OwnedFolder folder_;
  FolderState state_ = FolderState::kEmpty;
  int64_t best_step_ = 0;
  std::optional<core::AppendLog> log_;
};

// The identity that a folder was made with; nullopt where it holds no run.
std::optional<std::string> folder_identity(const std::filesystem::path& path);

// result.json of a run that has ended; Error(kData) where it is damaged or of another version.
nlohmann::ordered_json read_result(const std::filesystem::path& path);

}  // namespace dyt::train

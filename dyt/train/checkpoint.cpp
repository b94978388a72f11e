// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/checkpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/train/run_files.h"

namespace dyt::train {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kStateVersion = 3;
constexpr size_t kSumDigits = 16;
constexpr std::string_view kSumBegin = ",\n  \"checksum\": \"";
constexpr std::string_view kSumEnd = "\"\n}\n";
constexpr std::string_view kStep = "step-";
// Whatever a run may have put into a checkpoint.
constexpr const char* kCheckpointFiles[] = {kStateFile, "model.safetensors",
                                            "optimizer.safetensors", "ema.safetensors"};

bool is_file_of_checkpoint(const std::string& name) {
  return std::find(std::begin(kCheckpointFiles), std::end(kCheckpointFiles), name) !=
         std::end(kCheckpointFiles);
}

[[noreturn]] void throw_changed(const fs::path& path, const std::string& expected,
                                const std::string& found) {
  throw_unusable(path, "the file is damaged: its bytes are not those that the run wrote",
                 "checksum " + expected, found);
}

// The last line is the checksum of all before it, byte for byte. False where there is no such line.
bool has_own_sum(const fs::path& path, const std::string& text) {
  const size_t tail = kSumBegin.size() + kSumDigits + kSumEnd.size();
  const std::string_view all = text;
  if (all.size() < tail || !all.ends_with(kSumEnd) ||
      all.substr(all.size() - tail, kSumBegin.size()) != kSumBegin) {
    return false;
  }
  const std::string_view body = all.substr(0, all.size() - tail);
  const std::string said(all.substr(body.size() + kSumBegin.size(), kSumDigits));
  const std::string found = core::xxh3_hex(body);
  if (said != found) {
    throw_changed(path, said, "checksum " + found);
  }
  return true;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    paths.push_back(entry.path());
  }
  return paths;
}

// state.json comes last.
std::vector<std::string> files_in_order(const fs::path& checkpoint) {
  std::vector<std::string> names;
  for (const fs::path& path : entries_of(checkpoint)) {
    if (path.filename() != kStateFile) {
      names.push_back(path.filename());
    }
  }
  names.emplace_back(kStateFile);
  return names;
}

bool is_link(const fs::path& path) {
  std::error_code ignored;
  return fs::is_symlink(path, ignored);
}

// The whole checkpoint of the most steps; empty where there is none.
fs::path newest_checkpoint(const fs::path& run_folder) {
  fs::path newest;
  int64_t most = -1;
  for (const std::string& name : checkpoint_names(run_folder)) {
    const fs::path folder = run_folder / kCheckpoints / name;
    const int64_t step = std::stoll(name.substr(kStep.size()));
    if (step > most && is_checkpoint(folder)) {
      newest = folder;
      most = step;
    }
  }
  return newest;
}

}  // namespace

std::string state_text(const CheckpointState& checkpoint) {
  const RunState& state = checkpoint.state;
  const Json json = {{"version", kStateVersion},       {"step", state.step},
                     {"loss_sum", state.loss_sum},     {"log_lines", state.log_lines},
                     {"best_epoch", state.best_epoch}, {"best_accuracy", state.best_accuracy},
                     {"best_step", state.best_step},   {"files", checkpoint.sums}};
  std::string text = json.dump(2);
  text.resize(text.size() - std::string_view("\n}").size());
  const std::string sum = core::xxh3_hex(text);
  return text + std::string(kSumBegin) + sum + std::string(kSumEnd);
}

CheckpointState read_state(const fs::path& checkpoint) {
  const fs::path path = checkpoint / kStateFile;
  const bool is_whole = has_own_sum(path, core::read_file(path));
  CheckpointState result;
  read_versioned(path, kStateVersion, [&](const Json& json) {
    result.state = {.step = json.at("step"),
                    .loss_sum = json.at("loss_sum"),
                    .log_lines = json.at("log_lines"),
                    .best_epoch = json.at("best_epoch"),
                    .best_accuracy = json.at("best_accuracy"),
                    .best_step = json.at("best_step")};
    for (const auto& [name, sum] : json.at("files").items()) {
      result.sums[name] = sum.get<std::string>();
    }
  });
  if (!is_whole) {
    throw_changed(path, "of the content in the last line", "no such line");
  }
  return result;
}

fs::path checked_part(const fs::path& checkpoint, const std::string& file) {
  const CheckpointState state = read_state(checkpoint);
  const fs::path path = checkpoint / file;
  const auto sum = state.sums.find(file);
  if (sum == state.sums.end()) {
    throw_unusable(checkpoint / kStateFile, "the checkpoint has no such file", file, "");
  }
  const std::string found = core::xxh3_hex_of_file(path);
  if (found != sum->second) {
    throw_changed(path, sum->second, "checksum " + found);
  }
  return path;
}

fs::path checked_file(const fs::path& file) {
  const fs::path folder = file.parent_path();
  const bool is_ours = is_file_of_checkpoint(file.filename()) && is_checkpoint(folder) &&
                       has_own_sum(folder / kStateFile, core::read_file(folder / kStateFile));
  return is_ours ? checked_part(folder, file.filename()) : file;
}

bool is_checkpoint(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / kStateFile, ignored);
}

std::string checkpoint_name(int64_t step) { return std::string(kStep) + std::to_string(step); }

bool is_checkpoint_name(const std::string& name) {
  const std::string_view digits =
      std::string_view(name).substr(std::min(name.size(), kStep.size()));
  return name.starts_with(kStep) && !digits.empty() && digits.size() <= 18 &&
         digits.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string> checkpoint_names(const fs::path& run_folder) {
  std::vector<std::string> names;
  for (const fs::path& path : entries_of(run_folder / kCheckpoints)) {
    if (is_checkpoint_name(path.filename())) {
      names.push_back(path.filename());
    }
  }
  return names;
}

fs::path find_checkpoint(const fs::path& run_folder, const std::string& which) {
  const fs::path named = run_folder / which;
  if ((which != "last" && which != "best") || is_link(named)) {
    return named;
  }
  const fs::path newest = which == "best" && is_link(run_folder / "last")
                              ? run_folder / "last"
                              : newest_checkpoint(run_folder);
  if (newest.empty() || !is_checkpoint(newest)) {
    return named;
  }
  if (which == "last") {
    return newest;
  }
  const int64_t best = read_state(newest).state.best_step;
  return best == 0 ? named : run_folder / kCheckpoints / checkpoint_name(best);
}

bool is_copy_of_checkpoint(const fs::path& folder) {
  if (!is_checkpoint(folder)) {
    return false;
  }
  try {
    for (const fs::path& path : entries_of(folder)) {
      if (path.filename() != kStateFile) {
        checked_part(folder, path.filename());
      }
    }
    return read_state(folder).sums.size() + 1 == entries_of(folder).size();
  } catch (const core::Error&) {
    return false;
  }
}

void place_checkpoint(const fs::path& made, const fs::path& checkpoint) {
  std::error_code ignored;
  if (!fs::exists(checkpoint, ignored)) {
    core::put_in_place(made, checkpoint);
    return;
  }
  for (const std::string& file : files_in_order(made)) {
    core::put_in_place(made / file, checkpoint / file);
  }
  core::remove_if_bare(made);
}

void remove_checkpoint(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(fs::symlink_status(folder, ignored))) {
    return;  // a person's
  }
  core::remove_leftovers(folder, is_file_of_checkpoint);
  for (const char* name : kCheckpointFiles) {  // state.json first: without it the rest is none
    core::remove_if_bare(folder / name);
  }
  core::remove_if_bare(folder);
}

}  // namespace dyt::train

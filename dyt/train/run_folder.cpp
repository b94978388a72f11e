// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/run_folder.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/core/text.h"
#include "dyt/formats/json_lines.h"
#include "dyt/train/checkpoint_links.h"
#include "dyt/train/environment.h"
#include "dyt/train/run_files.h"
#include "dyt/train/run_place.h"

namespace dyt::train {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kResultVersion = 1;
// All that a run writes into the top of its folder. Folders may hold a person's files, too.
constexpr const char* kRunFiles[] = {"config.toml", "data.json",   "env.json", "metrics.jsonl",
                                     "result.json", "report.html", kErrorLog};

std::string time_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return buffer;
}

std::string file_of(const CheckpointPart& part) { return part.name + ".safetensors"; }

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

void check_identity(const fs::path& path, const std::string& found, const RunDescription& wanted) {
  if (found != wanted.identity) {
    const std::vector<std::string> differences =
        wanted.differences ? wanted.differences(path) : std::vector<std::string>();
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "the folder holds another run: its configuration, data, device or the "
                 "program's results version differ",
         .where = path.string(),
         .expected = differences.empty() ? "identity " + wanted.identity.substr(0, 12) : "",
         .found = differences.empty() ? "identity " + found.substr(0, 12)
                                      : core::join(differences, "\n            "),
         .todo = "choose another folder with out=FOLDER, or start afresh with --fresh"});
  }
}

}  // namespace

std::optional<std::string> folder_identity(const fs::path& path) {
  if (!is_there(path / "env.json")) {
    return std::nullopt;
  }
  const Json env = read_json(path / "env.json");
  const Json identity = env.is_object() ? env.value("identity", Json()) : Json();
  return identity.is_string() ? identity.get<std::string>() : "";
}

Json read_result(const fs::path& path) {
  Json result;
  read_versioned(path / "result.json", kResultVersion, [&](const Json& json) {
    json.at("status").get<std::string>();
    json.at("step").get<int64_t>();
    result = json;
  });
  return result;
}

RunFolder::RunFolder(fs::path path, const RunDescription& description, bool fresh)
    : folder_(std::move(path), run_folder_kind()) {
  check_names();
  if (fresh || folder_.is_cleared_in_part()) {
    clear_run_files(folder_);
  }
  if (const auto identity = folder_identity(folder_.path())) {
    check_identity(folder_.path(), *identity, description);
    const bool has_result = is_there(folder_.path() / "result.json");
    state_ = has_result ? FolderState::kFinished : FolderState::kStarted;
  } else {
    check_not_begun();
  }
  remove_what_a_kill_left();
  if (state_ == FolderState::kFinished) {
    read_result(folder_.path());
    return;
  }
  if (state_ == FolderState::kEmpty) {
    write_description(description);
  }
  if (folder_.has_written(kLinks[0])) {
    put_links_for_copies(folder_);
  }
  log_.emplace(folder_.path() / "metrics.jsonl");
}

// What is to be written must not meet a person's file after an epoch of training. `last` and `best`
// may be a copied folder's.
void RunFolder::check_names() const {
  for (const char* name : kRunFiles) {
    folder_.check_free(name);
  }
  for (const char* name : {kCheckpoints, "pictures"}) {
    std::error_code ignored;
    const fs::path path = folder_.path() / name;
    if (fs::exists(path, ignored) && !fs::is_directory(path, ignored)) {
      folder_.check_free(name);
    }
  }
  for (const char* name : kLinks) {
    const fs::path path = folder_.path() / name;
    folder_.check_free(name);
    if (link_state(path) == LinkState::kForeign) {
      throw core::Error(
          core::ErrorKind::kUsage,
          {.what = "what is to be a link to a checkpoint is something else",
           .where = path.string(),
           .expected = "a link, a whole copy of a checkpoint, or nothing",
           .todo = "rename it or move it elsewhere, then give the same command again"});
    }
  }
}

// Its env.json says which run it is; without it nothing may be taken for this one, nor thrown away.
void RunFolder::check_not_begun() const {
  std::error_code none;
  const bool has_lines = fs::file_size(folder_.path() / "metrics.jsonl", none) > 0 && !none;
  if (has_lines || folder_.has_written(kLinks[0]) || folder_.has_written("result.json")) {
    throw core::Error(
        core::ErrorKind::kData,
        {.what = "a run has begun here, and its env.json, which says which one, is gone",
         .where = (folder_.path() / "env.json").string(),
         .todo = std::string("put it back, or ") + kStartAfresh});
  }
}

void RunFolder::remove_what_a_kill_left() {
  if (!folder_.has_written(kLinks[0])) {
    return;
  }
  core::remove_leftovers(folder_.path() / kCheckpoints, is_checkpoint_name);
  for (const std::string& name : checkpoint_names(folder_.path())) {
    const fs::path checkpoint = folder_.path() / kCheckpoints / name;
    if (!is_checkpoint(checkpoint)) {
      remove_checkpoint(checkpoint);
    }
  }
  if (is_checkpoint(find_checkpoint(folder_.path(), "last"))) {
    remove_superseded(folder_.path());  // without it, none is known to be superseded
  }
}

// env.json, by which a run is known, comes last.
void RunFolder::write_description(const RunDescription& description) {
  folder_.write("config.toml", description.config_toml);
  if (!description.data_json.empty()) {
    folder_.write("data.json", description.data_json);
  }
  Json env = {{"identity", description.identity},
              {"seed", description.seed},
              {"command", description.command},
              {"repeat", description.repeat},
              {"time_started", time_text()}};
  if (description.start_json != "null") {
    env["start"] = Json::parse(description.start_json);
  }
  env.update(environment(description.device));
  folder_.write("env.json", env.dump(2) + "\n");
}

std::optional<RunState> RunFolder::resume(const std::vector<CheckpointPart>& parts) {
  const fs::path last = find_checkpoint(folder_.path(), "last");
  std::error_code ignored;
  if (!folder_.has_written(kLinks[0]) || !fs::exists(fs::symlink_status(last, ignored))) {
    log_->cut_to_lines(0);
    return std::nullopt;
  }
  try {
    const RunState state = read_state(last).state;
    for (const CheckpointPart& part : parts) {
      io::load_tensors(checked_part(last, file_of(part)), part.tensors);
    }
    log_->cut_to_lines(state.log_lines);
    best_step_ = state.best_step;
    return state;
  } catch (const core::Error& error) {
    core::ErrorParts words = error.parts();
    words.what = "cannot go on from the run's last checkpoint: " + words.what;
    words.todo = std::string(kStartAfresh) + ". docs/runs.md says how to go back to `best`";
    throw core::Error(error.kind(), words);
  }
}

void RunFolder::append_metrics(const Json& line) {
  folder_.check_place();
  log_->append_line(line.dump());
}

Json RunFolder::last_metrics() const {
  const std::vector<formats::JsonLine> lines =
      formats::read_json_lines(folder_.path() / "metrics.jsonl");
  return lines.empty() ? Json(nullptr) : Json::parse(lines.back().text);
}

void RunFolder::save(RunState state, const std::vector<CheckpointPart>& parts, bool is_best) {
  folder_.check_place();
  try {
    log_->sync();
    state.log_lines = log_->lines();
    best_step_ = is_best ? state.step : best_step_;
    state.best_step = best_step_;
    const std::string name = checkpoint_name(state.step);
    folder_.claim({kLinks[0], kLinks[1]});
    // A checkpoint of this very step holds these very weights: replacing it would risk it for
    // nothing. One that was saved while the epoch was being evaluated stays one: who goes on from
    // it evaluates again.
    if (!is_checkpoint(folder_.path() / kCheckpoints / name)) {
      write_checkpoint(name, state, parts);
    }
    if (is_best) {
      core::replace_link(folder_.path() / "best", fs::path(kCheckpoints) / name);
    }
    core::replace_link(folder_.path() / "last", fs::path(kCheckpoints) / name);
    remove_superseded(folder_.path());
  } catch (const core::Error& error) {
    folder_.check_place();  // in its words, where that is why
    core::ErrorParts words = error.parts();
    words.todo += "; what was saved before is kept: the same command goes on from there";
    throw core::Error(error.kind(), words);
  }
}

void RunFolder::write_checkpoint(const std::string& name, const RunState& state,
                                 const std::vector<CheckpointPart>& parts) {
  const fs::path checkpoint = folder_.path() / kCheckpoints / name;
  const fs::path temporary = core::temporary_name(checkpoint);
  try {
    core::make_last_folder(checkpoint.parent_path());
    core::make_last_folder(temporary);
    CheckpointState whole{.state = state};
    for (const CheckpointPart& part : parts) {
      const std::string file = file_of(part);
      io::save_tensors(temporary / file, part.tensors);
      whole.sums[file] = core::xxh3_hex_of_file(temporary / file);
    }
    core::write_file_atomic(temporary / kStateFile, state_text(whole));
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    throw;
  }
  folder_.check_place();
  place_checkpoint(temporary, checkpoint);
}

void RunFolder::write_picture(const std::string& name, const std::string& png) {
  folder_.check_place();
  core::make_last_folder(folder_.path() / "pictures");
  folder_.write("pictures/" + name + ".png", png);
}

void RunFolder::write_result(const Json& result) {
  folder_.check_place();
  log_->sync();
  folder_.write("result.json", result.dump(2) + "\n");
  state_ = FolderState::kFinished;
}

}  // namespace dyt::train

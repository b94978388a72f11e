#include "dyt/train/run_folder.h"

#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/formats/json_lines.h"
#include "dyt/train/environment.h"

namespace dyt::train {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// In the order in which they are removed: without env.json the rest is no run.
constexpr const char* kOurNames[] = {"env.json",    "config.toml", "data.json",   "metrics.jsonl",
                                     "result.json", "report.html", "checkpoints", "last",
                                     "best",        "pictures"};

constexpr int kStateVersion = 2;
constexpr int kResultVersion = 1;
constexpr const char* kStartAfresh =
    "start this run afresh: --fresh with `dyt train`; for a run of a comparison remove its folder, "
    "then only this run is trained again";

[[noreturn]] void throw_unusable(const fs::path& path, const std::string& what,
                                 const std::string& expected, const std::string& found) {
  throw core::Error(core::ErrorKind::kData, {.what = what,
                                             .where = path.string(),
                                             .expected = expected,
                                             .found = found,
                                             .todo = kStartAfresh});
}

Json read_json(const fs::path& path) {
  const std::string text = core::read_file(path);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw_unusable(path, "not valid JSON, byte " + std::to_string(error.byte), "", "");
  }
}

// A JSON object with this version, read by `read`.
void read_versioned(const fs::path& path, int version,
                    const std::function<void(const Json&)>& read) {
  const Json json = read_json(path);
  const Json found = json.is_object() ? json.value("version", Json()) : Json();
  if (found != version) {
    throw_unusable(path, "written by another version of the program",
                   "version " + std::to_string(version), "version " + found.dump());
  }
  try {
    read(json);
  } catch (const Json::exception& error) {
    throw_unusable(path, "not what a run writes", "", error.what());
  }
}

std::string time_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return buffer;
}

void clear_folder(const fs::path& path) {
  for (const char* name : kOurNames) {
    core::remove_tree(path / name);
  }
}

Json state_json(const RunState& state) {
  return {{"version", kStateVersion},       {"step", state.step},
          {"loss_sum", state.loss_sum},     {"log_lines", state.log_lines},
          {"best_epoch", state.best_epoch}, {"best_accuracy", state.best_accuracy}};
}

RunState read_state(const fs::path& path) {
  RunState state;
  read_versioned(path, kStateVersion, [&](const Json& json) {
    state = {.step = json.at("step"),
             .loss_sum = json.at("loss_sum"),
             .log_lines = json.at("log_lines"),
             .best_epoch = json.at("best_epoch"),
             .best_accuracy = json.at("best_accuracy")};
  });
  return state;
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
    : path_(std::move(path)), lock_(path_) {
  if (fresh) {
    clear_folder(path_);
  }
  if (const auto identity = folder_identity(path_)) {
    check_identity(path_, *identity, description);
    state_ = is_there(path_ / "result.json") ? FolderState::kFinished : FolderState::kStarted;
  }
  remove_what_a_kill_left();
  if (state_ == FolderState::kFinished) {
    read_result(path_);
    return;
  }
  if (state_ == FolderState::kEmpty) {
    clear_folder(path_);  // leftovers of a run that ended before its first file
    write_description(description);
  }
  log_.emplace(path_ / "metrics.jsonl");
}

void RunFolder::remove_what_a_kill_left() {
  core::remove_leftovers(path_);
  core::remove_leftovers(path_ / "checkpoints");
  core::remove_leftovers(path_ / "pictures");
  if (is_there(path_ / "last/state.json")) {  // without it, no checkpoint is known to be superseded
    remove_old_checkpoints();
  }
}

// env.json, by which a run is known, comes last.
void RunFolder::write_description(const RunDescription& description) {
  core::write_file_atomic(path_ / "config.toml", description.config_toml);
  if (!description.data_json.empty()) {
    core::write_file_atomic(path_ / "data.json", description.data_json);
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
  core::write_file_atomic(path_ / "env.json", env.dump(2) + "\n");
}

std::optional<RunState> RunFolder::resume(const std::vector<CheckpointPart>& parts) {
  const fs::path last = path_ / "last";
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(last, ignored))) {
    core::remove_tree(path_ / "checkpoints");  // no link tells whether one of them may be trusted
    log_->cut_to_lines(0);
    return std::nullopt;
  }
  try {
    const RunState state = read_state(last / "state.json");
    for (const CheckpointPart& part : parts) {
      io::load_tensors(last / file_of(part), part.tensors);
    }
    log_->cut_to_lines(state.log_lines);
    return state;
  } catch (const core::Error& error) {
    core::ErrorParts words = error.parts();
    words.what = "cannot go on from the run's last checkpoint: " + words.what;
    words.todo = std::string(kStartAfresh) + ". docs/runs.md says how to go back to `best`";
    throw core::Error(error.kind(), words);
  }
}

void RunFolder::append_metrics(const Json& line) { log_->append_line(line.dump()); }

Json RunFolder::last_metrics() const {
  const std::vector<formats::JsonLine> lines = formats::read_json_lines(path_ / "metrics.jsonl");
  return lines.empty() ? Json(nullptr) : Json::parse(lines.back().text);
}

void RunFolder::save(RunState state, const std::vector<CheckpointPart>& parts, bool is_best) {
  try {
    log_->sync();
    state.log_lines = log_->lines();
    const std::string name = "step-" + std::to_string(state.step);
    // A checkpoint of this very step holds these very weights: replacing it would risk it for
    // nothing. One that was saved while the epoch was being evaluated stays one: who goes on from
    // it evaluates again.
    if (!is_there(path_ / "checkpoints" / name)) {
      write_checkpoint(name, state, parts);
    }
    if (is_best) {
      core::replace_link(path_ / "best", "checkpoints/" + name);
    }
    core::replace_link(path_ / "last", "checkpoints/" + name);
    remove_old_checkpoints();
  } catch (const core::Error& error) {
    core::ErrorParts words = error.parts();
    words.todo += "; what was saved before is kept: the same command goes on from there";
    throw core::Error(error.kind(), words);
  }
}

void RunFolder::write_checkpoint(const std::string& name, const RunState& state,
                                 const std::vector<CheckpointPart>& parts) {
  const fs::path checkpoint = path_ / "checkpoints" / name;
  const fs::path temporary = core::temporary_name(checkpoint);
  try {
    core::make_folder(temporary);
    for (const CheckpointPart& part : parts) {
      io::save_tensors(temporary / file_of(part), part.tensors);
    }
    core::write_file_atomic(temporary / "state.json", state_json(state).dump(2) + "\n");
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    throw;
  }
  core::put_in_place(temporary, checkpoint);
}

void RunFolder::remove_old_checkpoints() {
  std::error_code ignored;
  const fs::path last = fs::read_symlink(path_ / "last", ignored).filename();
  const fs::path best = fs::read_symlink(path_ / "best", ignored).filename();
  std::vector<fs::path> old;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_ / "checkpoints", ignored)) {
    const fs::path name = entry.path().filename();
    if (name != last && name != best) {
      old.push_back(entry.path());
    }
  }
  for (const fs::path& checkpoint : old) {
    core::remove_tree(checkpoint);
  }
}

void RunFolder::write_picture(const std::string& name, const std::string& png) {
  core::make_folder(path_ / "pictures");
  core::write_file_atomic(path_ / "pictures" / (name + ".png"), png);
}

void RunFolder::write_result(const Json& result) {
  log_->sync();
  core::write_file_atomic(path_ / "result.json", result.dump(2) + "\n");
  state_ = FolderState::kFinished;
}

}  // namespace dyt::train

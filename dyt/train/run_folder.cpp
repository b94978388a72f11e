#include "dyt/train/run_folder.h"

#include <ctime>

#include "dyt/core/error.h"
#include "dyt/formats/json_lines.h"
#include "dyt/train/environment.h"

namespace dyt::train {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kOurNames[] = {"config.toml", "env.json",    "metrics.jsonl", "result.json",
                                     "report.html", "checkpoints", "last",          "best"};

Json read_json(const fs::path& path) {
  try {
    return Json::parse(core::read_file(path));
  } catch (const Json::parse_error& error) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "not valid JSON, byte " + std::to_string(error.byte),
                       .where = path.string(),
                       .todo = "start afresh with --fresh"});
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
    fs::remove_all(path / name);
  }
}

Json state_json(const RunState& state) {
  return {{"version", 1},
          {"step", state.step},
          {"loss_sum", state.loss_sum},
          {"log_bytes", state.log_bytes},
          {"best_epoch", state.best_epoch},
          {"best_accuracy", state.best_accuracy}};
}

RunState state_of(const Json& json) {
  return {.step = json.at("step"),
          .loss_sum = json.at("loss_sum"),
          .log_bytes = json.at("log_bytes"),
          .best_epoch = json.at("best_epoch"),
          .best_accuracy = json.at("best_accuracy")};
}

void check_identity(const fs::path& path, const std::string& found, const std::string& wanted) {
  if (found != wanted) {
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "the folder holds another run: its configuration, data, device or the "
                 "program's results version differ",
         .where = path.string(),
         .expected = "identity " + wanted.substr(0, 12),
         .found = "identity " + found.substr(0, 12),
         .todo = "choose another folder with out=FOLDER, or start afresh with --fresh"});
  }
}

}  // namespace

std::optional<std::string> folder_identity(const fs::path& path) {
  if (!fs::exists(path / "env.json")) {
    return std::nullopt;
  }
  const Json env = read_json(path / "env.json");
  return env.value("identity", std::string());
}

RunFolder::RunFolder(fs::path path, const RunDescription& description, bool fresh)
    : path_(std::move(path)) {
  core::make_folder(path_);
  if (fresh) {
    clear_folder(path_);
  }
  if (const auto identity = folder_identity(path_)) {
    check_identity(path_, *identity, description.identity);
    state_ = fs::exists(path_ / "result.json") ? FolderState::kFinished : FolderState::kStarted;
  }
  if (state_ == FolderState::kFinished) {
    return;
  }
  if (state_ == FolderState::kEmpty) {
    clear_folder(path_);  // leftovers of a run that ended before its first file
    core::write_file_atomic(path_ / "config.toml", description.config_toml);
    Json env = {{"identity", description.identity},
                {"seed", description.seed},
                {"command", description.command},
                {"time_started", time_text()}};
    env.update(environment());
    core::write_file_atomic(path_ / "env.json", env.dump(2) + "\n");
  }
  log_.emplace(path_ / "metrics.jsonl");
}

std::optional<RunState> RunFolder::resume(const io::NamedTensors& model,
                                          const io::NamedTensors& optimizer) {
  const fs::path last = path_ / "last";
  if (!fs::exists(last / "state.json")) {
    log_->truncate(0);
    return std::nullopt;
  }
  const RunState state = state_of(read_json(last / "state.json"));
  io::load_tensors(last / "model.safetensors", model);
  io::load_tensors(last / "optimizer.safetensors", optimizer);
  log_->truncate(static_cast<uint64_t>(state.log_bytes));
  return state;
}

void RunFolder::append_metrics(const Json& line) { log_->append_line(line.dump()); }

Json RunFolder::last_metrics() const {
  const std::vector<formats::JsonLine> lines = formats::read_json_lines(path_ / "metrics.jsonl");
  return lines.empty() ? Json(nullptr) : Json::parse(lines.back().text);
}

void RunFolder::save(RunState state, const io::NamedTensors& model,
                     const io::NamedTensors& optimizer, bool is_best) {
  log_->sync();
  state.log_bytes = static_cast<int64_t>(log_->size());
  const std::string name = "step-" + std::to_string(state.step);
  // A checkpoint of this very step holds these very bits: replacing it would risk it for nothing.
  if (!fs::exists(path_ / "checkpoints" / name)) {
    write_checkpoint(name, state, model, optimizer);
  }
  if (is_best) {
    core::replace_link(path_ / "best", "checkpoints/" + name);
  }
  core::replace_link(path_ / "last", "checkpoints/" + name);
  remove_old_checkpoints();
}

void RunFolder::write_checkpoint(const std::string& name, const RunState& state,
                                 const io::NamedTensors& model, const io::NamedTensors& optimizer) {
  const fs::path folder = path_ / "checkpoints";
  const fs::path temporary = folder / (name + ".tmp");
  fs::remove_all(temporary);
  core::make_folder(temporary);
  io::save_tensors(temporary / "model.safetensors", model);
  io::save_tensors(temporary / "optimizer.safetensors", optimizer);
  core::write_file_atomic(temporary / "state.json", state_json(state).dump(2) + "\n");
  fs::rename(temporary, folder / name);
  core::sync_path(folder);
}

void RunFolder::remove_old_checkpoints() {
  const fs::path last = fs::weakly_canonical(path_ / "last");
  const fs::path best = fs::weakly_canonical(path_ / "best");
  for (const fs::directory_entry& entry : fs::directory_iterator(path_ / "checkpoints")) {
    const fs::path checkpoint = fs::weakly_canonical(entry.path());
    if (checkpoint != last && checkpoint != best) {
      fs::remove_all(checkpoint);
    }
  }
}

void RunFolder::write_result(const Json& result) {
  log_->sync();
  core::write_file_atomic(path_ / "result.json", result.dump(2) + "\n");
  state_ = FolderState::kFinished;
}

}  // namespace dyt::train

// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/process_launcher.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/process.h"
#include "dyt/core/text.h"
#include "dyt/train/run_place.h"

namespace dyt::compare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kErrorLines = 20;
constexpr int kStopLookMs = 200;

std::string last_lines(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return "";
  }
  const std::string content = core::trim(core::read_file(path));
  const std::vector<std::string> lines = core::split(content, '\n');
  const size_t count = std::min(lines.size(), kErrorLines);
  return core::join(std::span(lines).last(count), "\n");
}

core::ProcessSpec process_spec(const std::string& executable, const std::string& command,
                               const RunPlan& plan, const fs::path& error_log) {
  core::ProcessSpec spec;
  spec.arguments = {executable, command};
  spec.arguments.insert(spec.arguments.end(), plan.arguments.begin(), plan.arguments.end());
  spec.own_group = true;
  spec.error_path = error_log.string();
  return spec;
}

// nullopt for a line that is no event of progress: only those matter here.
std::optional<RunProgress> parse_progress(const std::string& line) {
  const Json event = Json::parse(line, nullptr, false);
  if (!event.is_object() || event.value("event", Json()) != "progress") {
    return std::nullopt;
  }
  const auto number = [&](const char* key) {
    const auto found = event.find(key);
    return found != event.end() && found->is_number() ? found->get<double>() : 0.0;
  };
  const auto count = [&](const char* key) { return static_cast<int64_t>(number(key)); };
  RunProgress progress{.step = count("step"),
                       .steps = count("steps"),
                       .epoch = count("epoch"),
                       .epochs = count("epochs"),
                       .loss = number("loss"),
                       .rate_images_per_second = number("rate_images_per_second"),
                       .time_left_seconds = number("time_left_seconds")};
  if (event.contains("accuracy") && event["accuracy"].is_number()) {
    progress.accuracy = event["accuracy"].get<double>();
  }
  return progress;
}

class ProcessRun final : public Run {
 public:
  ProcessRun(const core::ProcessSpec& spec, fs::path error_log)
      : process_(spec), error_log_(std::move(error_log)) {}

  std::optional<RunProgress> poll() override {
    std::optional<RunProgress> newest;
    while (const auto line = process_.read_line(0)) {
      if (const auto progress = parse_progress(*line)) {
        newest = progress;
      }
    }
    return newest;
  }

  std::optional<int> exit_status() override {
    if (!process_.finished_output()) {
      return std::nullopt;
    }
    const int status = process_.wait();
    remove_empty_error_log(error_log_.parent_path());
    return status;
  }

  void send_signal(int signal) override { process_.send_signal(signal); }

  std::string error_text() override { return last_lines(error_log_); }

 private:
  core::Process process_;
  fs::path error_log_;
};

class ProcessStepWorker final : public StepWorker {
 public:
  ProcessStepWorker(const core::ProcessSpec& spec, std::string name, fs::path error_log,
                    const core::StopFlag& stop)
      : process_(spec), name_(std::move(name)), error_log_(std::move(error_log)), stop_(stop) {}

  void wait_ready() override {
    const Json answer = read_answer();
    if (answer.value("event", Json()) != "ready") {
      throw_failure("it answered " + answer.dump());
    }
  }

  StepBlock train(int64_t steps) override {
    process_.write("step " + std::to_string(steps) + "\n");
    const Json answer = read_answer();
    if (!answer.contains("time_seconds") || !answer["time_seconds"].is_number()) {
      throw_failure("it answered " + answer.dump());
    }
    return {answer["time_seconds"].get<double>(), answer.value("memory_peak_bytes", int64_t{0})};
  }

 private:
  Json read_answer() {
    while (!process_.finished_output()) {
      if (stop_.requested()) {
        throw core::Error(core::ErrorKind::kInterrupted,
                          {.what = "stopped while measuring the cost of a step",
                           .todo = "give the same command again: finished runs are kept"});
      }
      if (const auto line = process_.read_line(kStopLookMs)) {
        const Json answer = Json::parse(*line, nullptr, false);
        return answer.is_object() ? answer : Json{{"line", *line}};
      }
    }
    throw_failure("it ended with status " + std::to_string(process_.wait()));
  }

  [[noreturn]] void throw_failure(const std::string& reason) {
    const std::string said = last_lines(error_log_);
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "the process that measures a training step failed: " + reason,
                       .where = name_,
                       .found = said,
                       .todo = "cost.enabled=false leaves the measurement out"});
  }

  core::Process process_;
  std::string name_;
  fs::path error_log_;
  const core::StopFlag& stop_;
};

}  // namespace

core::FolderKind worker_folder_kind() {
  return {.kind = "measurement", .names = {train::kErrorLog}};
}

void remove_empty_error_log(const fs::path& folder) {
  std::error_code ignored;
  if (fs::file_size(folder / train::kErrorLog, ignored) == 0) {
    fs::remove(folder / train::kErrorLog, ignored);
  }
}

Launcher process_launcher(std::string executable) {
  return [executable = std::move(executable)](const RunPlan& plan) -> std::unique_ptr<Run> {
    train::claim_error_log(plan.folder);
    const fs::path error_log = plan.folder / train::kErrorLog;
    core::ProcessSpec spec = process_spec(executable, "train", plan, error_log);
    spec.arguments.emplace_back("--events");
    return std::make_unique<ProcessRun>(spec, error_log);
  };
}

WorkerLauncher process_worker_launcher(std::string executable, const core::StopFlag& stop) {
  return [executable = std::move(executable),
          &stop](const RunPlan& plan) -> std::unique_ptr<StepWorker> {
    core::OwnedFolder(plan.folder, worker_folder_kind()).remove(train::kErrorLog);
    const fs::path error_log = plan.folder / train::kErrorLog;
    core::ProcessSpec spec = process_spec(executable, "step-worker", plan, error_log);
    spec.pipe_input = true;
    return std::make_unique<ProcessStepWorker>(spec, plan.name, error_log, stop);
  };
}

}  // namespace dyt::compare

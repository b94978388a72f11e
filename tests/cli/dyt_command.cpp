// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/dyt_command.h"

#include <chrono>
#include <thread>

#include "dyt/core/files.h"

namespace dyt::testing {
namespace {

core::ProcessSpec spec_of(std::vector<std::string> arguments, std::vector<std::string> wrapper,
                          const TempFolder& folder) {
  wrapper.push_back(DYT_COMMAND);
  arguments.insert(arguments.begin(), wrapper.begin(), wrapper.end());
  return {.arguments = std::move(arguments), .error_path = (folder / "stderr").string()};
}

}  // namespace

StartedDyt::StartedDyt(std::vector<std::string> arguments, const std::vector<std::string>& wrapper)
    : process_(spec_of(std::move(arguments), wrapper, folder_)) {}

std::string StartedDyt::errors() const { return core::read_file(folder_ / "stderr"); }

CommandResult StartedDyt::finish() {
  CommandResult result;
  while (const auto line = process_.read_line()) {
    result.output += *line + "\n";
  }
  result.status = process_.wait();
  result.errors = errors();
  return result;
}

bool wait_until(const std::function<bool()>& is_true) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

CommandResult run_dyt(std::vector<std::string> arguments) {
  return StartedDyt(std::move(arguments)).finish();
}

std::vector<std::string> tiny_run(const std::string& command,
                                  const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {
      command,         "data.train_limit=64", "data.test_limit=40",
      "model.depth=1", "model.dim=16",        "train.epochs=2",
      "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace dyt::testing

// Runs the built `dyt` as a person would and keeps what it said.
#pragma once

#include <string>
#include <vector>

namespace dyt::testing {

struct CommandResult {
  int status = 0;
  std::string output;  // standard output
  std::string errors;  // standard error
};

CommandResult run_dyt(std::vector<std::string> arguments);

// A model and data set small enough that a training run takes about a second.
std::vector<std::string> tiny_run(const std::string& command, const std::vector<std::string>& more);

}  // namespace dyt::testing

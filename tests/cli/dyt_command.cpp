#include "tests/cli/dyt_command.h"

#include "dyt/core/files.h"
#include "dyt/core/process.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {

CommandResult run_dyt(std::vector<std::string> arguments) {
  const TempFolder folder;
  const std::string log = (folder / "stderr").string();
  arguments.insert(arguments.begin(), DYT_COMMAND);
  core::Process process({.arguments = arguments, .error_path = log});
  CommandResult result;
  while (const auto line = process.read_line()) {
    result.output += *line + "\n";
  }
  result.status = process.wait();
  result.errors = core::read_file(log);
  return result;
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

// SPDX-License-Identifier: Apache-2.0
// The table of commands: one row and one file each.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace dyt::cli {

// Returns the exit code.
using Action = std::function<int()>;

struct Command {
  std::string_view name;
  std::string_view summary;
  // Declares the command's options on its parser and returns what to do with them.
  Action (*declare)(CLI::App&);
  bool hidden = false;  // for our own processes
};

Action declare_compare(CLI::App& app);
Action declare_train(CLI::App& app);
Action declare_eval(CLI::App& app);
Action declare_sample(CLI::App& app);
Action declare_fid(CLI::App& app);
Action declare_inspect(CLI::App& app);
Action declare_bench(CLI::App& app);
Action declare_data(CLI::App& app);
Action declare_models(CLI::App& app);
Action declare_step_memory(CLI::App& app);
Action declare_step_worker(CLI::App& app);

// The command line as the user gave it, quoted where a shell needs it; for reports.
const std::string& command_line();

}  // namespace dyt::cli

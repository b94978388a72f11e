// SPDX-License-Identifier: Apache-2.0
// dyt step-worker: our own processes of the cost measurement (dyt/tasks/step_worker.h).
#include "dyt/tasks/step_worker.h"

#include <cstdio>
#include <iostream>

#include "cli/arguments.h"
#include "cli/command.h"
#include "dyt/tasks/presets.h"

namespace dyt::cli {
namespace {

constexpr int64_t kWarmupSteps = 20;

std::optional<std::string> next_line() {
  std::string line;
  if (!std::getline(std::cin, line)) {
    return std::nullopt;
  }
  return line;
}

void emit_line(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace

Action declare_step_worker(CLI::App& app) {
  static tasks::RunConfig defaults;
  auto items = declare_config_arguments(app, core::fields_of(defaults));
  return [items] {
    const auto config = tasks::resolve_config<tasks::RunConfig>(sources_of(*items));
    tasks::serve_steps(config, kWarmupSteps, next_line, emit_line);
    return 0;
  };
}

}  // namespace dyt::cli

// SPDX-License-Identifier: Apache-2.0
// dyt step-memory: our own processes of `dyt bench step`, one a slot (dyt/bench/step_memory.h).
#include "dyt/bench/step_memory.h"

#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "dyt/tasks/presets.h"

namespace dyt::cli {

Action declare_step_memory(CLI::App& app) {
  static bench::StepBenchConfig defaults;
  auto items = declare_config_arguments(app, core::fields_of(defaults));
  return [items] {
    bench::StepBenchConfig config;
    tasks::apply_sources(core::fields_of(config), sources_of(*items));
    std::printf("%s", bench::step_memory_json(config).c_str());
    return 0;
  };
}

}  // namespace dyt::cli

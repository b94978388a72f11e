// SPDX-License-Identifier: Apache-2.0
// dyt inspect: a look into a run's checkpoint.
#include "dyt/tasks/inspect.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.h"
#include "cli/output_file.h"
#include "dyt/core/error.h"
#include "dyt/report/inspect_report.h"
#include "dyt/tasks/open_run.h"

namespace dyt::cli {
namespace {

struct InspectCommand {
  std::string run;
  tasks::InspectOptions options;
  std::string page;
  bool json = false;
};

int run_inspect(const InspectCommand& command) {
  const std::filesystem::path page = command.page.empty()
                                         ? std::filesystem::path(command.run) / "inspect.html"
                                         : std::filesystem::path(command.page);
  if (!command.json && !command.page.empty()) {
    check_output_file("--page", page);  // before the work
  }
  const std::string inspection = tasks::inspect_run(command.run, command.options);
  if (command.json) {
    std::printf("%s", inspection.c_str());
    return 0;
  }
  std::printf("%s", report::inspect_table_text(inspection).c_str());
  std::fflush(stdout);  // what was measured, whatever becomes of the page
  try {
    write_output_file("--page", page, report::inspect_report_html(inspection));
    std::printf("\nPage: %s\n", page.c_str());
  } catch (const core::Error& error) {
    if (!command.page.empty()) {
      throw;  // it was asked for
    }
    std::fprintf(stderr, "dyt: the page is left out: %s (%s); --page FILE puts it elsewhere\n",
                 error.parts().what.c_str(), error.parts().where.c_str());
  }
  return 0;
}

}  // namespace

Action declare_inspect(CLI::App& app) {
  auto command = std::make_shared<InspectCommand>();
  app.add_option("run", command->run, "a folder that `dyt train` or `dyt compare` has written")
      ->required();
  app.add_option(
         "overrides", command->options.overrides,
         std::string("assignments that win over the run's config.toml; ") + tasks::kOtherDataHelp)
      ->type_name("[key=value ...]");
  app.add_option("--checkpoint", command->options.which, "last, best, or checkpoints/step-N")
      ->capture_default_str();
  app.add_option("--page", command->page,
                 "where the page with pictures goes (default: "
                 "RUN/inspect.html)");
  app.add_flag("--json", command->json, "print JSON, write no page");
  return [command] { return run_inspect(*command); };
}

}  // namespace dyt::cli

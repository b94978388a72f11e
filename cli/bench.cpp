// dyt bench ops: the operators beside their best peers.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "dyt/bench/ops_bench.h"
#include "dyt/core/files.h"
#include "dyt/report/bench_report.h"
#include "dyt/tasks/presets.h"

namespace dyt::cli {
namespace {

struct BenchCommand {
  std::shared_ptr<std::vector<std::string>> items;
  std::string out, html;
  bool json = false;
};

// OpenMP reads once, when it is loaded, how idle threads wait; some machines' defaults make short
// kernels many times slower. So that figures can be compared it is fixed before: by this program
// again, with the variable set.
void fix_waiting_policy() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) {
    return;
  }
  setenv("OMP_WAIT_POLICY", "active", 1);
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<char*> words;
  for (size_t at = 0; at < text.size(); at += std::string_view(text.data() + at).size() + 1) {
    words.push_back(text.data() + at);
  }
  words.push_back(nullptr);
  if (words.size() > 1) {
    execv("/proc/self/exe", words.data());
  }
  // Where that cannot be done the measurement goes on with what there is.
}

int run_ops(const BenchCommand& command) {
  fix_waiting_policy();
  bench::OpsBenchConfig config;
  const core::Fields fields = core::fields_of(config);
  tasks::apply_sources(fields, sources_of(*command.items));
  const core::StopFlag& stop = stop_on_signals(Audience::kPerson);
  const std::string result = bench::bench_ops(
      config, [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); },
      [&stop] { return stop.requested(); });
  if (!command.out.empty()) {
    core::write_file_atomic(command.out, result);
  }
  std::printf("%s", command.json ? result.c_str() : bench::ops_table_text(result).c_str());
  std::fflush(stdout);  // a page that fails does not take the measurement with it
  if (!command.html.empty()) {
    core::write_file_atomic(command.html, report::bench_report_html(result));
  }
  return 0;
}

}  // namespace

Action declare_bench(CLI::App& app) {
  auto command = std::make_shared<BenchCommand>();
  CLI::App& ops = *app.add_subcommand("ops", "operators beside their best peers, interleaved");
  app.require_subcommand(1);
  static bench::OpsBenchConfig defaults;
  command->items = declare_config_arguments(ops, core::fields_of(defaults));
  ops.add_option("--out", command->out, "write the JSON into this file too");
  ops.add_option("--html", command->html, "write a page with plots and tables into this file");
  ops.add_flag("--json", command->json, "print JSON");
  return [command] { return run_ops(*command); };
}

}  // namespace dyt::cli

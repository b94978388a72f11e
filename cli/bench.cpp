// SPDX-License-Identifier: Apache-2.0
// dyt bench: operators, steps of whole models and the data pipeline beside their best peers.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/signals.h"
#include "dyt/bench/data_bench.h"
#include "dyt/bench/ops_bench.h"
#include "dyt/bench/step_bench.h"
#include "dyt/core/paths_apart.h"
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
// again, with the variable set. Idle threads look out for work for some tenths of a millisecond,
// longer than between two calls, and then sleep: they leave the cores to a peer's process.
void fix_waiting_policy() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) {
    return;
  }
  setenv("GOMP_SPINCOUNT", "10000", 1);
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

// The configuration from the command line, measured; the JSON and, if wanted, its file.
template <class Config, class Measure>
std::string measured(const BenchCommand& command, Measure measure) {
  fix_waiting_policy();
  Config config;
  tasks::apply_sources(core::fields_of(config), sources_of(*command.items));
  if constexpr (requires { config.folder; }) {
    core::check_apart({"--out", command.out}, {{"folder", config.folder}});
  }
  check_output_file("--out", command.out);  // before minutes of measuring
  check_output_file("--html", command.html);
  const core::StopFlag& stop = stop_on_signals(Audience::kPerson);
  const std::string result = measure(
      config, [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); },
      [&stop] { return stop.requested(); });
  if (!command.out.empty()) {
    write_output_file("--out", command.out, result);
  }
  return result;
}

int run_ops(const BenchCommand& command) {
  const std::string result = measured<bench::OpsBenchConfig>(command, bench::bench_ops);
  std::printf("%s", command.json ? result.c_str() : bench::ops_table_text(result).c_str());
  std::fflush(stdout);  // a page that fails does not take the measurement with it
  if (!command.html.empty()) {
    write_output_file("--html", command.html, report::bench_report_html(result));
  }
  return 0;
}

int run_step(const BenchCommand& command) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string result = measured<bench::StepBenchConfig>(
      command, [&program](const auto& config, const auto& say, const auto& stop) {
        return bench::bench_step(config, say, stop, program);
      });
  std::printf("%s", command.json ? result.c_str() : bench::step_table_text(result).c_str());
  return 0;
}

int run_data(const BenchCommand& command) {
  const std::string result = measured<bench::DataBenchConfig>(command, bench::bench_data);
  std::printf("%s", command.json ? result.c_str() : bench::data_table_text(result).c_str());
  return 0;
}

template <class Config>
CLI::App& declare(CLI::App& app, const char* name, const char* help, BenchCommand& command) {
  static Config defaults;
  CLI::App& verb = *app.add_subcommand(name, help);
  command.items = declare_config_arguments(verb, core::fields_of(defaults));
  verb.add_option("--out", command.out, "write the JSON into this file too");
  verb.add_flag("--json", command.json, "print JSON");
  return verb;
}

}  // namespace

Action declare_bench(CLI::App& app) {
  auto ops = std::make_shared<BenchCommand>(), step = std::make_shared<BenchCommand>(),
       data = std::make_shared<BenchCommand>();
  app.require_subcommand(1);
  declare<bench::OpsBenchConfig>(app, "ops", "operators beside their best peers, interleaved", *ops)
      .add_option("--html", ops->html, "write a page with plots and tables into this file");
  const CLI::App& of_models = declare<bench::StepBenchConfig>(
      app, "step", "a step of each model, slot by slot, and where its time goes", *step);
  const CLI::App& of_images = declare<bench::DataBenchConfig>(
      app, "data", "images per second of the input pipeline beside torchvision's loader", *data);
  return [&of_models, &of_images, ops, step, data] {
    return of_models.parsed()   ? run_step(*step)
           : of_images.parsed() ? run_data(*data)
                                : run_ops(*ops);
  };
}

}  // namespace dyt::cli

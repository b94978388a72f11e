// SPDX-License-Identifier: Apache-2.0
// Runs without training: an in-process launcher that writes run folders as `dyt train` would, with
// results that depend on slot, seed and learning rate alone, and the configuration they need.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dyt/compare/compare.h"

namespace dyt::testing {

inline constexpr int64_t kFakeImages = 40;

// The keys of a run that a comparison needs, without LibTorch.
struct FakeRunConfig {
  std::string data = "digits";
  std::string norm = "layer_norm";
  int64_t dim = 64;
  double lr = 3e-3;
  int64_t epochs = 4;
  int64_t threads = 1;
  int64_t seed = 0;
  std::string out;

  void visit_fields(core::Fields& fields);
};

// SHA-256 over the arguments that decide results.
std::string fake_identity(const compare::RunPlan& plan);

// Writes the folder of a run that has ended.
void write_fake_run(const compare::RunPlan& plan, bool diverged);

// How a run behaves; by default it finishes after two looks.
struct FakeBehaviour {
  int looks = 2;        // polls until its end
  int exit_status = 0;  // 4 writes a diverged result, 0 a finished one, others none
  bool writes_result = true;
  bool waits_for_signal = false;
  std::string error_text;
};

// What happened to all runs of one launcher.
struct FakeLog {
  std::vector<std::string> launched;  // names, in order
  std::vector<std::string> signalled;
  int active = 0;
  int most_active = 0;
};

// `behaviours` are found by the name of the plan; `log` must outlive the launcher.
compare::Launcher fake_launcher(FakeLog& log, std::map<std::string, FakeBehaviour> behaviours = {});

// Step workers that say what block times they are told to: worker i of a comparison takes (i + 1)
// ms a step, but ten times that in its first block.
compare::WorkerLauncher fake_worker_launcher(std::vector<std::string>& calls);

// A comparison of these fakes, in `folder`. `config` must outlive it.
compare::CompareInput fake_input(FakeRunConfig& config, const std::filesystem::path& folder);

// The text with all fields named time_*, rate_* and memory_* taken out.
std::string without_times(const std::string& json_text);

}  // namespace dyt::testing

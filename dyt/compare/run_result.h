// SPDX-License-Identifier: Apache-2.0
// What one run folder holds once its run has ended: metrics.jsonl and result.json as plain structs
// (docs/design.md, "Run folder"). nullopt stands for null.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dyt::compare {

struct EpochMetrics {
  int64_t epoch = 0;
  std::optional<double> train_loss, test_loss, test_accuracy;  // accuracy: fraction
};

struct SlotTrace {
  std::string name;                           // "blocks.0.norm1"
  std::vector<std::optional<double>> values;  // one an epoch
};

struct LayerHealth {
  std::string name, site;
  std::optional<double> alpha, input_std;
  double saturated = 0;  // share of |alpha * x| > 2
};

struct RunPicture {
  std::string file;  // from the run's folder; after read_results() from the comparison's
  std::string caption;
};

// What an evaluation measured beside loss and accuracy.
struct RunMeasure {
  std::string name;   // for machines
  std::string title;  // for people
  std::optional<double> value;
};

struct RunResult {
  bool diverged = false;
  int64_t step = 0;  // done; of a diverged run the first whose loss, or the last whose update,
                     // was not finite
  std::optional<double> train_loss, test_loss, test_accuracy;
  std::optional<int64_t> best_epoch;
  std::optional<double> best_accuracy;
  std::string accuracy_of = "test accuracy";  // what it is, in words
  std::vector<RunPicture> pictures;
  std::vector<RunMeasure> measures;  // at the end
  int64_t parameters = 0;
  std::string correct;  // '0' or '1' a test image; "" if diverged
  std::vector<LayerHealth> health;
  std::vector<EpochMetrics> curve;
  std::vector<SlotTrace> alphas;      // in the order of the first epoch
  std::vector<SlotTrace> input_stds;  // of every slot's input
  std::string
      nonfinite;  // where a diverged run's loss stopped being finite, in words; "" if not known
  double time_seconds = 0;
  int64_t memory_peak_bytes = 0;
};

// Error(kData) that names the file where one is missing, of another version, or not what a run
// writes.
RunResult read_run_result(const std::filesystem::path& folder);

// The identity in the folder's env.json: nullopt without that file, "" where it names none.
std::optional<std::string> run_folder_identity(const std::filesystem::path& folder);

// Over the runs of one slot, in their order; nullopt where a run diverged.
std::vector<std::optional<double>> accuracies(std::span<const RunResult> runs);
int64_t diverged_count(std::span<const RunResult> runs);

bool has_result(const std::filesystem::path& folder);

}  // namespace dyt::compare

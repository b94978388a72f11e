// SPDX-License-Identifier: Apache-2.0
// compare.json, version 1 (docs/compare-json.md), as plain structs. nullopt, NaN and empty texts
// stand for null and absent fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dyt/report/internal/kpi_data.h"
#include "dyt/report/internal/norm_maps.h"

namespace dyt::report {

struct Interval {
  double low = 0;
  double high = 0;
};

struct CurvePoint {
  double epoch = 0;
  double train_loss = 0;     // NaN: not available
  double test_loss = 0;      // NaN: not available
  double test_accuracy = 0;  // fraction; NaN: not available
};

struct AlphaCurve {
  std::string name;            // dotted module path
  std::vector<double> values;  // one an epoch
};

struct LayerAlpha {
  std::string name;
  double alpha = 0;
  double inverse_std = 0;  // 1 / std of the layer's input
};

// At the end of training; the correlation over layers with its 95 % interval.
struct AlphaSpread {
  std::vector<LayerAlpha> layers;
  std::optional<double> r, low, high;
};

struct LayerHealth {
  std::string name;
  std::string site;
  std::optional<double> alpha;
  std::optional<double> saturated;  // fraction of elements with |alpha * x| > 2
  std::string level;                // "ok", "warning", "alarm"; "" where not measured
};

struct Picture {
  std::string file;  // from the comparison's folder
  std::string caption;
};

struct SeedRun {
  int64_t seed = 0;
  bool diverged = false;
  std::optional<int64_t> step;  // last step, or the first with a non-finite loss
  std::optional<double> test_accuracy, test_loss, train_loss;
  std::optional<int64_t> best_epoch;
  std::optional<double> best_accuracy;
  std::vector<CurvePoint> curve;
  std::vector<AlphaCurve> alphas;
  std::vector<AlphaCurve> input_stds;  // of every slot's input
  std::string nonfinite;               // where a diverged run's loss stopped being finite
  std::vector<LayerHealth> health;
  std::vector<Picture> pictures;
  std::optional<double> time_seconds;
  std::optional<int64_t> memory_peak_bytes;
};

// Paired differences slot minus baseline, in points.
struct Versus {
  int64_t n = 0;
  std::optional<double> mean, std;
  std::optional<Interval> interval95, image_interval95;
  std::vector<double> per_seed;
  std::string verdict;  // matches, better, worse, undecided, none
  bool within_margin = false;
  std::string seeds_to_decide;
  std::string sentence;
};

struct SlotMeasure {
  std::string title;
  std::optional<double> mean, std;
};

struct Slot {
  std::string slot;
  std::string label;
  std::string kind, summary;  // row of the norm table, its formula in words
  std::optional<int64_t> parameters;
  std::vector<SeedRun> seeds;
  std::optional<double> accuracy_mean, accuracy_std, best_mean, loss_mean, loss_std;
  std::vector<SlotMeasure> measures;
  int64_t diverged = 0;
  std::optional<Versus> versus;
  AlphaSpread alpha_spread;
};

struct CostSlot {
  std::string slot;
  std::optional<double> step_ms, share_ms;
  std::optional<int64_t> memory_peak_bytes;
};

struct Cost {
  std::optional<int64_t> threads, batch, rounds, steps_per_round;
  std::vector<CostSlot> slots;
};

struct StripCell {
  double lr = 0;
  bool diverged = false;
  std::optional<double> test_accuracy;
  std::optional<int64_t> step;
};

struct StripSlot {
  std::string slot;
  std::vector<StripCell> cells;
};

struct Strip {
  std::optional<int64_t> epochs, seed;
  std::vector<double> lrs;
  std::vector<StripSlot> slots;
};

struct CompareData {
  std::string title, command;
  std::string data_summary, data_source, data_licence, data_checksum, data_name;
  std::optional<int64_t> train_images, test_images;
  std::optional<double> image_weight_points;
  std::string model_summary;
  std::string accuracy_of = "test accuracy";  // what the accuracies are
  std::vector<Slot> slots;                    // at least one; the first is the baseline
  std::optional<double> margin_points;
  std::optional<Cost> cost;
  std::optional<Strip> strip;
  std::optional<Norms> norms;
  std::optional<KpiSheet> kpi;
  std::vector<std::string> warnings;
  std::string config_toml;
  std::vector<std::pair<std::string, std::string>> environment;  // "hardware, cores" -> "2"

  const Slot& baseline() const { return slots.front(); }
  bool counts_test_images() const { return accuracy_of == "test accuracy"; }
};

// Throws core::Error(kData), see json_node.h; another version is an error too.
CompareData parse_compare(const std::string& text);

class JsonNode;
std::vector<LayerHealth> parse_health(const std::vector<JsonNode>& nodes);
std::vector<std::pair<std::string, std::string>> flatten(const JsonNode& node);

// The level of a fraction: warning from 0.3, alarm from 0.5 (kSaturation... in dyt/analysis).
inline constexpr double kWarningFraction = 0.3;
inline constexpr double kAlarmFraction = 0.5;
std::string level_of(double saturated);

const CostSlot* find_cost(const CompareData& data, const std::string& slot);
std::string label_of(const CompareData& data, const std::string& slot);  // the slot where unknown
bool is_none_slot(const std::string& slot);

}  // namespace dyt::report

// SPDX-License-Identifier: Apache-2.0
// What the norms of a trained network do: the paper's figures 2 and 4, from the object "norms" of
// compare.json or of an inspection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dyt::report {

class JsonNode;

struct MapGroup {  // one token or one channel
  int64_t number = 0;
  std::optional<double> std;
  bool extreme = false;
  std::vector<double> x, y;
};

struct NormMap {
  int64_t number = 0;
  std::string name;
  std::string site;
  std::string kind;
  double slope = 0, line_offset = 0, line_r2 = 0;
  double alpha = 0, scale = 0, tanh_offset = 0, tanh_r2 = 0;
  std::optional<double> token_std_min, token_std_median, token_std_max;
  std::vector<MapGroup> tokens, channels;  // empty where the norm is not shown
  MapGroup sample;

  double gain() const { return tanh_r2 - line_r2; }
};

struct Norms {
  std::string slot;
  std::optional<int64_t> seed, images;
  std::vector<NormMap> maps;
};

// nullopt where the node is absent or holds no map.
std::optional<Norms> parse_norms(const JsonNode& node);

// How much of an S-curve the norms draw: by how much a tanh explains more of the output than a
// straight line.
enum class SCurve { kNone, kSlight, kClear };
inline constexpr double kSlightGain = 0.01;
inline constexpr double kClearGain = 0.05;
SCurve s_curve(double gain);

// HTML: heading, what is seen, figures, table.
std::string norms_section(const Norms& norms, const std::string& slot_label);

}  // namespace dyt::report

// SPDX-License-Identifier: Apache-2.0
// What the norms of a trained network do to their inputs: output before the affine step against
// input, element by element (figures 2 and 4 of "Transformers without Normalization", arXiv
// 2503.10622), with the tanh and the straight line that fit it best.
//
//   const std::vector<NormMap> maps = measure_norm_maps(model, [&] { model.forward(images); });
//   maps.back().tanh.r2 - maps.back().line.r2;   // how much of an S-curve it is
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/analysis/curve_fit.h"

namespace torch::nn {
class Module;
}

namespace dyt::analysis {

struct MapPoints {
  int64_t number = 0;    // of the token (sample * tokens + token) or of the channel
  double std = 0;        // of its inputs
  bool extreme = false;  // a channel chosen for its extreme inputs
  std::vector<double> x, y;
};

struct NormMap {
  std::string name;      // dotted module path
  std::string site;      // "attention", ...
  std::string kind;      // "layer_norm" or "rms_norm"
  int64_t number = 0;    // 1 .. number of norms, in the order of the modules
  int64_t elements = 0;  // of the input; the fits take at most kFittedElements of them
  LineFit line;
  TanhFit tanh;
  double token_std_min = 0, token_std_median = 0, token_std_max = 0;
  // Chosen norms only, else empty: points of a few tokens (their standard deviations spread evenly
  // by rank), of a few channels (those with the largest inputs, and ordinary ones), and of elements
  // drawn from all of the input.
  std::vector<MapPoints> tokens, channels;
  MapPoints sample;
};

inline constexpr int64_t kFittedElements = 50000;

// Whether slots of that kind have maps: the norms whose statistics are a token's own.
bool is_mapped(std::string_view kind);

// Runs `forward` once on one batch; a norm that it reaches several times counts its first input.
// Every slot of a mapped kind gives a map, chosen_norms() of them with points.
// Empty where the network has none. What is drawn depends on the norm's name and sizes alone.
std::vector<NormMap> measure_norm_maps(torch::nn::Module& module,
                                       const std::function<void()>& forward);

// Which of `count` norms are shown, from 1: those at 20, 60, 80 and 100 % of the way, as in the
// paper's figure (5, 15, 20 and 25 of ViT-B's 25); fewer where these fall together.
std::vector<int64_t> chosen_norms(int64_t count);

}  // namespace dyt::analysis

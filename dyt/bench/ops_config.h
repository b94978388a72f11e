// SPDX-License-Identifier: Apache-2.0
// What `dyt bench ops` measures: every combination of the lists is a case.
#pragma once

#include "dyt/core/config.h"

namespace dyt::bench {

struct OpsBenchConfig {
  std::vector<std::string> shapes = {"197x768", "4096x768", "2048x4096", "16384x1024"};
  std::vector<std::string> dtypes = {"float32", "bfloat16"};
  std::vector<std::string> passes = {"forward", "training"};
  std::vector<std::string> outputs = {"reused"};
  std::vector<std::string> cache = {"warm"};
  std::vector<int64_t> threads = {0};
  std::string function = "tanh";
  std::string device = "auto";
  std::string python;  // "": no peers that need it
  bool implementations = false;
  int64_t rounds = 15;
  double block_ms = 20;

  void visit_fields(core::Fields& fields);
};

// Rows and channels. Error(kUsage) names the key.
struct BenchShape {
  int64_t rows = 0;
  int64_t channels = 0;
};
BenchShape parse_shape(const std::string& text);

}  // namespace dyt::bench

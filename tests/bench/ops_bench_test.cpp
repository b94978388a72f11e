// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/ops_bench.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "dyt/core/error.h"
#include "dyt/ops/load_cuda.h"
#include "tests/support/expect_error.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

OpsBenchConfig small_ops() {
  OpsBenchConfig config;
  config.shapes = {"3x16", "5x7"};
  config.rounds = 3;
  config.block_ms = 0.1;
  return config;
}

// What every case says, whatever the times are.
TEST(OpsBench, EveryCaseHoldsEveryContender) {
  OpsBenchConfig config = small_ops();
  config.passes = {"forward", "training", "add"};
  config.outputs = {"reused", "fresh"};
  config.cache = {"warm", "cold"};
  config.shapes = {"64x4096"};
  config.implementations = true;
  const Json result = Json::parse(bench_ops(config, {}, {}));
  ASSERT_EQ(result.at("cases").size(), 24U);
  for (const Json& row : result.at("cases")) {
    std::set<std::string> names;
    for (const Json& contender : row.at("contenders")) {
      names.insert(contender.at("name"));
      EXPECT_GT(contender.at("time_median_us"), 0);
      EXPECT_GE(contender.at("time_high_us"), contender.at("time_low_us"));
    }
    for (const char* name : {"copy", "dyt", "layer_norm", "rms_norm", "torch layer_norm",
                             "torch rms_norm", "eager dyt", "kernel reference"}) {
      EXPECT_TRUE(names.contains(name)) << name;
    }
  }
}

TEST(OpsBench, TableNamesTheCaseAndTheContenders) {
  const std::string table = ops_table_text(bench_ops(small_ops(), {}, {}));
  for (const char* part :
       {"float32 3 x 16, forward", "bfloat16 5 x 7, training", "torch rms_norm"}) {
    EXPECT_NE(table.find(part), std::string::npos) << part;
  }
}

TEST(OpsBench, WrongShapesAndFunctionsAreErrors) {
  for (const char* shape :
       {"", "3", "3x", "x3", "0x4", "3x4x5", "-3x4", "1000000000000x1000000000"}) {
    EXPECT_THROW(parse_shape(shape), core::Error) << shape;
  }
  OpsBenchConfig config = small_ops();
  config.function = "tahn";
  EXPECT_THROW(bench_ops(config, {}, {}), core::Error);
}

TEST(OpsBench, WithoutAGpuCudaIsRefusedInWords) {
  OpsBenchConfig config = small_ops();
  config.device = "gpu";
  testing::expect_error(core::ErrorKind::kUsage, "auto, cpu, cuda or cuda:i",
                        [&] { bench_ops(config, {}, {}); });
  if (ops::load_cuda().why_not.empty()) {
    GTEST_SKIP() << "there is a GPU here";
  }
  config.device = "cuda";
  testing::expect_error(core::ErrorKind::kResources,
                        "device=cuda cannot be used: ", [&] { bench_ops(config, {}, {}); });
}

}  // namespace
}  // namespace dyt::bench

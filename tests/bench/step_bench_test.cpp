// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_bench.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/op_clock.h"
#include "dyt/core/error.h"
#include "dyt/ops/load_cuda.h"
#include "tests/support/expect_error.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

StepBenchConfig small_step() {
  return {.models = {"vit"},
          .slots = {"layer_norm:impl=torch", "dyt:alpha0=auto"},
          .passes = {"training", "inference", "folded"},
          .batch_size = 2,
          .image_size = 8,
          .num_classes = 10,
          .rounds = 3};
}

TEST(StepBench, EveryPassAndSlotWithItsParts) {
  std::vector<std::string> said;
  const std::string result =
      bench_step(small_step(), [&](const std::string& text) { said.push_back(text); }, {});
  const Json json = Json::parse(result);
  ASSERT_EQ(json.at("cases").size(), 3U);
  EXPECT_EQ(said.size(), 3U);
  for (const Json& row : json.at("cases")) {
    ASSERT_EQ(row.at("slots").size(), 2U);
    EXPECT_EQ(row.at("slots")[0].at("ratio_to_baseline"), 1);
    for (const Json& slot : row.at("slots")) {
      double parts = 0;
      for (const auto& [name, ms] : slot.at("parts_ms").items()) {
        parts += ms.get<double>();
      }
      EXPECT_GT(slot.at("parts_ms").at("norm slots"), 0);
      EXPECT_EQ(slot.at("parts_ms").at("optimizer") > 0, row.at("pass") == "training");
      EXPECT_LT(parts, 2 * slot.at("time_high_ms").get<double>());
    }
  }
  const std::string table = step_table_text(result);
  for (const char* part : {"vit, folded, float32, batch 2", "  dyt:alpha0=auto", "  norm slots"}) {
    EXPECT_NE(table.find(part), std::string::npos) << part << " in\n" << table;
  }
}

TEST(StepBench, WrongNamesAreErrors) {
  StepBenchConfig config = small_step();
  config.models = {"vot"};
  EXPECT_THROW(bench_step(config, {}, {}), core::Error);
  config = small_step();
  config.slots = {};
  EXPECT_THROW(bench_step(config, {}, {}), core::Error);
  config = small_step();
  config.slots = {"no such slot"};
  EXPECT_THROW(bench_step(config, {}, {}), core::Error);
}

TEST(StepBench, WithoutAGpuCudaIsRefusedInWords) {
  if (ops::load_cuda().why_not.empty()) {
    GTEST_SKIP() << "there is a GPU here";
  }
  StepBenchConfig config = small_step();
  config.device = "cuda";
  testing::expect_error(core::ErrorKind::kResources,
                        "device=cuda cannot be used: ", [&] { bench_step(config, {}, {}); });
}

TEST(StepBench, StopsWhereItIsTold) {
  EXPECT_THROW(bench_step(small_step(), {}, [] { return true; }), core::Error);
}

TEST(OpClock, ByWhatOperatorsDo) {
  OpClock clock;
  const at::Tensor x = at::ones({64, 64});
  at::layer_norm(x, {64});
  const PartTimes norm = clock.taken();
  EXPECT_GT(norm[static_cast<size_t>(Part::kSlots)], 0);
  EXPECT_EQ(norm[static_cast<size_t>(Part::kMatrices)], 0);
  at::mm(x, x);
  const PartTimes matrices = clock.taken();
  EXPECT_EQ(matrices[static_cast<size_t>(Part::kSlots)], 0);
  EXPECT_GT(matrices[static_cast<size_t>(Part::kMatrices)], 0);
}

}  // namespace
}  // namespace dyt::bench

// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/step_worker.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/expect_error.h"

namespace dyt::tasks {
namespace {

// Feeds these lines to a worker of a small model and returns what it says.
std::vector<nlohmann::json> talk(std::vector<std::string> lines) {
  RunConfig config;
  config.model.vit().depth = 1;
  config.model.vit().dim = 16;
  std::vector<nlohmann::json> said;
  size_t next = 0;
  serve_steps(
      config, 1,
      [&]() -> std::optional<std::string> {
        return next < lines.size() ? std::optional(lines[next++]) : std::nullopt;
      },
      [&](const std::string& line) { said.push_back(nlohmann::json::parse(line)); });
  return said;
}

TEST(StepWorker, StepsByCommandUntilToldToQuit) {
  const auto said = talk({"step 2", "step 50", "quit", "step 1"});  // 50: into the second epoch
  ASSERT_EQ(said.size(), 3u);
  EXPECT_EQ(said[0]["event"], "ready");
  EXPECT_GT(said[0]["parameters"], 0);
  EXPECT_GT(said[1]["time_seconds"], 0);
  EXPECT_GT(said[2]["memory_peak_bytes"], 0);
  EXPECT_EQ(talk({}).size(), 1u) << "the end of its input ends it";
}

TEST(StepWorker, UnknownLinesAreErrors) {
  for (const char* line : {"step", "step 0", "step 3x", "walk 1"}) {
    testing::expect_error(core::ErrorKind::kUsage, line, [&] { talk({line}); });
  }
}

}  // namespace
}  // namespace dyt::tasks

// SPDX-License-Identifier: Apache-2.0
// Runs on the digits that take about a second: what the tests of pictures draw from and measure by.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"

namespace dyt::testing {

inline const std::vector<std::string> kTiny = {
    "model.dim=16",       "model.depth=1",       "model.num_heads=2", "data.train_limit=64",
    "data.test_limit=40", "train.batch_size=16", "train.epochs=1",    "device=cpu"};

inline std::filesystem::path trained_run(const std::filesystem::path& folder,
                                         std::vector<std::string> overrides) {
  overrides.insert(overrides.begin(), kTiny.begin(), kTiny.end());
  overrides.push_back("out=" + folder.string());
  const core::StopFlag stop;
  const tasks::RunOutcome outcome = tasks::train_run(
      {.config = tasks::resolve_config<tasks::RunConfig>({.overrides = overrides}), .stop = stop});
  EXPECT_EQ(outcome.status, train::RunStatus::kFinished);
  return folder;
}

inline std::filesystem::path dit_run(const std::filesystem::path& folder,
                                     std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.begin(), {"model=dit", "model.patch_size=4", "diffusion.samples=10",
                                       "diffusion.sampling_steps=2"});
  return trained_run(folder, overrides);
}

}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
// dyt bench: what figures depend on stands beside them.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> small_bench(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"bench",          "ops",       "shapes=3x16",
                                        "dtypes=float32", "rounds=3",  "block_ms=0.1",
                                        "passes=forward", "device=cpu"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Json openmp_of(const std::vector<std::string>& wrapper) {
  const CommandResult result = StartedDyt(small_bench({"--json"}), wrapper).finish();
  EXPECT_EQ(result.status, 0) << result.errors;
  return Json::parse(result.output)["environment"]["openmp"];
}

TEST(BenchCommand, FixesHowThreadsWaitAndSaysSo) {
  const std::vector<std::string> bare = {"env", "-u", "OMP_WAIT_POLICY", "-u", "GOMP_SPINCOUNT"};
  EXPECT_EQ(openmp_of(bare), (Json{{"OMP_WAIT_POLICY", ""}, {"GOMP_SPINCOUNT", "10000"}}));
  std::vector<std::string> passive = bare;
  passive.emplace_back("OMP_WAIT_POLICY=passive");
  EXPECT_EQ(openmp_of(passive), (Json{{"OMP_WAIT_POLICY", "passive"}, {"GOMP_SPINCOUNT", ""}}));
}

TEST(BenchCommand, AWrongPythonIsAnErrorInWords) {
  const CommandResult result = run_dyt(small_bench({"python=no-such-python-here"}));
  EXPECT_EQ(result.status, 5);
  EXPECT_TRUE(mentions(result.errors, "the peers' Python cannot be started"));
}

TEST(BenchCommand, StepsHaveTheirMemory) {
  const CommandResult result =
      run_dyt({"bench", "step", "models=vit", "slots=layer_norm,dyt", "image_size=8",
               "batch_size=2", "rounds=3", "device=cpu", "--json"});
  ASSERT_EQ(result.status, 0) << result.errors;
  const Json json = Json::parse(result.output);
  for (const Json& slot : json["cases"][0]["slots"]) {
    EXPECT_GT(slot["memory_growth_mb"], 0);
    EXPECT_GT(slot["memory_peak_mb"], slot["memory_growth_mb"]);
  }
}

TEST(BenchCommand, DataWantsAFolder) {
  const CommandResult result = run_dyt({"bench", "data"});
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(mentions(result.errors, "folder=FOLDER"));
}

// Ctrl-C while the peers' Python does not answer.
TEST(BenchCommand, AnInterruptEndsThePeers) {
  const TempFolder folder;
  const std::string python = (folder / "python").string();
  core::write_file_atomic(python,
                          "#!/bin/sh\necho $$ > \"$(dirname \"$0\")/pid\"\nexec sleep 600\n");
  std::filesystem::permissions(python, std::filesystem::perms::owner_all);
  StartedDyt dyt(small_bench({"python=" + python}));
  std::string pid;
  ASSERT_TRUE(wait_until([&] {
    pid = std::filesystem::exists(folder / "pid") ? core::read_file(folder / "pid") : "";
    return pid.ends_with('\n');
  }));
  dyt.send_signal(SIGINT);
  EXPECT_EQ(dyt.finish().status, 130);
  EXPECT_FALSE(std::filesystem::exists("/proc/" + pid.substr(0, pid.size() - 1)));
}

}  // namespace
}  // namespace dyt::testing

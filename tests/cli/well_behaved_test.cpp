// SPDX-License-Identifier: Apache-2.0
// What one expects of any tool: pipes for files, closed streams, plain terminals, no gnuplot.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/shell.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;

const std::string kTinyKeys =
    " data.train_limit=64 data.test_limit=40 model.depth=1 model.dim=16 train.epochs=1 ";

// `$D` in the script is the program; both streams.
CommandResult shell(const std::string& script) {
  core::Process process(
      {.arguments = {"bash", "-c", "exec 2>&1; " + script}, .environment = {{"D", DYT_COMMAND}}});
  CommandResult result;
  while (const auto line = process.read_line()) {
    result.output += *line + "\n";
  }
  result.status = process.wait();
  return result;
}

TEST(WellBehaved, ConfigurationComesFromPipes) {
  const TempFolder folder;
  const std::string keys = kTinyKeys + "--quiet out=" + folder.path().string();
  for (const std::string& script : {"$D train <(echo 'seed = 3')" + keys + "/a",
                                    "echo 'seed = 3' | $D train /dev/stdin" + keys + "/b"}) {
    const CommandResult result = shell(script);
    EXPECT_EQ(result.status, 0) << result.output;
  }
  for (const char* run : {"a", "b"}) {
    EXPECT_TRUE(core::read_file(folder / run / "config.toml").starts_with("seed = 3\n")) << run;
  }
  core::write_file_atomic(folder / "empty.toml", "\n");
  const CommandResult empty =
      shell("$D train " + folder.path().string() + "/empty.toml" + keys + "/c");
  EXPECT_EQ(empty.status, 2) << empty.output;
  EXPECT_NE(empty.output.find("the configuration file is empty"), std::string::npos);
}

TEST(WellBehaved, WithoutGnuplotEverythingButPlotsIsThere) {
  const TempFolder folder;
  const std::string out = folder.path().string();
  const CommandResult compared = shell(
      "PATH=/nonexistent $D compare" + kTinyKeys +
      "slots=layer_norm,dyt seeds=1 strip.enabled=false cost.enabled=false out=" + out + "/c");
  EXPECT_EQ(compared.status, 0) << compared.output;
  const size_t warning = compared.output.find("warning: the report will have no plots");
  EXPECT_LT(warning, compared.output.find("[1/2]")) << "before training\n" << compared.output;
  EXPECT_NE(compared.output.find("Report: "), std::string::npos);
  EXPECT_NE(core::read_file(folder / "c/report.html").find("No plot ("), std::string::npos);
  const CommandResult trained =
      shell("PATH=/nonexistent $D train" + kTinyKeys + "out=" + out + "/t");
  EXPECT_EQ(trained.status, 0) << trained.output;
  EXPECT_NE(trained.output.find("test accuracy"), std::string::npos) << trained.output;
  const CommandResult looked = shell("PATH=/nonexistent $D inspect " + out + "/t");
  EXPECT_EQ(looked.status, 0) << looked.output;
}

TEST(WellBehaved, ClosedStreamsAreAsGoodAsNull) {
  const TempFolder folder;
  for (const char* closed : {"<&- >&-", "<&- >&- 2>&-", ">&-", "2>&-"}) {
    const fs::path run = folder / closed;
    const CommandResult result =
        shell("$D train" + kTinyKeys + "out=" + core::shell_quoted(run.string()) + " " + closed);
    EXPECT_EQ(result.status, 0) << closed << result.output;
    EXPECT_NE(core::read_file(run / "report.html").find("<svg"), std::string::npos) << closed;
  }
}

TEST(WellBehaved, ADumbTerminalGetsPlainLines) {
  if (shell("command -v script").status != 0) {
    GTEST_SKIP() << "no `script` to make a terminal with";
  }
  const TempFolder folder;
  for (const std::string terminal : {"dumb", "xterm"}) {
    const CommandResult result =
        shell("cd " + folder.path().string() + " && TERM=" + terminal + " script -qc \"$D train" +
              kTinyKeys + "train.epochs=20 out=" + terminal + "\" /dev/null");
    const bool has_codes = result.output.find("\033[") != std::string::npos;
    EXPECT_EQ(has_codes, terminal == "xterm") << result.output;
  }
}

TEST(WellBehaved, MemoryThatCannotBeHadIsExit5) {
  const TempFolder folder;
  for (const char* size : {"65536"}) {
    const CommandResult result =
        shell("ulimit -v 16000000; $D train" + kTinyKeys +
              "model.num_heads=1 out=" + folder.path().string() + "/x model.dim=" + size);
    EXPECT_EQ(result.status, 5) << result.output;
    EXPECT_NE(result.output.find("model.dim"), std::string::npos) << result.output;
  }
}

TEST(WellBehaved, InspectOnARunThatMayOnlyBeReadPrintsItsTable) {
  const TempFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(shell("$D train" + kTinyKeys + "--quiet out=" + run).status, 0);
  fs::create_directory(fs::path(run) / "inspect.html");  // stands in the way, for root too
  const CommandResult looked = shell("$D inspect " + run);
  EXPECT_EQ(looked.status, 0) << looked.output;
  EXPECT_NE(looked.output.find("blocks.0.norm1"), std::string::npos);
  EXPECT_NE(looked.output.find("--page FILE"), std::string::npos) << looked.output;
}

}  // namespace
}  // namespace dyt::testing

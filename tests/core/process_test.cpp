// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/process.h"

#include <gtest/gtest.h>

#include <csignal>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

TEST(Process, TalksBothWays) {
  Process child({.arguments = {"cat"}, .pipe_input = true});
  child.write("one\ntwo\n");
  EXPECT_EQ(child.read_line(), "one");
  EXPECT_EQ(child.read_line(), "two");
  EXPECT_EQ(child.read_line(10), std::nullopt);
  EXPECT_FALSE(child.finished_output());
  child.write("rest");
  child.close_input();
  EXPECT_EQ(child.read_line(), "rest") << "a last line without its end counts";
  EXPECT_EQ(child.read_line(), std::nullopt);
  EXPECT_TRUE(child.finished_output());
  EXPECT_EQ(child.wait(), 0);
}

TEST(Process, ReportsExitStatusAndSignals) {
  EXPECT_EQ(Process({.arguments = {"sh", "-c", "exit 4"}}).wait(), 4);
  Process sleeper({.arguments = {"sleep", "60"}, .own_group = true});
  sleeper.send_signal(SIGINT);
  EXPECT_EQ(sleeper.wait(), 128 + SIGINT);
}

TEST(Process, AMissingProgramIsAnError) {
  testing::expect_error(ErrorKind::kResources, "cannot start 'no-such-program-here'",
                        [] { Process({.arguments = {"no-such-program-here"}}); });
}

TEST(Process, EnvironmentAndErrorFile) {
  const testing::TempFolder folder;
  const std::string log = (folder / "log").string();
  Process child({.arguments = {"sh", "-c", "echo $DYT_X; echo wrong >&2"},
                 .environment = {{"DYT_X", "7"}},
                 .error_path = log});
  EXPECT_EQ(child.read_line(), "7");
  child.wait();
  EXPECT_EQ(read_file(log), "wrong\n");
}

TEST(Process, WritingToAChildThatHasGone) {
  Process child({.arguments = {"true"}, .pipe_input = true});
  child.wait();
  testing::expect_error(ErrorKind::kInternal, "a child process ended", [&] {
    for (int i = 0; i < 100; ++i) {
      child.write(std::string(10000, 'x'));
    }
  });
}

}  // namespace
}  // namespace dyt::core

// SPDX-License-Identifier: Apache-2.0
// Names and texts that are no plain ASCII, folders without permission, lists of seeds.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/cli/folder_content.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::vector<std::string> kOneSlotEach = {"slots=layer_norm,none", "seeds=1",
                                               "strip.enabled=false", "cost.enabled=false"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::string& last) {
  arguments.push_back(last);
  return arguments;
}

TEST(Paths, BlanksAndUmlautsInARun) {
  const TempFolder folder;
  const fs::path run = folder / "Meine Läufe" / "Größe 1 & 'mehr'";
  core::make_folder(folder / "Meine Läufe");
  core::write_file_atomic(folder / "Meine Läufe/Plan ä.toml",
                          "[train]\nepochs = 1\n\n[data]\ntrain_limit = 64\n");
  const std::vector<std::string> command = {
      "train",         (folder / "Meine Läufe/Plan ä.toml").string(),
      "model.depth=1", "model.dim=16",
      "--quiet",       "out=" + run.string()};
  CommandResult result = run_dyt(command);
  ASSERT_EQ(result.status, 0) << result.errors;
  EXPECT_TRUE(mentions(core::read_file(run / "config.toml"), "Größe 1 & 'mehr'"));
  const json env = json::parse(core::read_file(run / "env.json"));
  EXPECT_TRUE(mentions(env["command"].get<std::string>(), "Größe 1 & '\\''mehr'\\'''"));
  fs::remove(run / "result.json");  // as if it had been stopped there
  EXPECT_EQ(run_dyt(command).status, 0);
  result = run_dyt(command);
  EXPECT_TRUE(mentions(result.output, "the folder held the finished run"));
  result = run_dyt({"eval", run.string(), "--json"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_TRUE(mentions(result.output, "Größe 1"));
}

// The command in env.json, given to a shell, finds the finished run.
TEST(Paths, TheWrittenCommandCanBeRepeated) {
  const TempFolder folder;
  const fs::path run = folder / "a b $HOME `id` \"q\" ü";
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + run.string()})).status, 0);
  const std::string text = json::parse(core::read_file(run / "env.json"))["command"];
  ASSERT_TRUE(text.starts_with("dyt train "));
  StartedDyt shell({text.substr(4)}, {"sh", "-c", "eval \"\\\"$0\\\" $1\""});
  const CommandResult result = shell.finish();
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_TRUE(mentions(result.output, "the folder held the finished run"));
}

TEST(Paths, BlanksAndUmlautsInAComparison) {
  const TempFolder folder;
  const fs::path out = folder / "Vergleich ß 1";
  const std::vector<std::string> command =
      tiny_run("compare", with(kOneSlotEach, "out=" + out.string()));
  CommandResult result = run_dyt(command);
  ASSERT_EQ(result.status, 0) << result.errors;
  const auto content = folder_content(out);
  fs::remove(out / "slots/none/seed-0/result.json");
  result = run_dyt(command);
  ASSERT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(folder_content(out), content);
  EXPECT_TRUE(mentions(result.output, (out / "report.html").string()));
}

TEST(Encoding, ArgumentsThatAreNotUtf8) {
  const TempFolder folder;
  for (const char* command : {"train", "compare"}) {
    for (const char* name : {"out=", "data.dir=", ""}) {
      const CommandResult result = run_dyt({command, name + (folder / "x\xff").string()});
      EXPECT_EQ(result.status, 2);
      EXPECT_TRUE(mentions(result.errors, "an argument is not UTF-8"));
      EXPECT_TRUE(mentions(result.errors, "argument 2, byte"));
    }
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Encoding, AConfigFileThatIsNotUtf8) {
  const TempFolder folder;
  const fs::path file = folder / "a.toml";
  for (const char* content : {"seed = 1\nout = \"a\xff\"\n", "seed = 1\n# \xe4\n"}) {
    core::write_file_atomic(file, content);
    for (const char* command : {"train", "compare"}) {
      const CommandResult result = run_dyt({command, file.string()});
      EXPECT_EQ(result.status, 2);
      EXPECT_TRUE(mentions(result.errors, "utf-8"));
      EXPECT_TRUE(mentions(result.errors, file.string() + ":2"));
    }
  }
}

TEST(Lists, SeedsAndSizesThatMakeNoComparison) {
  const TempFolder folder;
  const std::string out = "out=" + (folder / "out").string();
  const std::pair<const char*, const char*> kCases[] = {
      {"seeds=1,1", "'seeds' names 1 twice"},
      {"seeds=[0, 0]", "'seeds' names 0 twice"},
      {"seeds=1.5", "a count n (0 to n-1) or a list of integers"},
      {"seeds=-1", "a count n (0 to n-1) or a list of integers"},
      {"seeds=0", "a count n (0 to n-1) or a list of integers"},
      {"seeds=1,", "wrong value for 'seeds'"},
      {"seeds=", "'seeds' is empty"},
      {"seeds=[]", "'seeds' is empty"},
      {"slots=", "'slots' is empty"},
      {"slots=dyt,dyt:alpha0=0.5", "'slots' names dyt twice"},
      {"strip.lrs=1e-3,0.001", "'strip.lrs' names 0.001 twice"},
      {"data.train_limit=16", "the batch is larger than the training data"},
      {"train.batch_size=2000", "expected: at most 1437"},
  };
  for (const auto& [assignment, part] : kCases) {
    SCOPED_TRACE(assignment);
    const CommandResult result = run_dyt({"compare", assignment, out});
    EXPECT_EQ(result.status, 2);
    EXPECT_TRUE(mentions(result.errors, part));
    EXPECT_FALSE(fs::exists(folder / "out")) << "nothing may be written";
  }
}

// Root may read and write everything, so these are tried as a user that may not.
class Permissions : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::permissions(folder_.path(), fs::perms(0755));
    if (::geteuid() == 0) {
      as_user_ = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
      try {
        const CommandResult version = StartedDyt({"--version"}, as_user_).finish();
        if (version.status != 0) {
          GTEST_SKIP() << "another user cannot start the program: " << version.errors;
        }
      } catch (const core::Error& error) {
        GTEST_SKIP() << error.what();
      }
    }
  }
  void TearDown() override {
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      fs::permissions(entry.path(), fs::perms(0755));
    }
  }

  void expect_refused(const std::vector<std::string>& arguments, const fs::path& place) {
    const CommandResult result = StartedDyt(arguments, as_user_).finish();
    EXPECT_EQ(result.status, 3);
    EXPECT_TRUE(mentions(result.errors, "Permission denied"));
    EXPECT_TRUE(mentions(result.errors, place.string()));
  }

  TempFolder folder_;
  std::vector<std::string> as_user_;
};

TEST_F(Permissions, OutBelowAFolderWithoutThem) {
  const fs::path closed = folder_ / "closed";
  fs::create_directory(closed);
  for (const int mode : {0555, 0000}) {
    fs::permissions(closed, fs::perms(mode));
    for (const std::string command : {"train", "compare"}) {
      expect_refused(tiny_run(command, {"out=" + (closed / "run").string()}), closed);
    }
  }
}

TEST_F(Permissions, AConfigThatMayNotBeRead) {
  core::write_file_atomic(folder_ / "a.toml", "seed = 1\n");
  fs::permissions(folder_ / "a.toml", fs::perms::none);
  expect_refused({"train", (folder_ / "a.toml").string()}, folder_ / "a.toml");
}

TEST_F(Permissions, ARunThatMayNotBeRead) {
  const fs::path run = folder_ / "run";
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + run.string()})).status, 0);
  fs::permissions(run, fs::perms::none);
  expect_refused({"eval", run.string()}, run);
  expect_refused(tiny_run("train", {"out=" + run.string()}), run);
}

}  // namespace
}  // namespace dyt::testing

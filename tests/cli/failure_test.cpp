// SPDX-License-Identifier: Apache-2.0
// Full disks, closed pipes, two processes in one folder, damaged and finished folders.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "dyt/core/files.h"
#include "dyt/core/folder_lock.h"
#include "tests/cli/dyt_command.h"
#include "tests/cli/folder_content.h"
#include "tests/support/expect_error.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> small_compare(const fs::path& out,
                                       const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments =
      tiny_run("compare", {"slots=layer_norm,none", "seeds=1", "strip.enabled=false",
                           "cost.enabled=false", "out=" + out.string()});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::set<uintmax_t> file_sizes(const fs::path& folder) {
  std::set<uintmax_t> sizes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.file_size() > 0) {
      sizes.insert(entry.file_size());
    }
  }
  return sizes;
}

// Each file in turn is the one that does not fit: the command fails in words, and given again
// without the limit it ends as if nothing had been.
void expect_full_disks_lose_nothing(const std::vector<std::string>& command, const fs::path& out,
                                    uintmax_t smallest) {
  ASSERT_EQ(run_dyt(command).status, 0);
  const auto unbroken = folder_content(out);
  const std::set<uintmax_t> sizes = file_sizes(out);
  fs::remove_all(out);
  for (auto size = sizes.lower_bound(smallest); size != sizes.end(); ++size) {
    SCOPED_TRACE("limit " + std::to_string(*size - 1));
    CommandResult result;
    {
      const FileSizeLimit limit(*size - 1);
      result = run_dyt(command);
    }
    EXPECT_EQ(result.status, 5);
    EXPECT_TRUE(mentions(result.errors, "File too large"));
    EXPECT_TRUE(mentions(result.errors, out.string()));
    result = run_dyt(command);
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(folder_content(out), unbroken);
    fs::remove_all(out);
  }
}

TEST(FullDisk, ATrainingRunLosesNothing) {
  const TempFolder folder;
  const fs::path out = folder / "run";
  expect_full_disks_lose_nothing(tiny_run("train", {"out=" + out.string()}), out, 450);
}

TEST(FullDisk, AComparisonLosesNothing) {
  const TempFolder folder;
  const fs::path out = folder / "out";
  expect_full_disks_lose_nothing(small_compare(out), out, 30000);  // optimizer, report
}

TEST(FullDisk, TheLastGoodCheckpointStays) {
  const TempFolder folder;
  const fs::path out = folder / "run";
  StartedDyt dyt(tiny_run("train", {"out=" + out.string(), "train.epochs=100000"}));
  ASSERT_TRUE(wait_until([&] { return fs::exists(out / "last/state.json"); }));
  dyt.send_signal(SIGINT);
  ASSERT_EQ(dyt.finish().status, 130);
  const auto before = folder_content(out);
  {
    const FileSizeLimit limit(20000);
    const CommandResult result =
        run_dyt(tiny_run("train", {"out=" + out.string(), "train.epochs=100000"}));
    EXPECT_EQ(result.status, 5);
    EXPECT_TRUE(mentions(result.errors, "what was saved before is kept"));
  }
  for (const auto& [name, bytes] : before) {
    if (name != "metrics.jsonl") {  // has the line of an epoch that was not saved
      EXPECT_TRUE(folder_content(out).at(name) == bytes) << name;
    }
  }
}

TEST(FullDisk, StandardOutputToo) {
  StartedDyt dyt({"models", "--json"}, {"sh", "-c", "\"$0\" \"$@\" > /dev/full"});
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 5);
  EXPECT_TRUE(mentions(result.errors, "could not be written to standard output"));
}

TEST(ClosedPipe, LeavesAWholeFolder) {
  const TempFolder folder;
  const fs::path out = folder / "out";
  const std::vector<std::string> command = small_compare(out, {"--json"});
  ASSERT_EQ(run_dyt(command).status, 0);
  const auto whole = folder_content(out);
  fs::remove_all(out);
  // sh -c SCRIPT dyt arguments...
  StartedDyt piped(command, {"sh", "-c", "\"$0\" \"$@\" | head -n 1"});
  EXPECT_EQ(piped.finish().output, "{\n");
  EXPECT_EQ(folder_content(out), whole);
}

TEST(TwoAtOnce, OneComparisonEndsTheOtherIsRefused) {
  const TempFolder folder;
  const fs::path out = folder / "out";
  StartedDyt first(small_compare(out, {"train.epochs=6"}));
  ASSERT_TRUE(wait_until([&] { return fs::exists(out / "slots"); }));
  first.send_signal(SIGSTOP);  // or it might end while the other one waits
  const CommandResult second = run_dyt(small_compare(out, {"train.epochs=6"}));
  EXPECT_EQ(second.status, 2);
  EXPECT_TRUE(mentions(second.errors, "another dyt works in this folder"));
  EXPECT_TRUE(mentions(second.errors, out.string()));
  first.send_signal(SIGCONT);
  const CommandResult result = first.finish();
  ASSERT_EQ(result.status, 0) << result.errors;
  const auto content = folder_content(out);
  fs::remove_all(out);
  ASSERT_EQ(run_dyt(small_compare(out, {"train.epochs=6"})).status, 0);
  EXPECT_EQ(folder_content(out), content);
}

TEST(TwoAtOnce, ARunIsRefused) {
  const TempFolder folder;
  const core::FolderLock lock(folder / "run");
  const CommandResult result = run_dyt(tiny_run("train", {"out=" + (folder / "run").string()}));
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(mentions(result.errors, "another dyt works in this folder"));
  EXPECT_FALSE(fs::exists(folder / "run/env.json"));
}

class Finished : public ::testing::Test {
 protected:
  CommandResult train(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"data.images=" + images_.string(),
                                          "data.labels=" + labels_.string(), "train.batch_size=4",
                                          "out=" + out_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dyt(tiny_run("train", arguments));
  }

  void SetUp() override {
    std::string pixels, classes;
    for (int image = 0; image < 40; ++image) {
      pixels += std::string(64, static_cast<char>(20 + 100 * (image % 2)));
      classes += static_cast<char>(image % 2);
    }
    core::write_file_atomic(images_,
                            std::string("\0\0\x08\x03\0\0\0\x28\0\0\0\x08\0\0\0\x08", 16) + pixels);
    core::write_file_atomic(labels_, std::string("\0\0\x08\x01\0\0\0\x28", 8) + classes);
    const CommandResult result = train();
    ASSERT_EQ(result.status, 0) << result.errors;
  }

  TempFolder folder_;
  fs::path images_ = folder_ / "images.idx", labels_ = folder_ / "labels.idx";
  fs::path out_ = folder_ / "run";
};

TEST_F(Finished, ARunIsKnownAgainWhateverDoesNotDecideResults) {
  const std::string before = core::read_file(out_ / "result.json");
  for (const char* change : {"train.threads=2", "train.checkpoint_every=2", "data.dir=/nowhere"}) {
    const CommandResult result = train({change});
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_TRUE(mentions(result.output, "the folder held the finished run")) << change;
  }
  fs::rename(images_, folder_ / "renamed.idx");
  images_ = folder_ / "renamed.idx";
  EXPECT_TRUE(mentions(train().output, "the folder held the finished run"));
  EXPECT_EQ(core::read_file(out_ / "result.json"), before);
}

TEST_F(Finished, WhatDecidesResultsIsAnotherRun) {
  for (const char* change : {"seed=1", "optim.lr=1e-4", "model.norm=none", "train.epochs=3"}) {
    const CommandResult result = train({change});
    EXPECT_EQ(result.status, 2) << change;
    EXPECT_TRUE(mentions(result.errors, "the folder holds another run"));
    EXPECT_TRUE(mentions(result.errors, "--fresh"));
  }
  std::string pixels = core::read_file(images_);
  pixels[100] = '\0';
  core::write_file_atomic(images_, pixels);
  EXPECT_EQ(train().status, 2) << "other data";
  const CommandResult fresh = train({"--fresh"});
  EXPECT_EQ(fresh.status, 0) << fresh.errors;
  EXPECT_EQ(fresh.output.find("held the finished run"), std::string::npos);
}

TEST_F(Finished, AResultThatCannotBeReadIsSaidInWords) {
  for (const char* content : {"{\"version\": 1, \"sta", "{\"version\": 7}"}) {
    core::write_file_atomic(out_ / "result.json", content);
    const CommandResult result = train();
    EXPECT_EQ(result.status, 3);
    EXPECT_TRUE(mentions(result.errors, (out_ / "result.json").string()));
    EXPECT_TRUE(mentions(result.errors, "--fresh"));
  }
  EXPECT_EQ(train({"--fresh"}).status, 0);
}

}  // namespace
}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
// What the program says of folders of images that hold more than the images it takes.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/expect_error.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Two classes of ten images of 8x8 pixels.
struct Shapes {
  Shapes() {
    for (const char* name : {"cross", "disc"}) {
      for (int i = 0; i < 10; ++i) {
        add(std::string(name) + "/" + std::to_string(i) + ".png",
            png_bytes(stripes(8, 8, 1, i + (name[0] == 'd' ? 50 : 0))));
      }
    }
  }
  void add(const std::string& name, const std::string& bytes) const {
    fs::create_directories((root / name).parent_path());
    core::write_file_atomic(root / name, bytes);
  }
  CommandResult describe(const std::vector<std::string>& more = {}) const {
    return run_dyt(with({"data", "describe", "folder", "--folder", root.string()}, more));
  }
  CommandResult train(const std::string& out, const std::vector<std::string>& more = {}) const {
    return run_dyt(with({"train", "data.folder=" + root.string(), "out=" + (folder / out).string(),
                         "model.depth=1", "model.dim=16", "train.epochs=1", "train.batch_size=8"},
                        more));
  }
  static std::vector<std::string> with(std::vector<std::string> arguments,
                                       const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TempFolder folder;
  fs::path root = folder / "shapes";
};

size_t times(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t place = text.find(part); place != std::string::npos;
       place = text.find(part, place + 1)) {
    ++count;
  }
  return count;
}

TEST(PassedOver, IsSaidOnceByDescribeTrainAndCompare) {
  const Shapes shapes;
  for (int i = 0; i < 5; ++i) {
    shapes.add("disc/w" + std::to_string(i) + ".webp", "x");
  }
  shapes.add("disc/more/1.png", png_bytes(stripes(8, 8, 1)));
  const std::string words = "5 .webp (first: disc/w0.webp)";

  const CommandResult described = shapes.describe();
  EXPECT_EQ(described.status, 0) << described.errors;
  EXPECT_EQ(times(described.output, words), 1u) << described.output;
  const json entry = json::parse(shapes.describe({"--json"}).output);
  EXPECT_EQ(entry["passed_over"][0],
            json({{"kind", ".webp"}, {"count", 5}, {"first", "disc/w0.webp"}}));
  EXPECT_EQ(entry["warnings"].size(), 1u);
  EXPECT_EQ(entry["train_images"].get<int>() + entry["test_images"].get<int>(), 20);

  const CommandResult trained = shapes.train("run");
  EXPECT_EQ(trained.status, 0) << trained.errors;
  EXPECT_EQ(times(trained.errors, words), 1u) << trained.errors;

  const CommandResult compared = run_dyt(
      {"compare", "data.folder=" + shapes.root.string(), "out=" + (shapes.folder / "c").string(),
       "model.depth=1", "model.dim=16", "train.epochs=1", "train.batch_size=8",
       "slots=layer_norm,dyt", "seeds=1", "strip.enabled=false", "cost.enabled=false"});
  EXPECT_EQ(compared.status, 0) << compared.errors;
  EXPECT_EQ(times(compared.errors, words), 1u) << compared.errors;
}

TEST(PassedOver, FidCountsALinkInACircleOnceAndSaysWhatItDidNotTake) {
  const Shapes shapes;
  ASSERT_EQ(shapes.train("run", {"--quiet"}).status, 0);
  const fs::path real = shapes.folder / "real";
  fs::copy(shapes.root, real, fs::copy_options::recursive);
  fs::create_directory_symlink(shapes.root, shapes.root / "disc/self");
  shapes.add("disc/1.webp", "x");
  const CommandResult result =
      run_dyt({"fid", real.string(), shapes.root.string(),
               "classifier=" + (shapes.folder / "run").string(), "--json", "--quiet"});
  ASSERT_EQ(result.status, 0) << result.errors;
  const json quality = json::parse(result.output);
  EXPECT_EQ(quality["reference"]["count"], 20);
  EXPECT_TRUE(quality["reference"]["passed_over"].empty());
  EXPECT_EQ(quality["samples"]["count"], 20);
  EXPECT_EQ(quality["samples"]["passed_over"].size(), 2u);
  EXPECT_TRUE(mentions(quality["warnings"].dump(), "1 reached again by a link (disc/self)"));
  EXPECT_TRUE(mentions(quality["warnings"].dump(), "1 .webp"));
}

TEST(PassedOver, WhatIsNoFileIsAnErrorAndNeverWaitedFor) {
  const Shapes shapes;
  ASSERT_EQ(::mkfifo((shapes.root / "disc/x.png").c_str(), 0600), 0);
  for (const CommandResult& result : {shapes.describe(), shapes.train("run")}) {
    EXPECT_EQ(result.status, 3);
    EXPECT_TRUE(mentions(result.errors, "a FIFO"));
    EXPECT_TRUE(mentions(result.errors, "disc/x.png"));
  }
}

TEST(PassedOver, ANameThatIsNotUtf8IsRefusedByBoth) {
  const Shapes shapes;
  fs::rename(shapes.root / "disc", shapes.root / "M\xfcnchen");
  for (const CommandResult& result :
       {shapes.describe(), shapes.describe({"--json"}), shapes.train("run")}) {
    EXPECT_EQ(result.status, 3);
    EXPECT_TRUE(mentions(result.errors, "M\\xFCnchen"));
    EXPECT_TRUE(mentions(result.errors, "rename it"));
  }
}

TEST(PassedOver, ATildeThatTheShellHasLeftIsRefused) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"train", "data.folder=~/pets"},
        {"train", "out=~/run"},
        {"data", "fetch", "mnist", "--dir=~/d"},
        {"data", "describe", "folder", "--folder", "~/pets"},
        {"fid", "run=~/r", "x", "classifier=y"}}) {
    const CommandResult result = run_dyt(arguments);
    EXPECT_EQ(result.status, 2) << result.errors;
    EXPECT_TRUE(mentions(result.errors, "$HOME/"));
  }
  EXPECT_FALSE(fs::exists("~"));
}

TEST(PassedOver, WithoutHomeNothingIsCachedInTheCurrentFolder) {
  const Shapes shapes;
  const std::vector<std::string> train = {
      "train",         "data.folder=../shapes", "data.stream=true",
      "model.depth=1", "data.image_size=8",     "augment.policy=resized_crop",
      "out=run",       "train.epochs=1",        "train.batch_size=8",
      "model.dim=16"};
  fs::create_directory(shapes.folder / "here");
  fs::create_directory(shapes.folder / "data");
  const std::string place = (shapes.folder / "here").string();
  for (const std::string& before :
       {std::string("unset HOME XDG_CACHE_HOME"), "export HOME=" + place + "/../shapes/disc/0.png",
        "unset HOME; export DYT_DATA=" + place + "/../data"}) {
    StartedDyt dyt(Shapes::with(train, {"--fresh"}),
                   {"sh", "-c", "cd " + place + "; " + before + "; exec \"$0\" \"$@\""});
    const CommandResult result = dyt.finish();
    EXPECT_EQ(result.status, 0) << before << ": " << result.errors;
    EXPECT_FALSE(fs::exists(shapes.folder / "here/.cache"));
    EXPECT_TRUE(fs::is_empty(shapes.folder / "data"));
  }
}

TEST(PassedOver, ARelativePathThatIsNotThereSaysWhereItWouldBe) {
  const CommandResult result = run_dyt({"train", "data.folder=no-such-folder"});
  EXPECT_EQ(result.status, 3);
  EXPECT_TRUE(mentions(result.errors, (fs::current_path() / "no-such-folder").string()));
}

}  // namespace
}  // namespace dyt::testing

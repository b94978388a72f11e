// SPDX-License-Identifier: Apache-2.0
// Every command pointed at a folder of a person's, at its own input, and at damaged or copied runs.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;
using Content = std::map<std::string, std::string>;

// Every name below the folder, with bytes, target, permissions and time of change.
Content state_of(const fs::path& folder) {
  Content all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string about =
        entry.is_symlink() ? ""
                           : std::to_string(entry.last_write_time().time_since_epoch().count());
    all[entry.path().lexically_relative(folder)] =
        entry.is_symlink()     ? "-> " + fs::read_symlink(entry.path()).string()
        : entry.is_directory() ? "folder " + about
                               : core::read_file(entry.path()) + about;
  }
  return all;
}

class ForeignFolder : public ::testing::Test {
 protected:
  ForeignFolder() {
    for (const char* name :
         {"pictures/mine.jpg", "last/x", "best/y", "checkpoints/step-1/model.safetensors",
          "notes.txt", ".tmp-1-x", "config.toml", "report.html", "result.json", "metrics.jsonl",
          "compare.json", "slots/layer_norm/seed-0/notes.txt", "samples.json", "3/000003.png"}) {
      core::make_folder((mine_ / name).parent_path());
      core::write_file_atomic(mine_ / name, "mine\n");
    }
  }

  void expect_refused_untouched(const std::vector<std::string>& arguments, int status = 2) const {
    const Content before = state_of(mine_);
    const CommandResult result = run_dyt(arguments);
    EXPECT_EQ(result.status, status) << result.output << result.errors;
    EXPECT_TRUE(mentions(result.errors, mine_.string()));
    EXPECT_EQ(state_of(mine_), before) << arguments[0];
  }
  std::string mine(const std::string& name = "") const {
    return (name.empty() ? mine_ : mine_ / name).string();
  }

  TempFolder folder_;
  fs::path mine_ = folder_ / "mine";
};

TEST_F(ForeignFolder, EveryCommandLeavesItAsItIs) {
  const std::string run = (folder_ / "run").string();
  ASSERT_EQ(run_dyt(tiny_run("train",
                             {"out=" + run, "model=dit", "model.num_heads=2", "model.patch_size=4",
                              "diffusion.samples=10", "diffusion.sampling_steps=2"}))
                .status,
            0);
  const std::vector<std::string> compare = {"slots=layer_norm,none", "seeds=1",
                                            "strip.enabled=false", "cost.enabled=false"};
  for (const char* flag : {"--quiet", "--fresh"}) {
    expect_refused_untouched(tiny_run("train", {"out=" + mine(), flag}));
  }
  for (const char* flag : {"--quiet", "--fresh", "--fresh-where-changed"}) {
    std::vector<std::string> more = compare;
    more.insert(more.end(), {"out=" + mine(), flag});
    expect_refused_untouched(tiny_run("compare", more));
  }
  expect_refused_untouched({"sample", run, "--count", "4", "--out", mine()});
  expect_refused_untouched({"inspect", run, "--page", mine("notes.txt")});
  expect_refused_untouched({"inspect", run, "--page", mine("pictures")});
  expect_refused_untouched({"bench", "ops", "--out", mine("notes.txt")});
  expect_refused_untouched({"bench", "ops", "--html", mine("report.html")});
  expect_refused_untouched({"bench", "step", "--out", mine("result.json")});
  for (const char* command : {"eval", "inspect"}) {
    expect_refused_untouched({command, mine()}, 2);
  }
}

TEST_F(ForeignFolder, OutputInInputAndInputInOutputAreRefused) {
  const auto pointed_at = [&](const std::string& out, const std::string& input) {
    for (const std::string& command : {std::string("train"), std::string("compare")}) {
      expect_refused_untouched({command, "out=" + out, input});
    }
  };
  const std::string folder = "data.folder=" + mine();
  pointed_at(mine(), folder);
  pointed_at(mine("runs/a"), folder);
  pointed_at(folder_.path().string(), folder);
  pointed_at(mine(), "data.images=" + mine("notes.txt"));
  pointed_at(mine(), "start.from=" + mine("slots/layer_norm/seed-0"));
  fs::create_directory_symlink(mine_, folder_ / "link");
  expect_refused_untouched({"train", "out=" + (folder_ / "link/a").string(), folder});
  expect_refused_untouched({"bench", "data", folder.substr(5), "--out", mine("bench.json")});
}

class BegunRun : public ::testing::Test {
 protected:
  BegunRun() {
    StartedDyt dyt(command());
    EXPECT_TRUE(wait_until([&] { return fs::exists(out_ / "last/state.json"); }));
    dyt.send_signal(SIGINT);
    EXPECT_EQ(dyt.finish().status, 130);
  }

  std::vector<std::string> command() const {
    return tiny_run("train", {"out=" + out_.string(), "train.epochs=100000"});
  }
  static void flip(const fs::path& file, size_t from_end) {
    std::string bytes = core::read_file(file);
    bytes[bytes.size() - from_end] ^= 0x40;
    std::ofstream(file, std::ios::binary) << bytes;
  }

  TempFolder folder_;
  fs::path out_ = folder_ / "run";
};

TEST_F(BegunRun, AFlippedBitIsFoundByEveryCommandThatReadsIt) {
  const std::string run = out_.string();
  flip(fs::canonical(out_ / "last") / "model.safetensors", 5);
  const std::vector<std::vector<std::string>> kReaders = {
      command(),
      {"eval", run},
      {"inspect", run, "--json"},
      tiny_run("train", {"out=" + (folder_ / "b").string(), "start.from=" + run}),
      tiny_run("train", {"out=" + (folder_ / "b").string(),
                         "start.from=" + run + "/last/model.safetensors"})};
  for (const std::vector<std::string>& reader : kReaders) {
    const CommandResult result = run_dyt(reader);
    EXPECT_EQ(result.status, 3) << result.output;
    EXPECT_TRUE(mentions(result.errors, "its bytes are not those that the run wrote"));
    EXPECT_TRUE(mentions(result.errors, "model.safetensors"));
    EXPECT_TRUE(mentions(result.errors, "expected: checksum "));
  }
}

TEST_F(BegunRun, WithoutItsEnvJsonIsNotBegunAfresh) {
  fs::remove(out_ / "env.json");
  const Content before = state_of(out_);
  const CommandResult result = run_dyt(command());
  EXPECT_EQ(result.status, 3);
  EXPECT_TRUE(mentions(result.errors, "env.json, which says which one, is gone"));
  EXPECT_EQ(state_of(out_), before);
}

TEST_F(BegunRun, ACopyWithoutLinksGoesOn) {
  const fs::path copy = folder_ / "copy";
  fs::copy(out_, copy, fs::copy_options::recursive);  // follows links
  ASSERT_FALSE(fs::is_symlink(copy / "last"));
  for (const char* which : {"last", "best"}) {
    const CommandResult result = run_dyt({"eval", copy.string(), "--checkpoint", which});
    EXPECT_EQ(result.status, 0) << result.errors;
  }
  std::vector<std::string> arguments = command();
  arguments.push_back("out=" + copy.string());
  const auto saved = fs::last_write_time(copy / "metrics.jsonl");
  StartedDyt dyt(arguments);
  EXPECT_TRUE(wait_until([&] { return fs::last_write_time(copy / "metrics.jsonl") > saved; }));
  dyt.send_signal(SIGINT);
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 130) << result.errors;
  EXPECT_TRUE(fs::is_symlink(copy / "last") && fs::is_symlink(copy / "best"));
}

TEST_F(BegunRun, ThatIsRenamedStopsAndGoesOnThere) {
  StartedDyt dyt(command());
  const auto saved = core::read_file(out_ / "metrics.jsonl").size();
  ASSERT_TRUE(wait_until([&] { return fs::file_size(out_ / "metrics.jsonl") != saved; }));
  fs::rename(out_, folder_ / "renamed");
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 3) << result.errors;
  EXPECT_TRUE(mentions(result.errors, "renamed, removed or replaced"));
  EXPECT_FALSE(fs::exists(out_));
  EXPECT_EQ(run_dyt({"eval", (folder_ / "renamed").string()}).status, 0);
}

TEST(Fresh, APersonsFilesInRunsAndComparisonsStay) {
  const TempFolder folder;
  const std::vector<std::string> compare =
      tiny_run("compare", {"out=" + (folder / "c").string(), "slots=layer_norm,none", "seeds=1",
                           "strip.enabled=false", "cost.enabled=false", "--fresh"});
  const std::vector<std::string> train =
      tiny_run("train", {"out=" + (folder / "r").string(), "--fresh"});
  const char* const kMine[] = {
      "c/notes.txt", "c/slots/none/seed-0/notes.txt", "c/slots/none/seed-0/pictures/mine.png",
      "r/notes.txt", "r/checkpoints/mine.txt",        "r/.tmp-1-x"};
  for (int again = 0; again < 2; ++again) {
    for (const auto& command : {compare, train}) {
      const CommandResult result = run_dyt(command);
      ASSERT_EQ(result.status, 0) << result.errors;
    }
    for (const char* name : kMine) {
      EXPECT_TRUE(again == 0 || core::read_file(folder / name) == "mine") << name;
      core::make_folder((folder / name).parent_path());
      core::write_file_atomic(folder / name, "mine");
    }
  }
}

}  // namespace
}  // namespace dyt::testing

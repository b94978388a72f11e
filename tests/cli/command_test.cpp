// SPDX-License-Identifier: Apache-2.0
// The commands as a person uses them, on a model that trains in a second.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/process.h"
#include "tests/cli/dyt_command.h"
#include "tests/cli/folder_content.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Every line of metrics.jsonl without its times and rates.
std::vector<json> metrics_of(const fs::path& run) {
  std::vector<json> lines;
  std::istringstream text(core::read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) {
    lines.push_back(without_measurements(json::parse(line)));
  }
  return lines;
}

TEST(Help, EveryCommandHasOne) {
  for (const char* command : {"compare", "train", "eval", "inspect", "data", "models"}) {
    const CommandResult result = run_dyt({command, "--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.output.find("--help"), std::string::npos) << command;
  }
  EXPECT_NE(run_dyt({"train", "--help"}).output.find("optim.lr = 0.003"), std::string::npos);
  EXPECT_EQ(run_dyt({}).status, 2);
}

TEST(Help, KeysAsJson) {
  for (const char* command : {"compare", "train"}) {
    const CommandResult result = run_dyt({command, "--help", "--json"});
    EXPECT_EQ(result.status, 0) << result.errors;
    const json keys = json::parse(result.output);
    const auto lr = std::find_if(keys.begin(), keys.end(),
                                 [](const json& key) { return key["key"] == "optim.lr"; });
    ASSERT_NE(lr, keys.end()) << command;
    EXPECT_EQ((*lr)["default"], 0.003);
    EXPECT_EQ((*lr)["decides_results"], true);
  }
}

TEST(Queries, PrintJson) {
  const json list = json::parse(run_dyt({"data", "list", "--json"}).output);
  EXPECT_EQ(list[0]["name"], "digits");
  const json digits = json::parse(run_dyt({"data", "describe", "digits", "--json"}).output);
  EXPECT_EQ(digits["train_images"], 1437);
  EXPECT_EQ(digits["test_images"], 360);
  const json models = json::parse(run_dyt({"models", "--json"}).output);
  EXPECT_EQ(models[0]["name"], "vit");
}

TEST(Train, GivesARunFolderThatEvalReads) {
  const TempFolder folder;
  const fs::path run = folder / "run";
  const CommandResult result = run_dyt(tiny_run("train", {"out=" + run.string(), "--json"}));
  ASSERT_EQ(result.status, 0) << result.errors;
  const json summary = json::parse(result.output);
  EXPECT_EQ(summary["status"], "finished");
  for (const char* name : {"config.toml", "env.json", "metrics.jsonl", "result.json", "report.html",
                           "last/model.safetensors", "best/model.safetensors", "last/state.json"}) {
    EXPECT_TRUE(fs::exists(run / name)) << name;
  }
  const json evaluated = json::parse(run_dyt({"eval", run.string(), "--json"}).output);
  EXPECT_EQ(evaluated["test_accuracy"], summary["test_accuracy"]);
  EXPECT_EQ(evaluated["test_loss"], summary["test_loss"]);
}

TEST(Train, SameSeedSameBitsOtherSeedOthers) {
  const TempFolder folder;
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + (folder / "a").string()})).status, 0);
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + (folder / "b").string()})).status, 0);
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + (folder / "c").string(), "seed=1"})).status, 0);
  EXPECT_EQ(metrics_of(folder / "a"), metrics_of(folder / "b"));
  EXPECT_NE(metrics_of(folder / "a"), metrics_of(folder / "c"));
  EXPECT_EQ(core::read_file(folder / "a/last/model.safetensors"),
            core::read_file(folder / "b/last/model.safetensors"));
}

TEST(Train, AnInterruptedRunGoesOnToTheSameBits) {
  const TempFolder folder;
  const std::vector<std::string> common = {"train.epochs=12", "model.norm=dyt:alpha0=auto"};
  std::vector<std::string> whole = tiny_run("train", {"out=" + (folder / "whole").string()});
  std::vector<std::string> broken =
      tiny_run("train", {"out=" + (folder / "broken").string(), "--events"});
  whole.insert(whole.end(), common.begin(), common.end());
  broken.insert(broken.end(), common.begin(), common.end());
  ASSERT_EQ(run_dyt(whole).status, 0);

  broken.insert(broken.begin(), DYT_COMMAND);
  core::Process process({.arguments = broken});
  process.read_line();  // the first event: it trains
  process.send_signal(SIGINT);
  while (process.read_line()) {
  }
  const int status = process.wait();
  EXPECT_TRUE(status == 130 || status == 0) << status;  // 0: it was faster than the signal
  broken.erase(broken.begin());
  ASSERT_EQ(run_dyt(broken).status, 0);
  EXPECT_EQ(metrics_of(folder / "whole"), metrics_of(folder / "broken"));
  for (const char* name : {"last/model.safetensors", "last/optimizer.safetensors"}) {
    EXPECT_EQ(core::read_file(folder / "whole" / name), core::read_file(folder / "broken" / name))
        << name;
  }
}

TEST(Train, DivergenceIsAResultWithItsStep) {
  const TempFolder folder;
  const fs::path run = folder / "run";
  const CommandResult result =
      run_dyt(tiny_run("train", {"out=" + run.string(), "model.norm=none", "optim.lr=100",
                                 "optim.warmup=0", "train.epochs=40"}));
  EXPECT_EQ(result.status, 4) << result.errors;
  const json summary = json::parse(core::read_file(run / "result.json"));
  EXPECT_EQ(summary["status"], "diverged");
  EXPECT_TRUE(summary["test_accuracy"].is_null());
  EXPECT_NE(result.output.find("diverged at step"), std::string::npos);
}

std::vector<std::string> tiny_compare(const fs::path& out, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"slots=layer_norm,dyt:alpha0=auto,none",
                                        "seeds=2",
                                        "strip.lrs=1e-3,3e-3",
                                        "strip.epochs=1",
                                        "cost.steps_per_round=1",
                                        "out=" + out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return tiny_run("compare", arguments);
}

TEST(Compare, TheSameOnOneCoreAndOnTwoAndAfterAResume) {
  const TempFolder folder;
  const CommandResult one = run_dyt(tiny_compare(folder / "one", {"jobs=1", "--json"}));
  ASSERT_EQ(one.status, 0) << one.errors;
  ASSERT_EQ(run_dyt(tiny_compare(folder / "two", {"jobs=2"})).status, 0);
  fs::remove(folder / "two/slots/none/seed-1/result.json");  // as if it had been stopped there
  const CommandResult two = run_dyt(tiny_compare(folder / "two", {"jobs=2", "--json"}));
  ASSERT_EQ(two.status, 0) << two.errors;
  EXPECT_EQ(without_measurements(json::parse(one.output)),
            without_measurements(json::parse(two.output)));
  EXPECT_TRUE(fs::exists(folder / "two/report.html"));
}

TEST(Compare, TakesUpWhatIsThereAndRefusesWhatIsAnotherRun) {
  const TempFolder folder;
  ASSERT_EQ(run_dyt(tiny_compare(folder / "out", {})).status, 0);
  const CommandResult wider =
      run_dyt(tiny_compare(folder / "out", {"slots=layer_norm,none,rms_norm", "seeds=1"}));
  EXPECT_EQ(wider.status, 0) << wider.errors;
  const CommandResult other = run_dyt(tiny_compare(folder / "out", {"optim.lr=1e-2"}));
  EXPECT_EQ(other.status, 2);
  EXPECT_NE(other.errors.find("--fresh"), std::string::npos) << other.errors;
  EXPECT_EQ(
      run_dyt(tiny_compare(folder / "out", {"optim.lr=1e-2", "--fresh-where-changed"})).status, 0);
}

// A comparison cut to one epoch of one slot: its configuration shows in compare.json all the same.
json tiny_comparison(std::vector<std::string> arguments, const std::string& out) {
  arguments.insert(arguments.begin(), "compare");
  for (const char* more :
       {"train.epochs=1", "seeds=1", "strip.enabled=false", "cost.enabled=false",
        "data.train_limit=64", "data.test_limit=40", "slots=none", "--json", "--quiet"}) {
    arguments.emplace_back(more);
  }
  arguments.push_back("out=" + out);
  const CommandResult result = run_dyt(arguments);
  EXPECT_EQ(result.status, 0) << result.errors;
  return without_measurements(json::parse(result.output));
}

TEST(Configs, DigitsIsTheDefaultWrittenOut) {
  const TempFolder folder;
  EXPECT_EQ(tiny_comparison({DYT_SOURCE_DIR "/configs/compare/digits.toml"}, folder / "with"),
            tiny_comparison({}, folder / "without"));
}

TEST(Configs, FashionMnistIsItsPresetWrittenOut) {
  const char* data = std::getenv("DYT_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA names no folder with Fashion-MNIST";
  }
  const TempFolder folder;
  const std::string dir = std::string("data.dir=") + data;
  EXPECT_EQ(
      tiny_comparison({DYT_SOURCE_DIR "/configs/compare/fashion_mnist.toml", dir}, folder / "with"),
      tiny_comparison({"data=fashion_mnist", dir}, folder / "without"));
}

}  // namespace
}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
// dyt inspect, and what train says of a loss that is not finite.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

fs::path trained(const TempFolder& folder, const std::string& norm) {
  const fs::path run = folder / "run";
  const CommandResult result =
      run_dyt(tiny_run("train", {"out=" + run.string(), "model.norm=" + norm}));
  EXPECT_EQ(result.status, 0) << result.errors;
  return run;
}

TEST(Inspect, ShowsEverySlotOfAPointwiseRun) {
  const TempFolder folder;
  const fs::path run = trained(folder, "dyt");
  const CommandResult printed = run_dyt({"inspect", run.string()});
  ASSERT_EQ(printed.status, 0) << printed.errors;
  EXPECT_NE(printed.output.find("blocks.0.norm1"), std::string::npos) << printed.output;
  EXPECT_TRUE(fs::exists(run / "inspect.html"));
  const json found = json::parse(run_dyt({"inspect", run.string(), "--json"}).output);
  ASSERT_EQ(found["slots"].size(), 3u) << "two of the block and the final one";
  const json& slot = found["slots"][1];
  EXPECT_EQ(slot["name"], "blocks.0.norm2");
  EXPECT_EQ(slot["site"], "ffn");
  EXPECT_EQ(slot["parameters"], 33) << "weight, bias and alpha at width 16";
  EXPECT_NEAR(slot["inverse_std"].get<double>() * slot["input_std"].get<double>(), 1, 1e-12);
  EXPECT_EQ(found["alpha_and_spread"]["n"], 3);
  EXPECT_TRUE(found["norms"].is_null()) << "there is none";

  const json end = json::parse(core::read_file(run / "result.json"));
  EXPECT_EQ(found["test_accuracy"], end["test_accuracy"]);
  EXPECT_EQ(slot["saturated"], end["health"][1]["saturated"]) << "the checkpoint is the run's end";
  int64_t parameters = 0;
  for (const json& layer : found["layers"]) {
    parameters += layer["parameters"].get<int64_t>();
  }
  EXPECT_EQ(parameters, end["parameters"]) << "every parameter belongs to one part";
}

TEST(Inspect, ShowsWhatTheNormsDo) {
  const TempFolder folder;
  const fs::path run = trained(folder, "layer_norm");
  const json norms = json::parse(run_dyt({"inspect", run.string(), "--json"}).output)["norms"];
  EXPECT_EQ(norms["images"], 40) << "as many as there are";
  ASSERT_EQ(norms["maps"].size(), 3u);
  for (const json& map : norms["maps"]) {
    EXPECT_GE(map["tanh"]["r2"].get<double>(), map["line"]["r2"].get<double>() - 1e-4);
    EXPECT_FALSE(map["points"].is_null()) << "three of three are shown";
  }
}

TEST(Inspect, SaysWhatToNameInstead) {
  const TempFolder folder;
  core::make_folder(folder / "slots");
  const CommandResult result = run_dyt({"inspect", folder.path().string()});
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.errors.find("this is a comparison's folder"), std::string::npos)
      << result.errors;
  const fs::path run = trained(folder, "dyt");
  const CommandResult absent =
      run_dyt({"inspect", run.string(), "--checkpoint", "checkpoints/step-1"});
  EXPECT_EQ(absent.status, 3);
  EXPECT_NE(absent.errors.find("no checkpoint 'checkpoints/step-1'"), std::string::npos);
}

TEST(Divergence, SaysStepAndLayerAndKeepsTheLastGoodCheckpoint) {
  const TempFolder folder;
  const fs::path run = folder / "run";
  const std::vector<std::string> arguments =
      tiny_run("train", {"out=" + run.string(), "model.norm=none", "optim.lr=100",
                         "train.epochs=40", "optim.warmup=0.5", "train.batch_size=16"});
  const CommandResult result = run_dyt(arguments);
  ASSERT_EQ(result.status, 4) << result.output << result.errors;
  EXPECT_NE(result.output.find("diverged at step "), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("it began "), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("the last good checkpoint: "), std::string::npos) << result.output;
  EXPECT_TRUE(fs::exists(run / "last/model.safetensors"));
  const json end = json::parse(core::read_file(run / "result.json"));
  EXPECT_FALSE(end["nonfinite"]["words"].get<std::string>().empty());
  const CommandResult inspected = run_dyt({"inspect", run.string(), "--json"});
  EXPECT_EQ(inspected.status, 0) << inspected.errors;
  EXPECT_EQ(run_dyt(arguments).status, 4) << "given again it is the same result";
}

TEST(Divergence, SaysThatOnlyTheLastUpdateWasNotFinite) {
  const TempFolder folder;
  const fs::path run = folder / "run";
  const std::vector<std::string> arguments =
      tiny_run("train", {"out=" + run.string(), "train.epochs=1"});
  ASSERT_EQ(run_dyt(arguments).status, 0);
  // No short recipe leads there; tests/train shows that the loop writes this.
  json end = json::parse(core::read_file(run / "result.json"));
  end["status"] = "diverged";
  end["nonfinite"] = {{"loss", nullptr}, {"layer", "a"}, {"words", "it began in the last update"}};
  core::write_file_atomic(run / "result.json", end.dump());
  const CommandResult result = run_dyt(arguments);
  EXPECT_EQ(result.status, 4) << result.errors;
  EXPECT_NE(result.output.find(": its update, the last, made weights that are not finite\n"
                               "it began in the last update\n"),
            std::string::npos)
      << result.output;
}

}  // namespace
}  // namespace dyt::testing

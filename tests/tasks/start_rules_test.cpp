// SPDX-License-Identifier: Apache-2.0
// Equal shapes are not equal networks: what a run to start from must have in common with this one.
#include "dyt/tasks/start_rules.h"

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/text.h"
#include "dyt/io/tensor_file.h"
#include "dyt/models/vit.h"
#include "dyt/tasks/pretrained.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"
#include "tests/tasks/tiny_runs.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using testing::expect_error;
using testing::TempFolder;
using testing::trained_run;

RunConfig run_of(std::vector<std::string> overrides) {
  return resolve_config<RunConfig>({.overrides = std::move(overrides)});
}

TEST(StartRules, EveryKeyOfARunHasOne) {
  for (const char* name : {"vit", "convnext", "mae", "dino"}) {  // all that a start knows
    RunConfig config = run_of({std::string("model=") + name});
    const core::Fields fields = core::fields_of(config);
    for (const core::Field& field : fields.list()) {
      EXPECT_TRUE(start_rule(field.key)) << field.key << ": say in start_rules.cpp whether a run "
                                         << "with another value can use the weights";
    }
  }
}

struct RuleCase {
  std::vector<std::string> own, other;
  const char* part;  // of the error; "": no error
};

TEST(StartRules, WhatDecidesTheMeaningOfWeightsMustBeEqual) {
  const RuleCase cases[] = {
      {{"model.num_heads=2"}, {}, "model.num_heads=2 here, model.num_heads=4 there"},
      {{"data.normalization=imagenet"}, {}, "data.normalization"},
      {{"model.norm=layer_norm:eps=1e-5"}, {}, "model.norm"},
      {{"model.norm=rms_norm"}, {}, "model.norm"},
      {{"model.norm=derf"}, {"model.norm=derf:shift=false"}, "model.norm"},
      {{"model.norm=sigmoid"}, {"model.norm=dyt"}, "add model.norm=dyt"},
      {{"model.norm=group_norm_per_token:groups=4"},
       {"model.norm=group_norm_per_token:groups=8"},
       "model.norm"},
      {{"model.norm=dyt:alpha0=auto"}, {"model.norm=dyt:alpha0=2:alpha0.final=1"}, ""},
      {{"model.norm=layer_norm:impl=torch"}, {}, ""},
      {{"model.norm=hardtanh"}, {"model.norm=linear_clip"}, ""},
      {{"model.global_pool=token"}, {}, "model.global_pool"},
      {{"model.qk_norm=true"}, {}, "model.qk_norm"},
      {{"model.qk_norm=true"}, {"model=mae"}, "model.qk_norm"},
      {{"model.init_values=0.1"}, {}, "model.init_values"},
      {{"model.init_values=0.1"}, {"model.init_values=0.2"}, ""},
      {{"model.patch_size=4"}, {}, "model.patch_size"},
      {{"model.mlp_ratio=2"}, {}, "model.mlp_ratio"},
      {{"model.drop_path=0.2", "seed=7", "optim.lr=1"}, {}, ""},
      {{}, {"model=mae"}, ""},
      {{"model.global_pool=token"}, {"model=dino"}, ""},
      {{"model.num_heads=2"}, {"model=dino"}, "model.num_heads"},
      {{"start.probe=batch_norm"}, {}, "model.global_pool=token here"},
      {{"start.probe=batch_norm"}, {"model=mae"}, ""},
      {{"model=convnext"}, {"model=convnext", "model.kernel_size=5"}, "model.kernel_size"},
      {{"model=convnext"}, {"model=convnext", "model.norm=batch_norm"}, "model.norm"},
      {{"model=convnext"}, {}, "another family"},
      {{}, {"model=convnext"}, "another family"},
  };
  for (const RuleCase& one : cases) {
    const auto check = [&] { check_same_meaning(run_of(one.own), run_of(one.other), "runs/a"); };
    if (*one.part == '\0') {
      EXPECT_NO_THROW(check()) << core::join(one.own, " ");
    } else {
      expect_error(ErrorKind::kUsage, one.part, check);
    }
  }
}

TEST(StartRules, EveryDifferenceIsListed) {
  const auto check = [] {
    check_same_meaning(run_of({"model.num_heads=2", "data.normalization=imagenet"}), run_of({}),
                       "runs/a");
  };
  for (const char* part : {"model.num_heads=2 here", "data.normalization=imagenet here",
                           "the run runs/a", "add data.normalization=half model.num_heads=4"}) {
    expect_error(ErrorKind::kUsage, part, check);
  }
}

// The tiny run's network, filled with what `from` holds.
StartReport started(const fs::path& from, std::vector<std::string> more = {}) {
  std::vector<std::string> overrides = testing::kTiny;
  overrides.insert(overrides.end(), more.begin(), more.end());
  overrides.push_back("start.from=" + from.string());
  RunConfig config = run_of(overrides);
  auto& sizes = std::get<models::VitModel>(config.model.family).sizes;
  sizes.image_size = sizes.image_size == 0 ? 8 : sizes.image_size;
  sizes.channels = 1;
  sizes.num_classes = 10;
  models::VisionTransformer network(sizes);
  return load_start(network, config);
}

TEST(StartRules, AFileOfARunIsHeldToItWhereverItIsNamed) {
  const TempFolder folder;
  const fs::path run = trained_run(folder / "run", {"model.norm=dyt"});
  const fs::path step = fs::canonical(run / "last");
  fs::create_symlink(run / "last/model.safetensors", folder / "link.safetensors");
  fs::copy(run / "last/model.safetensors", run / "mine.safetensors");
  for (const fs::path& from :
       {run, run / "last/model.safetensors", run / "best/model.safetensors",
        step / "model.safetensors", folder / "link.safetensors", run / "mine.safetensors"}) {
    expect_error(ErrorKind::kUsage, "model.norm=sigmoid here, model.norm=dyt there",
                 [&] { started(from, {"model.norm=sigmoid"}); });
    const StartReport report = started(from, {"model.norm=dyt", "model.image_size=16"});
    EXPECT_EQ(report.resampled_by, "timm") << from;
    EXPECT_EQ(report.transfer.resampled, std::vector<std::string>{"pos_embed"});
    EXPECT_FALSE(report.run.empty());
  }
}

TEST(StartRules, AFileOfNoRunIsNotHeldToAConfigThatAPersonWrote) {
  const TempFolder folder;
  const fs::path run = trained_run(folder / "run", {"model.norm=dyt"});
  const fs::path weights = folder / "own/weights.safetensors";
  fs::create_directory(folder / "own");
  fs::copy(run / "last/model.safetensors", weights);
  const auto text = [&] { return start_text(started(weights, {"model.norm=isru"})); };
  EXPECT_NE(text().find("does not say what heads, norm slot"), std::string::npos) << text();
  core::write_file_atomic(folder / "own/config.toml", "seed = 3\n[model]\nnum_heads = 4\n");
  EXPECT_TRUE(started(weights, {"model.norm=isru"}).run.empty());
  // A run's file taken along with its resolved configuration is of that run.
  core::write_file_atomic(folder / "own/config.toml", core::read_file(run / "config.toml"));
  expect_error(ErrorKind::kUsage, "model.norm=isru here",
               [&] { started(weights, {"model.norm=isru"}); });
}

TEST(StartReport, SaysWhatWasLoadedResampledLeftOutAndBegunAnew) {
  const TempFolder folder;
  const fs::path mae = trained_run(folder / "mae", {"model=mae", "model.decoder_dim=16",
                                                    "model.decoder_num_heads=2", "knn.k=5"});
  const std::string text = start_text(started(mae, {"model.image_size=16"}));
  for (const char* part :
       {"tensors loaded; resampled: pos_embed by MAE's rule", "mask_token", "decoder_blocks.* (24)",
        "norm.* (2)", "begun anew: fc_norm.* (2), head.* (2)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in: " << text;
  }
}

TEST(StartReport, StandsInTheRunsEnvironmentAndIsSaidOnce) {
  const TempFolder folder;
  const fs::path first = trained_run(folder / "first", {});
  std::vector<std::string> overrides = testing::kTiny;
  overrides.push_back("start.from=" + first.string());
  overrides.push_back("out=" + (folder / "second").string());
  std::vector<std::string> notes;
  const core::StopFlag stop;
  for (int times = 0; times < 2; ++times) {
    train_run({.config = run_of(overrides), .stop = stop, .on_note = [&](const std::string& text) {
                 notes.push_back(text);
               }});
  }
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("left out: head.* (2)"), std::string::npos) << notes[0];
  const auto env = nlohmann::json::parse(core::read_file(folder / "second/env.json"));
  EXPECT_EQ(env.at("start").at("run"), first.string());
  EXPECT_GT(env.at("start").at("loaded").get<int>(), 10);
  EXPECT_EQ(env.at("start").at("left_out"), nlohmann::json({"head.* (2)"}));
}

}  // namespace
}  // namespace dyt::tasks

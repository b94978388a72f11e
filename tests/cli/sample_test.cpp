// SPDX-License-Identifier: Apache-2.0
// dyt sample and dyt fid: pictures of a run, and how good they are.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class Pictures : public ::testing::Test {
 protected:
  Pictures() {
    expect_done(run_dyt(
        tiny_run("train", {"out=" + dit_, "model=dit", "model.num_heads=2", "model.patch_size=4",
                           "diffusion.samples=10", "diffusion.sampling_steps=2"})));
  }

  static void expect_done(const CommandResult& result) {
    EXPECT_EQ(result.status, 0) << result.errors;
  }
  static void expect_refused(const CommandResult& result, int status, const char* part) {
    EXPECT_EQ(result.status, status) << result.output;
    EXPECT_TRUE(mentions(result.errors, part));
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string classifier() const {
    const std::string out = path("classifier");
    expect_done(run_dyt(tiny_run("train", {"out=" + out})));
    return out;
  }
  CommandResult sample(const std::string& out, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"sample", dit_, "--count", "20", "--out", path(out)});
    return run_dyt(more);
  }

  TempFolder folder_;
  std::string dit_ = path("dit");
};

TEST_F(Pictures, AreDrawnKeptAndMeasured) {
  CommandResult result = sample("samples");
  expect_done(result);
  EXPECT_TRUE(mentions(result.output, "20 pictures in " + path("samples")));
  EXPECT_TRUE(fs::exists(folder_ / "samples/3/000013.png"));
  EXPECT_TRUE(mentions(sample("samples").output, "(20 were there)"));
  const json settings =
      json::parse(sample("guided", {"diffusion.guidance=1.5", "--json", "--quiet"}).output);
  EXPECT_EQ(settings["guidance"], 1.5);
  EXPECT_EQ(settings["sampling_steps"], 2) << "as the run was trained to be evaluated";

  const std::string by = "classifier=" + classifier();
  result = run_dyt({"fid", "run=" + path("classifier"), path("samples"), by});
  expect_done(result);
  EXPECT_TRUE(mentions(result.output, "test images of digits (40 pictures)"));
  EXPECT_TRUE(
      mentions(result.output, "feature distance (classifier " + path("classifier") + "), not FID"));
  result = run_dyt({"fid", path("samples"), path("samples"), by, "--json", "--quiet"});
  expect_done(result);
  const json found = json::parse(result.output);
  EXPECT_LT(found["numbers"]["feature_distance"].get<double>(), 1e-6);
  EXPECT_EQ(found["numbers"]["recall"], 1);
  EXPECT_EQ(found["samples"]["count"], 20);
  EXPECT_FALSE(found["numbers"].contains("fid"));
  EXPECT_TRUE(mentions(found["titles"]["feature_distance"].get<std::string>(), "not FID"));
}

TEST_F(Pictures, OfOneKindHaveFeaturesWithoutVariance) {
  expect_done(sample("samples"));
  fs::create_directory(folder_ / "copies");
  for (int n = 0; n < 5; ++n) {
    fs::copy_file(folder_ / "samples/3/000013.png",
                  folder_ / "copies" / (std::to_string(n) + ".png"));
  }
  const std::string by = "classifier=" + classifier();
  const auto distance = [&](const std::string& reference) {
    const CommandResult result = run_dyt({"fid", reference, path("copies"), by, "--json"});
    expect_done(result);
    return json::parse(result.output)["numbers"]["feature_distance"].get<double>();
  };
  EXPECT_LT(distance(path("copies")), 1e-9);
  EXPECT_GT(distance(path("samples")), 0);
}

TEST_F(Pictures, WhatDoesNotGoIsRefusedInWords) {
  expect_refused(sample("out", {"diffusion.gidance=2"}), 2, "did you mean 'diffusion.guidance'?");
  expect_refused(sample("out", {"--checkpoint", "first"}), 3, "no checkpoint 'first'");
  expect_refused(sample("out", {"diffusion.sampling_steps=300"}), 2, "diffusion.sampler=ddpm");
  expect_refused(run_dyt({"sample", dit_, "--count", "0", "--out", path("out")}), 2, "--count");
  expect_refused(run_dyt({"sample", dit_, "--count", "4"}), 2, "--out");
  expect_refused(run_dyt({"sample", classifier(), "--count", "4", "--out", path("out")}), 2,
                 "a run of model=dit");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  expect_done(sample("samples"));
  expect_refused(sample("samples", {"seed=1"}), 2, "pictures of another seed");

  expect_refused(run_dyt({"fid", path("samples"), path("samples")}), 2, "no network");
  expect_refused(
      run_dyt({"fid", path("samples"), path("none"), "classifier=" + path("classifier")}), 3,
      "none");
  expect_refused(run_dyt({"fid", path("samples"), path("samples"), "classifer=a"}), 2,
                 "did you mean 'classifier'?");
  expect_refused(run_dyt({"fid", path("samples"), path("samples"), "classifier=" + dit_}), 2,
                 "model dit");
  expect_refused(run_dyt({"fid", path("samples"), path("samples"), "inception=a.pth"}), 2,
                 "safetensors");
}

TEST_F(Pictures, ASignalKeepsWhatIsDrawn) {
  StartedDyt dyt({"sample", dit_, "--count", "1000000", "--out", path("out")});
  ASSERT_TRUE(wait_until([&] { return fs::exists(folder_ / "out/0/000000.png"); }));
  dyt.send_signal(SIGINT);
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(mentions(result.errors, "of 1000000 pictures drawn"));
  EXPECT_TRUE(mentions(result.errors, "give the same command again"));
  EXPECT_TRUE(fs::exists(folder_ / "out/samples.json"));
}

}  // namespace
}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dyt/compare/slot_name.h"
#include "dyt/core/text.h"
#include "dyt/tasks/input_paths.h"
#include "tests/compare/fake_run.h"
#include "tests/support/expect_error.h"

namespace dyt::compare {
namespace {

using testing::expect_error;
using testing::fake_identity;
using testing::FakeRunConfig;

TEST(SlotName, Labels) {
  EXPECT_EQ(slot_label("layer_norm"), "LayerNorm");
  EXPECT_EQ(slot_label("rms_norm"), "RMSNorm");
  EXPECT_EQ(slot_label("dyt:alpha0=auto"), "DyT (alpha0=auto)");
  EXPECT_EQ(slot_label("derf:alpha0=1:shift=false"), "Derf (alpha0=1, shift=false)");
  EXPECT_EQ(slot_label("none"), "none");
  EXPECT_EQ(slot_label("another"), "another");
}

TEST(SlotName, FoldersAreSafeAndDifferent) {
  EXPECT_EQ(slot_folder("layer_norm"), "layer_norm");
  EXPECT_EQ(slot_folder("dyt:alpha0=auto"), "dyt+alpha0-auto");
  EXPECT_EQ(slot_folder("layer_norm:eps=1e-06"), "layer_norm+eps-1e-06");
  EXPECT_EQ(slot_folder("dyt:alpha0=a/b,c=d"), "dyt+alpha0-a%2Fb%2Cc%3Dd");
  std::set<std::string> folders;
  const std::vector<std::string> slots = {"a",     "a:b",   "a:b=c", "a:b-c", "a:b=-c", "a:b=c=d",
                                          "a+b-c", "a:B=c", "a%3Ab", "a=b",   "a-b"};
  for (const std::string& slot : slots) {
    folders.insert(slot_folder(slot));
  }
  EXPECT_EQ(folders.size(), slots.size());
}

TEST(Plan, CarriesTheWholeConfiguration) {
  FakeRunConfig config{.data = "two words", .dim = 32, .lr = 1e-3, .epochs = 7};
  CompareOptions options;
  options.slots = {"layer_norm", "dyt:alpha0=auto"};
  options.seeds = {3, 8};
  options.strip.lrs = {0.01, 3e-2};
  options.strip.seed = 5;
  const Plans plans = make_plans({core::fields_of(config), options, "runs/x"}, fake_identity);
  ASSERT_EQ(plans.runs.size(), 4u);
  const RunPlan& plan = plans.runs[3];
  EXPECT_EQ(plan.name, "DyT (alpha0=auto), seed 8");
  EXPECT_EQ(plan.folder, "runs/x/slots/dyt+alpha0-auto/seed-8");
  EXPECT_EQ(plan.arguments, (std::vector<std::string>{
                                "data.name=two words", "model.norm=dyt:alpha0=auto", "model.dim=32",
                                "optim.lr=0.001", "train.epochs=7", "train.threads=1", "seed=8",
                                "out=runs/x/slots/dyt+alpha0-auto/seed-8"}));
  EXPECT_EQ(plan.identity, fake_identity(plan));
  ASSERT_EQ(plans.strip.size(), 4u);
  EXPECT_EQ(plans.strip[1].folder, "runs/x/strip/layer_norm/lr-0.03");
  EXPECT_EQ(plans.strip[1].arguments[3], "optim.lr=0.03");
  EXPECT_EQ(plans.strip[1].arguments[4], "train.epochs=6");
  EXPECT_EQ(plans.strip[1].seed, 5);
  ASSERT_EQ(plans.cost.size(), 2u);
}

TEST(Plan, AStartNamesTheSameSlotAndSeed) {
  FakeRunConfig config;
  std::string from = "runs/mae/slots/{slot}/seed-{seed}";
  core::Fields fields = core::fields_of(config);
  fields.add("start.from", from, {.help = "weights"});
  const IdentityOf no_identity = [](const RunPlan&) { return std::string(); };
  CompareOptions options;
  options.slots = {"layer_norm", "dyt:alpha0=auto"};
  options.seeds = {3, 8};
  const Plans plans = make_plans({fields, options, "runs/x"}, no_identity);
  EXPECT_EQ(plans.runs[3].arguments.back(), "start.from=runs/mae/slots/dyt+alpha0-auto/seed-8");
  EXPECT_EQ(plans.runs[0].arguments.back(), "start.from=runs/mae/slots/layer_norm/seed-3");
  from = "weights.safetensors";
  EXPECT_EQ(make_plans({fields, options, "runs/x"}, no_identity).runs[3].arguments.back(),
            "start.from=weights.safetensors");
}

TEST(Plan, EveryRunHasItsIdentityAndFolder) {
  FakeRunConfig config;
  const Plans plans = make_plans({core::fields_of(config), {}, "runs/x"}, fake_identity);
  std::set<std::string> identities, folders;
  for (const auto* list : {&plans.runs, &plans.strip}) {
    for (const RunPlan& plan : *list) {
      identities.insert(plan.identity);
      folders.insert(plan.folder.string());
    }
  }
  EXPECT_EQ(identities.size(), 36u);
  EXPECT_EQ(folders.size(), 36u);
}

TEST(Plan, CostAndStripCanBeLeftOut) {
  FakeRunConfig config;
  CompareOptions options;
  options.strip.enabled = false;
  options.cost.enabled = false;
  const Plans plans = make_plans({core::fields_of(config), options, "runs/x"}, fake_identity);
  EXPECT_EQ(plans.runs.size(), 20u);
  EXPECT_TRUE(plans.strip.empty());
  EXPECT_TRUE(plans.cost.empty());
}

TEST(Plan, CostThreadsReachTheWorkers) {
  FakeRunConfig config;
  CompareOptions options;
  options.cost.threads = 3;
  const Plans plans = make_plans({core::fields_of(config), options, "runs/x"}, fake_identity);
  const auto& arguments = plans.cost[0].arguments;
  EXPECT_NE(std::find(arguments.begin(), arguments.end(), "train.threads=3"), arguments.end());
}

TEST(CompareOptions, CountOfSeedsAndLists) {
  CompareOptions options;
  const core::Fields fields = core::fields_of(options);
  core::apply_override(fields, "seeds=3");
  EXPECT_EQ(options.seeds, (std::vector<int64_t>{0, 1, 2}));
  core::apply_override(fields, "seeds=[7]");
  EXPECT_EQ(options.seeds, (std::vector<int64_t>{7}));
  core::apply_override(fields, "slots=layer_norm,derf,rms_norm");
  EXPECT_EQ(options.slots.size(), 3u);
  core::apply_override(fields, "strip.enabled=false");
  EXPECT_FALSE(options.strip.enabled);
  expect_error(core::ErrorKind::kUsage, "cost.rounds",
               [&] { core::apply_override(fields, "cost.rounds=9"); });
  expect_error(core::ErrorKind::kUsage, "margin",
               [&] { core::apply_override(fields, "margin=-1"); });
}

TEST(CompareOptions, ListsAreCheckedAsAWhole) {
  expect_error(core::ErrorKind::kUsage, "'slots' names dyt twice", [] {
    CompareOptions{.slots = {"dyt", "none", "dyt"}}.validate();
  });
  expect_error(core::ErrorKind::kUsage, "'seeds' names 4 twice", [] {
    CompareOptions{.seeds = {4, 4}}.validate();
  });
  expect_error(core::ErrorKind::kUsage, "'slots' is empty",
               [] { CompareOptions{.slots = {}}.validate(); });
  expect_error(core::ErrorKind::kUsage, "'strip.lrs' is empty",
               [] { CompareOptions{.strip = {.lrs = {}}}.validate(); });
  EXPECT_NO_THROW((CompareOptions{.strip = {.enabled = false, .lrs = {}}}.validate()));
}

TEST(ConfigFields, LeaveOutWhatDoesNotDecideResults) {
  CompareOptions options, defaults;
  options.jobs = 2;
  options.out = "runs/here";
  options.margin = 0.5;
  options.slots = {"layer_norm", "it's"};
  const core::Fields fields = core::fields_of(options);
  const core::Fields results = tasks::result_fields(fields);
  const std::string toml = core::to_toml(results);
  EXPECT_EQ(toml.find("jobs"), std::string::npos);
  EXPECT_EQ(toml.find("out"), std::string::npos);
  EXPECT_NE(toml.find("margin = 0.5"), std::string::npos);
  EXPECT_EQ(tasks::repeating_command("dyt compare", fields, core::fields_of(defaults)),
            R"(dyt compare 'slots=[layer_norm,it'\''s]' margin=0.5)");
  EXPECT_EQ(
      tasks::repeating_command("dyt compare", core::fields_of(defaults), core::fields_of(defaults)),
      "dyt compare");
}

}  // namespace
}  // namespace dyt::compare

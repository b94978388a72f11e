// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/idle_keys.h"

#include <gtest/gtest.h>

#include "dyt/tasks/presets.h"
#include "tests/support/expect_error.h"

namespace dyt::tasks {
namespace {

using core::ErrorKind;
using testing::expect_error;

void check(const std::vector<std::string>& overrides) {
  check_idle_keys(resolve_config<RunConfig>({.overrides = overrides}));
}

struct Case {
  std::vector<std::string> idle;  // the first assignment that is not `model` has no effect
  std::vector<std::string> used;  // with these it has one
};

const Case kCases[] = {
    {{"optim.clip_each=true"}, {"optim.clip_norm=0.3"}},
    {{"train.ema_evaluation=instead"}, {"train.ema=0.9"}},
    {{"train.label_smoothing=0.1", "model=mae"}, {"model=vit"}},
    {{"train.label_smoothing=0.1", "model=dino"}, {"model=resnet"}},
    {{"train.label_smoothing=0.1", "model=dit"}, {"model=vgg"}},
    {{"augment.shift=0", "model=dino"}, {"model=mae"}},
    {{"augment.policy=resized_crop", "model=dino"}, {"model=vit"}},
    {{"augment.rotate=5", "augment.policy=supervised"}, {"augment.policy=affine"}},
    {{"augment.min_area=0.2"}, {"augment.policy=resized_crop"}},
    {{"mix.mixup=0.5"}, {"mix.probability=1"}},
    {{"start.head_std=0.1"}, {"start.from=a"}},
    {{"optim.sections=5"}, {"optim.schedule=step"}},
    {{"optim.sections=5"}, {"optim.schedule=cosine_stairs", "optim.warmup=0"}},
    {{"data.interpolation=bilinear"}, {"augment.policy=resized_crop"}},
};

TEST(IdleKeys, AreRefusedByNameAndTakenWhereTheyAct) {
  for (const Case& each : kCases) {
    const std::string key = each.idle[0].substr(0, each.idle[0].find('='));
    expect_error(ErrorKind::kUsage, "'" + key + "' would have no effect",
                 [&] { check(each.idle); });
    std::vector<std::string> used = each.idle;
    used.insert(used.end(), each.used.begin(), each.used.end());
    EXPECT_NO_THROW(check(used)) << key;
  }
}

TEST(IdleKeys, DefaultsAreNobodysWish) {
  for (const std::string& model : models::family_names()) {
    EXPECT_NO_THROW(check({"model=" + model})) << model;
  }
  EXPECT_NO_THROW(check({"model=dino", "augment.shift=0.5", "train.label_smoothing=0"}));
  expect_error(ErrorKind::kUsage, "set optim.clip_norm too, or leave it out",
               [] { check({"optim.clip_each=true"}); });
}

}  // namespace
}  // namespace dyt::tasks

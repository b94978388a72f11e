// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/cosine.h"

#include <gtest/gtest.h>

namespace dyt::optim {
namespace {

TEST(StepCosine, DinosRate) {
  const StepCosine rate{.base = 3e-3, .last = 2e-6, .steps = 20, .warmup_steps = 5};
  const double first[] = {0, 7.5e-4, 1.5e-3, 2.25e-3, 3e-3, 3e-3, 2.967243253e-3, 2.870404641e-3};
  for (int64_t step = 0; step < 8; ++step) {
    EXPECT_NEAR(cosine_at(rate, step), first[step], 5e-13) << step;
  }
  // From mpmath; a printed 3.475674651e-5 of the same schedule is off in its last digit.
  EXPECT_NEAR(cosine_at(rate, 19), 3.47567465000253487e-5, 1e-18);
}

TEST(StepCosine, DinosDecayAndMomentumRise) {
  const double decay[] = {0.04, 0.0422160987, 0.0488098271};
  const double momentum[] = {0.996, 0.9960246233, 0.9960978870};
  for (int64_t step = 0; step < 3; ++step) {
    EXPECT_NEAR(cosine_at({.base = 0.04, .last = 0.4, .steps = 20}, step), decay[step], 5e-11);
    EXPECT_NEAR(cosine_at({.base = 0.996, .last = 1, .steps = 20}, step), momentum[step], 5e-11);
  }
}

TEST(StepCosine, SupervisedRate) {
  const StepCosine rate{.base = 4e-3, .last = 1e-6, .steps = 93600, .warmup_steps = 6240};
  EXPECT_NEAR(cosine_at(rate, 1), 6.41128e-7, 5e-13);
  EXPECT_DOUBLE_EQ(cosine_at(rate, 6239), 4e-3);
  EXPECT_DOUBLE_EQ(cosine_at(rate, 6240), 4e-3);
  EXPECT_NEAR(cosine_at(rate, 50000), 1.994747614e-3, 5e-13);
}

TEST(StepCosine, OneStepOfWarmup) {
  EXPECT_EQ(cosine_at({.base = 1, .last = 0, .steps = 3, .warmup_steps = 1, .start = 0.25}, 0),
            0.25);
  EXPECT_EQ(cosine_at({.base = 1, .last = 0, .steps = 3, .warmup_steps = 1}, 1), 1);
}

}  // namespace
}  // namespace dyt::optim

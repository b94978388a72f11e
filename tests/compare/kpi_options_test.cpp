// SPDX-License-Identifier: Apache-2.0
// The limits as configuration: their bounds, and the rate at which stability is judged.
#include <gtest/gtest.h>

#include "dyt/compare/compare_options.h"
#include "dyt/core/error.h"
#include "tests/support/expect_error.h"

namespace dyt::compare {
namespace {

TEST(KpiOptions, TheRateOfStability) {
  CompareOptions options{.strip = {.lrs = {1e-3, 3e-3, 1e-2}}};
  EXPECT_EQ(stability_lr(options, 3e-3), 3e-3);
  EXPECT_EQ(stability_lr(options, 9e-3), 3e-3);  // the nearest not above
  EXPECT_EQ(stability_lr(options, 1), 1e-2);
  EXPECT_FALSE(stability_lr(options, 1e-4));
  options.kpi.stable_lr = 1e-2;
  EXPECT_EQ(stability_lr(options, 3e-3), 1e-2);
  options.strip.enabled = false;
  EXPECT_FALSE(stability_lr(options, 3e-3));
}

TEST(KpiOptions, ARateThatTheStripLacksIsAnError) {
  CompareOptions options;
  options.kpi.stable_lr = 0.02;
  testing::expect_error(core::ErrorKind::kUsage, "strip.lrs=0.001,0.003,0.01,0.03,0.02",
                        [&] { options.validate(); });
  options.kpi.stable_lr = 0.03;
  options.validate();
  options.kpi.stable_lr = 0.02;
  options.strip.enabled = false;  // then it is not measured
  options.validate();
}

TEST(KpiOptions, BadLimitsAreNamed) {
  CompareOptions options;
  const core::Fields fields = core::fields_of(options);
  for (const char* bad :
       {"kpi.accuracy_loss=-1", "kpi.step_time=-0.1", "kpi.memory=-1", "kpi.diverged=-1",
        "kpi.stability=101", "kpi.stable_lr=-1e-3", "kpi.memory=nan"}) {
    testing::expect_error(core::ErrorKind::kUsage, "from 0 to",
                          [&] { core::apply_override(fields, bad); });
  }
  testing::expect_error(core::ErrorKind::kUsage, "did you mean 'kpi.accuracy_loss'",
                        [&] { core::apply_override(fields, "kpi.acuracy_loss=1"); });
}

}  // namespace
}  // namespace dyt::compare

// SPDX-License-Identifier: Apache-2.0
// The diffusion process' tables and respacing against printed values of facebookresearch/DiT's.
#include "dyt/models/diffusion_schedule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"

namespace dyt::models {
namespace {

using testing::expect_error;

// All values are printed with eleven or twelve significant digits.
void expect_printed(double found, double printed) {
  EXPECT_NEAR(found, printed, 1e-10 * std::abs(printed));
}

TEST(DiffusionSchedule, PrintedValues) {
  const DiffusionSchedule s = linear_schedule();
  ASSERT_EQ(s.length(), 1000);
  EXPECT_EQ(s.betas[0], 1e-4);
  EXPECT_EQ(s.betas[999], 0.02);
  expect_printed(s.betas[1], 1.1991991992e-4);
  expect_printed(s.betas[500], 0.01005995996);
  expect_printed(s.alphas_bar[0], 0.9999);
  expect_printed(s.alphas_bar[500], 0.077796658365);
  expect_printed(s.alphas_bar[999], 4.03582976538e-5);
  expect_printed(s.posterior_variance[1], 5.4531876613e-5);
  expect_printed(s.posterior_log_variance_clipped[0], -9.8167251353);
  expect_printed(s.posterior_log_variance_clipped[1], -9.8167251353);
  expect_printed(s.posterior_log_variance_clipped[999], -3.9120238291);
  EXPECT_NEAR(s.posterior_mean_x0[0], 1, 1e-12);
  EXPECT_EQ(s.posterior_mean_xt[0], 0);
  expect_printed(s.posterior_mean_x0[1], 0.5452914995);
  expect_printed(s.posterior_mean_xt[1], 0.454708498991);
  expect_printed(s.sqrt_inverse_alphas_bar_minus_one[999], 157.40728081);
}

TEST(DiffusionSchedule, RespacedPrintedValues) {
  const DiffusionSchedule s = linear_schedule("250");
  ASSERT_EQ(s.length(), 250);
  expect_printed(s.betas[1], 5.99065564476e-4);
  expect_printed(s.betas[249], 0.0775193449924);
  expect_printed(s.posterior_log_variance_clipped[0], -9.3646281598);
}

TEST(DiffusionSchedule, RespacingKeepsTheProcess) {
  const DiffusionSchedule whole = linear_schedule();
  for (const char* respacing : {"250", "10", "ddim50", "10,15,20"}) {
    const DiffusionSchedule s = linear_schedule(respacing);
    for (size_t i = 0; i < s.steps.size(); ++i) {
      const double A = whole.alphas_bar[static_cast<size_t>(s.steps[i])];
      EXPECT_NEAR(s.alphas_bar[i], A, 1e-12 * A) << respacing << " " << i;
    }
  }
}

using Steps = std::vector<int64_t>;

TEST(KeptSteps, OneSection) {
  const Steps all = kept_steps("", 1000);
  EXPECT_EQ(all.size(), 1000U);
  EXPECT_EQ(all.back(), 999);
  const Steps kept = kept_steps("250", 1000);
  ASSERT_EQ(kept.size(), 250U);
  EXPECT_EQ(Steps(kept.begin(), kept.begin() + 3), (Steps{0, 4, 8}));
  EXPECT_EQ(Steps(kept.end() - 4, kept.end()), (Steps{987, 991, 995, 999}));
  EXPECT_EQ(kept_steps("10", 1000), (Steps{0, 111, 222, 333, 444, 555, 666, 777, 888, 999}));
  const Steps fifty = kept_steps("50", 1000);
  EXPECT_EQ(Steps(fifty.begin(), fifty.begin() + 4), (Steps{0, 20, 41, 61}));
  EXPECT_EQ(Steps(fifty.end() - 2, fifty.end()), (Steps{979, 999}));
  EXPECT_EQ(kept_steps("3", 4), (Steps{0, 2, 3})) << "1.5 goes to the even neighbour";
}

TEST(KeptSteps, Sections) {
  const Steps kept = kept_steps("10,15,20", 300);
  ASSERT_EQ(kept.size(), 45U);
  EXPECT_EQ(kept[0], 0);
  EXPECT_EQ(kept[9], 99);
  EXPECT_EQ(kept[10], 100);
  EXPECT_EQ(kept[24], 199);
  EXPECT_EQ(kept[25], 200);
  EXPECT_EQ(kept[44], 299);
  EXPECT_EQ(kept_steps("2,2,2", 10), (Steps{0, 3, 4, 6, 7, 9})) << "the first section is longer";
}

TEST(KeptSteps, Ddim) {
  const Steps kept = kept_steps("ddim50", 1000);
  ASSERT_EQ(kept.size(), 50U);
  EXPECT_EQ(kept[1], 20);
  EXPECT_EQ(kept.back(), 980);
  EXPECT_EQ(kept_steps("ddim3", 10), (Steps{0, 4, 8}));
}

TEST(KeptSteps, WhatDoesNotFit) {
  for (const char* text : {"ten", "10,", "0", "-3", "ddim", "ddimx", "2.5"}) {
    expect_error(core::ErrorKind::kUsage, "cannot be read", [&] { kept_steps(text, 1000); });
  }
  expect_error(core::ErrorKind::kUsage, "stride", [] { kept_steps("ddim51", 100); });
  expect_error(core::ErrorKind::kUsage, "fewer steps", [] { kept_steps("101", 100); });
  expect_error(core::ErrorKind::kUsage, "fewer than two", [] { linear_schedule("1"); });
  expect_error(core::ErrorKind::kUsage, "at least 21", [] { linear_betas(20); });
  expect_error(core::ErrorKind::kInternal, "out of order", [] {
    respaced_schedule(linear_betas(), {5, 3});
  });
}

}  // namespace
}  // namespace dyt::models

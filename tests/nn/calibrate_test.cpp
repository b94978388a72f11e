// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/nn/norm.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::nn {
namespace {

using testing::expect_error;
using testing::fill_values;

std::shared_ptr<Norm> slot(const std::string& text, Site site = Site::kFfn) {
  return make_norm(parse_norm_spec(text), 4, site, Layout::kChannelsLast, at::kDouble);
}

// Three slots, one of them visited twice, and a buffer that counts the forwards.
struct Chain : torch::nn::Module {
  explicit Chain(const std::string& text)
      : first(register_module("first", slot(text))),
        second(register_module("second", slot(text))),
        fixed(register_module("fixed", slot("dyt:alpha0=3", Site::kFinal))),
        visits(register_buffer("visits", torch::zeros({1}))) {}

  at::Tensor forward(const at::Tensor& x) {
    visits.add_(1);
    EXPECT_TRUE(is_training());
    EXPECT_FALSE(at::GradMode::is_enabled());
    const auto [y, sum] = first->forward_add(x, 2 * x);
    const at::Tensor again = first->forward(100 * x);
    return fixed->forward(skip_second ? y : second->forward(5 * y)) + again + sum;
  }

  std::shared_ptr<Norm> first, second, fixed;
  at::Tensor visits;
  bool skip_second = false;
};

double population_std(const at::Tensor& x) { return x.std(/*unbiased=*/false).item<double>(); }

const at::Tensor& input() {
  static const at::Tensor x = fill_values("x", {3, 5, 4}) + 1;
  return x;
}

TEST(Calibrate, EachSlotTakesItsFirstInputInOnePass) {
  auto chain = std::make_shared<Chain>("dyt:alpha0=auto");
  chain->eval();
  chain->first->eval();
  chain->second->train();  // modes may differ; they come back as they were
  int passes = 0;
  calibrate(*chain, [&] {
    ++passes;
    chain->forward(input());
  });
  EXPECT_EQ(passes, 1);
  const double first = 1 / population_std(3 * input());
  EXPECT_NEAR(chain->first->alpha().item<double>(), first, 1e-14) << "the sum, not 100 x";
  const double second = 1 / population_std(5 * (first * 3 * input()).tanh());
  EXPECT_NEAR(chain->second->alpha().item<double>(), second, 1e-14)
      << "the first slot's output with its measured alpha";
  EXPECT_EQ(chain->fixed->alpha().item<double>(), 3) << "a number stays";
  EXPECT_EQ(chain->visits.item<double>(), 0) << "buffers are restored";
  EXPECT_FALSE(chain->is_training());
  EXPECT_FALSE(chain->first->is_training());
  EXPECT_TRUE(chain->second->is_training());
  EXPECT_TRUE(at::GradMode::is_enabled());
}

TEST(Calibrate, BitsDoNotDependOnThreads) {
  const int threads = at::get_num_threads();
  const at::Tensor large = fill_values("large", {333, 257, 4});
  std::vector<double> alphas;
  for (const int count : {1, 2, 5}) {
    at::set_num_threads(count);
    const auto norm = slot("dyt:alpha0=auto");
    calibrate(*norm, [&] { norm->forward(large); });
    alphas.push_back(norm->alpha().item<double>());
  }
  at::set_num_threads(threads);
  EXPECT_EQ(alphas[0], alphas[1]);
  EXPECT_EQ(alphas[0], alphas[2]);
}

TEST(Calibrate, ClampsAlpha) {
  const auto norm = slot("derf:alpha0=auto");
  calibrate(*norm, [&] { norm->forward(1e3 * input()); });
  EXPECT_EQ(norm->alpha().item<double>(), 0.05);
  calibrate(*norm, [&] { norm->forward(1e-3 * input()); });
  EXPECT_EQ(norm->alpha().item<double>(), 20);
}

TEST(Calibrate, SitesWithANumberKeepIt) {
  const auto norm = slot("dyt:alpha0=auto:alpha0.final=0.7", Site::kFinal);
  calibrate(*norm, [] { FAIL() << "nothing to measure, nothing to run"; });
  EXPECT_EQ(norm->alpha().item<double>(), 0.7);
}

TEST(Calibrate, ErrorsNameTheSlot) {
  const auto usage = core::ErrorKind::kUsage;
  auto chain = std::make_shared<Chain>("dyt:alpha0=auto");
  const auto run = [&](const at::Tensor& x) { calibrate(*chain, [&, x] { chain->forward(x); }); };
  expect_error(usage, "norm slot first", [&] { run(torch::ones({2, 4}, at::kDouble)); });
  expect_error(usage, "a standard deviation of 0", [&] { run(torch::ones({2, 4}, at::kDouble)); });
  EXPECT_EQ(chain->visits.item<double>(), 0) << "restored after an error too";
  expect_error(usage, "a standard deviation of nan", [&] { run(input() / 0.0 * 0.0); });
  chain->skip_second = true;
  expect_error(usage, "norm slot second", [&] { run(input()); });
  expect_error(usage, "never reached", [&] { run(input()); });
  expect_error(usage, "alpha0.ffn=0.5", [&] { run(input()); });
  const at::Tensor before = chain->first->alpha().clone();
  const at::NoGradGuard no_grad;
  chain->first->forward(7 * input());
  EXPECT_TRUE(at::equal(chain->first->alpha(), before)) << "no slot keeps waiting after an error";
}

}  // namespace
}  // namespace dyt::nn

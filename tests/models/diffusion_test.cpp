// SPDX-License-Identifier: Apache-2.0
// Diffusion losses, sampling steps and guidance with the small DiT of the conformance vectors,
// against printed values of facebookresearch/DiT's.
#include "dyt/models/diffusion.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <cmath>
#include <numbers>

#include "dyt/models/diffusion_sampling.h"
#include "tests/models/dit_case.h"
#include "tests/support/expect_error.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;
using testing::filled_dit;
using testing::PrintedOutput;
using testing::tiny_dit;

constexpr double kEightDigits = 5e-9;  // half a unit of the last printed digit

const std::vector<int64_t> kShape = {2, 4, 8, 8};

TEST(Diffusion, PrintedLosses) {
  struct Case {
    std::string norm;
    std::vector<int64_t> t;
    double vb[2], mse[2];
  };
  const Case cases[] = {
      {"layer_norm", {0, 999}, {2.49817806, 0.01630459}, {1.03817422, 1.10749945}},
      {"dyt", {0, 999}, {2.05006294, 0.00831299}, {0.57855083, 0.56466528}},
      {"layer_norm", {3, 500}, {0.24197132, 0.00912095}, {0.80931456, 1.14678687}},
      {"dyt", {3, 500}, {0.13989674, 0.00656099}, {0.47222297, 0.82496216}},
  };
  const DiffusionSchedule schedule = linear_schedule();
  const at::Tensor x_0 = fill_values("x", kShape), noise = fill_values("noise", kShape);
  const at::NoGradGuard no_grad;
  for (const Case& c : cases) {
    const auto model = filled_dit(tiny_dit(c.norm), 0.3);
    const at::Tensor t = torch::tensor(c.t);
    const at::Tensor x_t = noised(schedule, x_0, t, noise);
    const at::Tensor output = model->forward(x_t, t, torch::tensor({3, 4}));
    const DiffusionLosses losses = diffusion_losses(schedule, output, x_0, x_t, t, noise);
    for (int i = 0; i < 2; ++i) {
      // Steps 0 and 3: every printed digit holds.
      const double share = c.t[i] < 10 ? 0 : testing::WaveBounds().values;
      EXPECT_NEAR(losses.vb[i].item<double>(), c.vb[i], kEightDigits + share * c.vb[i])
          << c.norm << c.t[i];
      EXPECT_NEAR(losses.mse[i].item<double>(), c.mse[i], kEightDigits + share * c.mse[i])
          << c.norm << c.t[i];
    }
    EXPECT_TRUE(at::equal(losses.total, losses.mse + losses.vb));
  }
}

TEST(Diffusion, TheBoundTeachesTheVariancesAlone) {
  const DiffusionSchedule schedule = linear_schedule();
  const at::Tensor x_0 = fill_values("x", kShape), noise = fill_values("noise", kShape);
  const at::Tensor t = torch::tensor({0, 500});
  const at::Tensor x_t = noised(schedule, x_0, t, noise);
  const at::Tensor output = fill_values("output", {2, 8, 8, 8}).requires_grad_();
  const DiffusionLosses losses = diffusion_losses(schedule, output, x_0, x_t, t, noise);
  const auto gradient = [&](const at::Tensor& loss) {
    return torch::autograd::grad({loss.sum()}, {output}, {}, /*retain_graph=*/true)[0];
  };
  const auto largest = [](const at::Tensor& part) { return part.abs().max().item<double>(); };
  const at::Tensor of_vb = gradient(losses.vb), of_mse = gradient(losses.mse);
  EXPECT_EQ(largest(of_vb.slice(1, 0, 4)), 0);
  EXPECT_GT(largest(of_vb.slice(1, 4)), 0);
  EXPECT_GT(largest(of_mse.slice(1, 0, 4)), 0);
  EXPECT_EQ(largest(of_mse.slice(1, 4)), 0);
}

TEST(Diffusion, TheTruePosteriorHasNoDivergence) {
  const DiffusionSchedule schedule = linear_schedule();
  const at::Tensor x_0 = fill_values("x", kShape), noise = fill_values("noise", kShape);
  const at::Tensor t = torch::tensor({3, 500});
  const at::Tensor x_t = noised(schedule, x_0, t, noise);
  // v = -1 is the lower bound, the posterior's own variance.
  const at::Tensor output = torch::cat({noise, -torch::ones_like(noise)}, 1);
  const DiffusionLosses losses = diffusion_losses(schedule, output, x_0, x_t, t, noise);
  EXPECT_LE(losses.total.abs().max().item<double>(), 1e-7);  // the tables are rounded to float32
}

// Black and white pixels own all that lies beyond them; others 1/255 to each side.
TEST(Diffusion, LikelihoodOfTheOutermostLevels) {
  const DiffusionSchedule schedule = linear_schedule();
  const at::Tensor t = torch::tensor({0}), zero = torch::zeros({1, 1, 1, 1}, at::kDouble);
  const double std = std::exp(0.5 * schedule.posterior_log_variance_clipped[0]);  // v = -1
  const auto below = [](double z) {
    return 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (z + 0.044715 * z * z * z)));
  };
  const double half = 1.0 / 255;
  for (const double x : {-1.0, -0.5, 0.25, 1.0}) {
    const double miss = 0.3 * half;  // the predicted mean is c1 times the predicted x_0, c1 = 1
    const at::Tensor x_0 = zero + x;
    const at::Tensor x_t = (x_0 - miss) * schedule.sqrt_alphas_bar[0];
    const at::Tensor output = torch::cat({zero, zero - 1}, 1).requires_grad_();
    const at::Tensor vb = diffusion_losses(schedule, output, x_0, x_t, t, zero).vb;
    const double upper = below((miss + half) / std), lower = below((miss - half) / std);
    const double probability = x < -0.999 ? upper : x > 0.999 ? 1 - lower : upper - lower;
    EXPECT_NEAR(vb.item<double>(), -std::log2(probability), 1e-4) << x;  // float32 tables
    vb.sum().backward();
    EXPECT_TRUE(output.grad().isfinite().all().item<bool>()) << x;
  }
}

TEST(Diffusion, WithoutVariancesTheLossIsTheErrorAlone) {
  const DiffusionSchedule schedule = linear_schedule();
  const at::Tensor x_0 = fill_values("x", kShape), noise = fill_values("noise", kShape);
  const at::Tensor t = torch::tensor({0, 500});
  const at::Tensor x_t = noised(schedule, x_0, t, noise);
  const DiffusionLosses losses = diffusion_losses(schedule, noise * 0, x_0, x_t, t, noise);
  EXPECT_FALSE(losses.vb.defined());
  EXPECT_TRUE(at::equal(losses.total, noise.square().flatten(1).mean(1)));
  const StepPrediction step = predict_step(schedule, noise, x_t, t, false);
  EXPECT_NEAR(step.previous.log_variance[1].item<double>(), schedule.log_betas[500], 1e-6);
  EXPECT_NEAR(step.previous.log_variance[0].item<double>(),
              schedule.posterior_log_variance_clipped[1], 1e-6);
  EXPECT_LE((step.x_0 - x_0).abs().max().item<double>(), 1e-5);
  EXPECT_LE(predict_step(schedule, noise * 9, x_t, t, true).x_0.abs().max().item<double>(), 1);
}

TEST(Diffusion, OutputOfAnotherShape) {
  const at::Tensor x = torch::zeros(kShape);
  expect_error(core::ErrorKind::kUsage, "no predicted noise", [&] {
    predict_step(linear_schedule(), torch::zeros({2, 6, 8, 8}), x, torch::tensor({1, 2}), false);
  });
}

TEST(Sampling, PrintedSteps) {
  const DiffusionSchedule schedule = linear_schedule("10");
  const at::Tensor x = fill_values("x", kShape), z = fill_values("z", kShape);
  const at::Tensor t = torch::tensor({5, 0}), steps = original_steps(schedule, t);
  const at::NoGradGuard no_grad;
  // The last value belongs to step 0, where every printed digit must hold.
  for (const auto& [c, last] :
       {std::pair(PrintedOutput{"layer_norm", -32.4793403855, {-0.3587354597, 1.6588405357}},
                  -0.6889773462),
        std::pair(PrintedOutput{"dyt", -3.7220431999, {0.5917949117, 2.4530048938}},
                  -0.6796996022)}) {
    const auto model = filled_dit(tiny_dit(c.name), 0.3);
    const at::Tensor next =
        ddpm_step(schedule, model->forward(x, steps, torch::tensor({3, 4})), x, t, z);
    c.expect(next);
    EXPECT_NEAR(next.flatten()[-1].item<double>(), last, testing::kPrintedDigits) << c.name;
  }
  for (const PrintedOutput& c :
       {PrintedOutput{"layer_norm", -22.7389335015, {0.0250991250, 1.4535180203}},
        PrintedOutput{"dyt", -4.0450033996, {0.6410600317, 1.9663282934}}}) {
    const auto model = filled_dit(tiny_dit(c.name), 0.3);
    c.expect(ddim_step(schedule, model->forward(x, steps, torch::tensor({3, 4})), x, t));
  }
}

TEST(Sampling, PrintedGuidance) {
  const at::Tensor x = fill_values("x", kShape);
  const at::NoGradGuard no_grad;
  for (const PrintedOutput& c :
       {PrintedOutput{"layer_norm", -125.5431691418, {1.3495636086, 0.5440012882}, -0.0403086911},
        PrintedOutput{"dyt", -73.0272894509, {0.2456462805, -0.7626084012}, -0.0648995120}}) {
    const auto model = filled_dit(tiny_dit(c.name), 0.3);
    const Denoiser network = [&](const at::Tensor& input, const at::Tensor& steps) {
      return model->forward(input, steps, torch::tensor({3, 4, 10, 10}));
    };
    // What stands in the second half of x must not matter.
    const at::Tensor both = torch::cat({x, x * 7}), t = torch::full({4}, 500);
    c.expect(guided(network, 4.0, kUpstreamGuidedChannels)(both, t));
  }
}

TEST(Sampling, GuidanceOnAllChannels) {
  const at::Tensor output = fill_values("output", {4, 8, 3, 3});
  const at::Tensor all = apply_guidance(output, 3.0, 4);
  const at::Tensor with_class = output.slice(0, 0, 2), without = output.slice(0, 2);
  const at::Tensor expected = (without + 3.0 * (with_class - without)).slice(1, 0, 4);
  EXPECT_TRUE(at::equal(all.slice(0, 0, 2).slice(1, 0, 4), expected));
  EXPECT_TRUE(at::equal(all.slice(0, 2).slice(1, 0, 4), expected));
  EXPECT_TRUE(at::equal(all.slice(1, 4), output.slice(1, 4)));
  EXPECT_LE((apply_guidance(output, 1.0, 4).slice(0, 0, 2) - with_class).abs().max().item<double>(),
            1e-15)
      << "scale 1 is no guidance";
  expect_error(core::ErrorKind::kUsage, "two halves",
               [&] { apply_guidance(output.slice(0, 0, 3), 2.0, 4); });
  expect_error(core::ErrorKind::kUsage, "two halves", [&] { apply_guidance(output, 2.0, 9); });
}

TEST(Sampling, LoopsVisitTheKeptStepsDownwards) {
  const DiffusionSchedule schedule = linear_schedule("4");
  std::vector<int64_t> told, asked;
  const Denoiser denoiser = [&](const at::Tensor& x, const at::Tensor& steps) {
    told.push_back(steps[1].item<int64_t>());
    return x * 0.5;
  };
  const StepNoise noise = [&](int64_t index) {
    asked.push_back(index);
    return fill_values("z" + std::to_string(index), kShape);
  };
  const at::Tensor x = fill_values("x", kShape);
  const at::Tensor sample = sample_ddpm(schedule, denoiser, x, noise);
  EXPECT_EQ(told, (std::vector<int64_t>{999, 666, 333, 0}));
  EXPECT_EQ(asked, (std::vector<int64_t>{3, 2, 1}));

  at::Tensor by_hand = x;
  for (int64_t index = 3; index >= 0; --index) {
    const at::Tensor t = torch::full({2}, index);
    const at::Tensor z = fill_values("z" + std::to_string(index), kShape);
    by_hand = ddpm_step(schedule, by_hand * 0.5, by_hand, t, z);
  }
  EXPECT_TRUE(at::equal(sample, by_hand));

  asked.clear();
  sample_ddim(schedule, denoiser, x, nullptr);
  sample_ddim(schedule, denoiser, x, noise, {.eta = 0});
  EXPECT_TRUE(asked.empty()) << "nothing in it is random";
  sample_ddim(schedule, denoiser, x, noise, {.eta = 1});
  EXPECT_EQ(asked.size(), 3U);
  expect_error(core::ErrorKind::kUsage, "source of noise",
               [&] { sample_ddpm(schedule, denoiser, x, nullptr); });
}

// With the true noise as the network's output the deterministic steps lead back to x_0.
TEST(Sampling, DdimInvertsTheProcess) {
  const DiffusionSchedule schedule = linear_schedule("20");
  const at::Tensor x_0 = fill_values("x", kShape), noise = fill_values("noise", kShape);
  const at::Tensor last = noised(schedule, x_0, torch::full({2}, 19), noise);
  const Denoiser oracle = [&](const at::Tensor&, const at::Tensor&) { return noise; };
  const at::Tensor sample = sample_ddim(schedule, oracle, last, nullptr);
  EXPECT_LE((sample - x_0).abs().max().item<double>(), 2e-4);  // float32 tables, times 157
}

TEST(Sampling, DdimWithEtaOneHasThePosteriorsVariance) {
  const DiffusionSchedule schedule = linear_schedule("50");
  const at::Tensor x = fill_values("x", kShape), z = fill_values("z", kShape);
  const at::Tensor t = torch::tensor({30, 7});
  const at::Tensor spread = ddim_step(schedule, x * 0.1, x, t, 1, z) -
                            ddim_step(schedule, x * 0.1, x, t, 1, torch::zeros_like(z));
  for (int i = 0; i < 2; ++i) {
    const auto index = static_cast<size_t>(t[i].item<int64_t>());
    const double std = std::sqrt(schedule.posterior_variance[index]);
    EXPECT_LE((spread[i] - std * z[i]).abs().max().item<double>(), 1e-5 * std);
  }
}

TEST(Sampling, Pixels) {
  const at::Tensor values = torch::tensor({-2.0, -1.0, -0.996, 0.0, 0.5, 1.0, 3.0});
  const at::Tensor expected = torch::tensor({0, 0, 1, 128, 191, 255, 255}, torch::kByte);
  EXPECT_TRUE(at::equal(to_pixels(values), expected));
}

}  // namespace
}  // namespace dyt::models

// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/diffusion.h"

#include <ATen/ops/where.h>

#include <cmath>
#include <numbers>
#include <sstream>

#include "dyt/core/error.h"
#include "dyt/models/diffusion_table.h"

namespace dyt::models {
namespace {

constexpr double kHalfLevel = 1.0 / 255;      // of 256 levels over [-1, 1]
constexpr double kLowestProbability = 1e-12;  // before its logarithm is taken
constexpr double kOutermost = 0.999;          // beyond it a level goes on to infinity

struct NetworkOutput {
  at::Tensor noise, raw_variance;  // raw_variance: undefined where the network has none
};

NetworkOutput split_output(const at::Tensor& output, const at::Tensor& x) {
  const int64_t C = x.size(1);
  if (output.dim() == 4 && output.size(1) == 2 * C) {
    return {output.slice(1, 0, C), output.slice(1, C)};
  }
  if (output.dim() == 4 && output.size(1) == C) {
    return {output, at::Tensor()};
  }
  std::ostringstream found;
  found << output.sizes();
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = "a network's output that is no predicted noise",
       .expected = "(B, C, H, W) or, with variances, (B, 2C, H, W) of C = " + std::to_string(C),
       .found = found.str()});
}

at::Tensor predicted_log_variance(const DiffusionSchedule& schedule, const at::Tensor& raw_variance,
                                  const at::Tensor& t) {
  if (!raw_variance.defined()) {
    return at_steps(schedule.fixed_large_log_variance, t);
  }
  const at::Tensor low = at_steps(schedule.posterior_log_variance_clipped, t);
  const at::Tensor high = at_steps(schedule.log_betas, t);
  const at::Tensor f = (raw_variance + 1) / 2;
  return f * high + (1 - f) * low;
}

StepPrediction predict(const DiffusionSchedule& schedule, const NetworkOutput& output,
                       const at::Tensor& x_t, const at::Tensor& t, bool clip_x0) {
  at::Tensor x_0 = at_steps(schedule.sqrt_inverse_alphas_bar, t) * x_t -
                   at_steps(schedule.sqrt_inverse_alphas_bar_minus_one, t) * output.noise;
  if (clip_x0) {
    x_0 = x_0.clamp(-1, 1);
  }
  const at::Tensor mean = posterior(schedule, x_0, x_t, t).mean;
  return {x_0, {mean, predicted_log_variance(schedule, output.raw_variance, t)}};
}

// KL(p || q), elementwise, in nats.
at::Tensor divergence(const Gaussian& p, const Gaussian& q) {
  const at::Tensor log_ratio = q.log_variance - p.log_variance;
  const at::Tensor distance = (p.mean - q.mean).square() * (-q.log_variance).exp();
  return 0.5 * (log_ratio - 1 + (-log_ratio).exp() + distance);
}

// Phi(z) by the tanh form, with which upstream was trained.
at::Tensor normal_cdf(const at::Tensor& z) {
  return 0.5 * (1 + (std::sqrt(2 / std::numbers::pi) * (z + 0.044715 * z.pow(3))).tanh());
}

// ln of the probability that `p` gives to x's level, elementwise.
at::Tensor level_log_likelihood(const at::Tensor& x, const Gaussian& p) {
  const at::Tensor centred = x - p.mean;
  const at::Tensor inverse_std = (-0.5 * p.log_variance).exp();
  const at::Tensor below_upper = normal_cdf((centred + kHalfLevel) * inverse_std);
  const at::Tensor below_lower = normal_cdf((centred - kHalfLevel) * inverse_std);
  const auto safe_log = [](const at::Tensor& probability) {
    return probability.clamp_min(kLowestProbability).log();
  };
  const at::Tensor inner =
      at::where(x > kOutermost, safe_log(1 - below_lower), safe_log(below_upper - below_lower));
  return at::where(x < -kOutermost, safe_log(below_upper), inner);
}

at::Tensor per_sample_mean(const at::Tensor& values) { return values.flatten(1).mean(1); }

at::Tensor variational_bound(const DiffusionSchedule& schedule, const NetworkOutput& output,
                             const at::Tensor& x_0, const at::Tensor& x_t, const at::Tensor& t) {
  const NetworkOutput frozen{output.noise.detach(), output.raw_variance};
  const Gaussian predicted = predict(schedule, frozen, x_t, t, /*clip_x0=*/false).previous;
  const at::Tensor kl = divergence(posterior(schedule, x_0, x_t, t), predicted);
  const at::Tensor nll = -level_log_likelihood(x_0, predicted);
  return at::where(t == 0, per_sample_mean(nll), per_sample_mean(kl)) / std::log(2.0);
}

}  // namespace

at::Tensor at_steps(const std::vector<double>& table, const at::Tensor& t) {
  const at::Tensor values = table_tensor(table).to(t.device());
  return values.index_select(0, t).to(at::kFloat).reshape({-1, 1, 1, 1});
}

at::Tensor original_steps(const DiffusionSchedule& schedule, const at::Tensor& t) {
  return table_tensor(schedule.steps).to(t.device()).index_select(0, t);
}

at::Tensor noised(const DiffusionSchedule& schedule, const at::Tensor& x_0, const at::Tensor& t,
                  const at::Tensor& noise) {
  return at_steps(schedule.sqrt_alphas_bar, t) * x_0 +
         at_steps(schedule.sqrt_one_minus_alphas_bar, t) * noise;
}

Gaussian posterior(const DiffusionSchedule& schedule, const at::Tensor& x_0, const at::Tensor& x_t,
                   const at::Tensor& t) {
  return {
      at_steps(schedule.posterior_mean_x0, t) * x_0 + at_steps(schedule.posterior_mean_xt, t) * x_t,
      at_steps(schedule.posterior_log_variance_clipped, t)};
}

StepPrediction predict_step(const DiffusionSchedule& schedule, const at::Tensor& output,
                            const at::Tensor& x_t, const at::Tensor& t, bool clip_x0) {
  return predict(schedule, split_output(output, x_t), x_t, t, clip_x0);
}

DiffusionLosses diffusion_losses(const DiffusionSchedule& schedule, const at::Tensor& output,
                                 const at::Tensor& x_0, const at::Tensor& x_t, const at::Tensor& t,
                                 const at::Tensor& noise) {
  const NetworkOutput parts = split_output(output, x_t);
  DiffusionLosses losses{.mse = per_sample_mean((noise - parts.noise).square())};
  losses.total = losses.mse;
  if (parts.raw_variance.defined()) {
    losses.vb = variational_bound(schedule, parts, x_0, x_t, t);
    losses.total = losses.mse + losses.vb;
  }
  return losses;
}

}  // namespace dyt::models

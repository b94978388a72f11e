// SPDX-License-Identifier: Apache-2.0
// Gaussian diffusion with a network that predicts noise and, as raw values between the two natural
// bounds, variances (Ho et al., arXiv 2006.11239; Nichol, Dhariwal, arXiv 2102.09672), as
// facebookresearch/DiT of June 2023 has it. Pure functions: noise comes from the caller, the
// network's output as a tensor.
//
//   const DiffusionSchedule schedule = linear_schedule();
//   const at::Tensor x_t = noised(schedule, x_0, t, noise);
//   const at::Tensor output = model->forward(x_t, original_steps(schedule, t), labels);
//   diffusion_losses(schedule, output, x_0, x_t, t, noise).total.mean().backward();
//
// x_0, x_t and noise are (B, C, H, W); t is (B) int64, indices of the schedule, on any device.
// Table values are rounded to float32, as upstream; the result has the wider of that type and x's.
#pragma once

#include <ATen/core/Tensor.h>

#include "dyt/models/diffusion_schedule.h"

namespace dyt::models {

// The schedule's `steps` at t, (B) int64 on t's device: what the network is told.
at::Tensor original_steps(const DiffusionSchedule& schedule, const at::Tensor& t);

// x_t = sqrt(A) x_0 + sqrt(1 - A) noise
at::Tensor noised(const DiffusionSchedule& schedule, const at::Tensor& x_0, const at::Tensor& t,
                  const at::Tensor& noise);

struct Gaussian {
  at::Tensor mean, log_variance;  // (B, C, H, W), or (B, 1, 1, 1) for a variance of t alone
};

// q(x_{t-1} | x_t, x_0), its log variance clipped at index 0.
Gaussian posterior(const DiffusionSchedule& schedule, const at::Tensor& x_0, const at::Tensor& x_t,
                   const at::Tensor& t);

struct StepPrediction {
  at::Tensor x_0;     // what the predicted noise makes of x_t
  Gaussian previous;  // p(x_{t-1} | x_t)
};

// output (B, 2C, H, W): noise, then v; the log variance is f log(beta) + (1 - f) (the posterior's
// clipped one), f = (v + 1) / 2 without bounds. Output (B, C, H, W): noise alone, the variance is
// beta. clip_x0: the predicted x_0 is cut to [-1, 1], for pixels, not for latents. Error(kUsage) on
// another number of channels.
StepPrediction predict_step(const DiffusionSchedule& schedule, const at::Tensor& output,
                            const at::Tensor& x_t, const at::Tensor& t, bool clip_x0);

struct DiffusionLosses {
  at::Tensor mse;    // (B): mean over C, H, W of (noise - predicted noise)^2
  at::Tensor vb;     // (B): variational bound in bits per element; undefined without variances
  at::Tensor total;  // (B): mse + vb
};

// vb is the divergence of the predicted step from the posterior or, at index 0, the negative log
// likelihood of x_0 in 256 levels over [-1, 1]; the predicted noise is detached in it, so that only
// the variances learn from it.
DiffusionLosses diffusion_losses(const DiffusionSchedule& schedule, const at::Tensor& output,
                                 const at::Tensor& x_0, const at::Tensor& x_t, const at::Tensor& t,
                                 const at::Tensor& noise);

}  // namespace dyt::models

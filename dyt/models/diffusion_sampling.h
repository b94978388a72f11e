// SPDX-License-Identifier: Apache-2.0
// Drawing samples by a diffusion process backwards: ancestral steps (DDPM, Ho et al., arXiv
// 2006.11239), implicit ones (DDIM, Song et al., arXiv 2010.02502), and classifier-free guidance
// (Ho, Salimans, arXiv 2207.12598), as facebookresearch/DiT of June 2023 has them.
//
//   const DiffusionSchedule schedule = linear_schedule("250");
//   const auto network = [&](const at::Tensor& x, const at::Tensor& steps) {
//     return model->forward(x, steps, labels);     // labels [y; K] for a guided batch
//   };
//   const at::Tensor both = sample_ddpm(schedule, guided(network, 4.0, kUpstreamGuidedChannels),
//                                       at::cat({z, z}), noise, {});
//   const at::Tensor samples = both.chunk(2)[0];
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "dyt/models/diffusion_schedule.h"

namespace dyt::models {

// x (B, C, H, W) and the ORIGINAL process' steps (B) int64 -> (B, C or 2C, H, W), see predict_step.
using Denoiser = std::function<at::Tensor(const at::Tensor& x, const at::Tensor& steps)>;

// The normal noise of the schedule's step `index`, shaped as x.
using StepNoise = std::function<at::Tensor(int64_t index)>;

// One step back, x_t -> x_{t-1}: mean + exp(log variance / 2) noise, without noise where t is 0.
// `noise` may be undefined where all of t is 0.
at::Tensor ddpm_step(const DiffusionSchedule& schedule, const at::Tensor& output,
                     const at::Tensor& x_t, const at::Tensor& t, const at::Tensor& noise,
                     bool clip_x0 = false);

// sqrt(A_prev) x_0 + sqrt(1 - A_prev - s^2) e + s noise, with the predicted x_0, the noise e that
// it implies, s = eta sqrt((1 - A_prev) / (1 - A)) sqrt(1 - A / A_prev); without noise where t is
// 0. With eta 0 nothing is random and `noise` may be undefined.
at::Tensor ddim_step(const DiffusionSchedule& schedule, const at::Tensor& output,
                     const at::Tensor& x_t, const at::Tensor& t, double eta = 0,
                     const at::Tensor& noise = {}, bool clip_x0 = false);

struct SamplingOptions {
  bool clip_x0 = false;  // the predicted x_0 cut to [-1, 1]: for pixels
  double eta = 0;        // of DDIM
};

// From x, normal noise, by all steps of the schedule from the last to the first. `noise` is asked
// once for every step but index 0, from the last on; for DDIM only with eta > 0. Error(kUsage)
// where it is wanted and null. Wrap the call in NoGradGuard: it keeps the graph of every step
// otherwise.
at::Tensor sample_ddpm(const DiffusionSchedule& schedule, const Denoiser& denoiser, at::Tensor x,
                       const StepNoise& noise, const SamplingOptions& options = {});
at::Tensor sample_ddim(const DiffusionSchedule& schedule, const Denoiser& denoiser, at::Tensor x,
                       const StepNoise& noise, const SamplingOptions& options = {});

// Upstream guides three channels of the noise, also of latents that have four.
inline constexpr int64_t kUpstreamGuidedChannels = 3;

// output (2B, ...), the first half with classes, the second without: in the first `channels`
// channels both halves become e_null + scale (e_class - e_null), the rest stays. Error(kUsage) on
// an odd batch or more channels than there are.
at::Tensor apply_guidance(const at::Tensor& output, double scale, int64_t channels);

// The network called with the first half of x in both halves, so that they see the same x at every
// step, and guided. Its x is (2B, C, H, W); `channels` = C guides all of the noise.
Denoiser guided(Denoiser network, double scale, int64_t channels);

// [-1, 1] -> uint8: 127.5 x + 128 cut to 0 .. 255, the rest cut off. Any shape.
at::Tensor to_pixels(const at::Tensor& images);

}  // namespace dyt::models

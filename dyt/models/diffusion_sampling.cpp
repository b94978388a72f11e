// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/diffusion_sampling.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include <cmath>
#include <string>

#include "dyt/core/error.h"
#include "dyt/models/diffusion.h"
#include "dyt/models/diffusion_table.h"

namespace dyt::models {
namespace {

// 0 for the samples that are at their last step.
at::Tensor not_at_the_end(const at::Tensor& t, const at::Tensor& x) {
  return (t != 0).to(x.scalar_type()).reshape({-1, 1, 1, 1});
}

using Step = std::function<at::Tensor(const at::Tensor& output, const at::Tensor& x,
                                      const at::Tensor& t, const at::Tensor& noise)>;

// `noise` is null where the steps want none.
at::Tensor run_steps(const DiffusionSchedule& schedule, const Denoiser& denoiser, at::Tensor x,
                     const StepNoise* noise, const Step& step) {
  if (noise != nullptr && !*noise) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "sampling without a source of noise"});
  }
  for (int64_t index = schedule.length() - 1; index >= 0; --index) {
    const at::Tensor t = at::full({x.size(0)}, index, x.options().dtype(at::kLong));
    const at::Tensor output = denoiser(x, original_steps(schedule, t));
    const bool random = noise != nullptr && index > 0;
    x = step(output, x, t, random ? (*noise)(index) : at::Tensor());
  }
  return x;
}

void check_guidance(const at::Tensor& output, int64_t channels) {
  if (output.dim() != 4 || output.size(0) % 2 != 0 || channels < 1 || channels > output.size(1)) {
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "guidance needs a batch of two halves, with classes and without",
         .expected = "an even batch of at least " + std::to_string(channels) + " channels",
         .found = output.dim() != 4 ? std::to_string(output.dim()) + " dimensions"
                                    : std::to_string(output.size(0)) + " samples of " +
                                          std::to_string(output.size(1)) + " channels"});
  }
}

}  // namespace

at::Tensor ddpm_step(const DiffusionSchedule& schedule, const at::Tensor& output,
                     const at::Tensor& x_t, const at::Tensor& t, const at::Tensor& noise,
                     bool clip_x0) {
  const Gaussian previous = predict_step(schedule, output, x_t, t, clip_x0).previous;
  if (!noise.defined()) {
    return previous.mean;
  }
  const at::Tensor std = (0.5 * previous.log_variance).exp();
  return previous.mean + not_at_the_end(t, x_t) * std * noise;
}

at::Tensor ddim_step(const DiffusionSchedule& schedule, const at::Tensor& output,
                     const at::Tensor& x_t, const at::Tensor& t, double eta,
                     const at::Tensor& noise, bool clip_x0) {
  const at::Tensor x_0 = predict_step(schedule, output, x_t, t, clip_x0).x_0;
  const at::Tensor implied = (at_steps(schedule.sqrt_inverse_alphas_bar, t) * x_t - x_0) /
                             at_steps(schedule.sqrt_inverse_alphas_bar_minus_one, t);
  const at::Tensor A = at_steps(schedule.alphas_bar, t);
  const at::Tensor A_prev = at_steps(schedule.alphas_bar_prev, t);
  const at::Tensor s = eta * ((1 - A_prev) / (1 - A)).sqrt() * (1 - A / A_prev).sqrt();
  const at::Tensor mean = A_prev.sqrt() * x_0 + (1 - A_prev - s.square()).sqrt() * implied;
  return eta == 0 || !noise.defined() ? mean : mean + not_at_the_end(t, x_t) * s * noise;
}

at::Tensor sample_ddpm(const DiffusionSchedule& schedule, const Denoiser& denoiser, at::Tensor x,
                       const StepNoise& noise, const SamplingOptions& options) {
  return run_steps(
      schedule, denoiser, std::move(x), &noise,
      [&](const at::Tensor& output, const at::Tensor& x_t, const at::Tensor& t,
          const at::Tensor& z) { return ddpm_step(schedule, output, x_t, t, z, options.clip_x0); });
}

at::Tensor sample_ddim(const DiffusionSchedule& schedule, const Denoiser& denoiser, at::Tensor x,
                       const StepNoise& noise, const SamplingOptions& options) {
  return run_steps(schedule, denoiser, std::move(x), options.eta > 0 ? &noise : nullptr,
                   [&](const at::Tensor& output, const at::Tensor& x_t, const at::Tensor& t,
                       const at::Tensor& z) {
                     return ddim_step(schedule, output, x_t, t, options.eta, z, options.clip_x0);
                   });
}

at::Tensor apply_guidance(const at::Tensor& output, double scale, int64_t channels) {
  check_guidance(output, channels);
  const std::vector<at::Tensor> halves = output.slice(1, 0, channels).chunk(2);
  const at::Tensor noise = halves[1] + scale * (halves[0] - halves[1]);
  return at::cat({at::cat({noise, noise}), output.slice(1, channels)}, 1);
}

Denoiser guided(Denoiser network, double scale, int64_t channels) {
  return [network = std::move(network), scale, channels](const at::Tensor& x,
                                                         const at::Tensor& steps) {
    const at::Tensor first = x.slice(0, 0, x.size(0) / 2);
    return apply_guidance(network(at::cat({first, first}), steps), scale, channels);
  };
}

at::Tensor to_pixels(const at::Tensor& images) {
  return (images * 127.5 + 128).clamp(0, 255).to(at::kByte);
}

}  // namespace dyt::models

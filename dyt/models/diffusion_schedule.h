// SPDX-License-Identifier: Apache-2.0
// The noise schedule of Gaussian diffusion (Ho et al., arXiv 2006.11239) as tables in float64, and
// its respacing to fewer steps (Nichol, Dhariwal, arXiv 2102.09672); the rules of
// facebookresearch/DiT of June 2023.
//
//   const DiffusionSchedule training = linear_schedule();          // 1000 steps
//   const DiffusionSchedule sampling = linear_schedule("250");     // 250 of them
//   sampling.steps[0], sampling.steps[249];                        // 0, 999
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace dyt::models {

// All tables by index 0 .. length() - 1, in float64. beta: variance of the noise that a step adds;
// A = product of 1 - beta up to and with the step; A_prev the same without it (1 at index 0).
struct DiffusionSchedule {
  std::vector<int64_t> steps;  // the original process' step, which the network is told

  std::vector<double> betas, log_betas;
  std::vector<double> alphas_bar, alphas_bar_prev;        // A, A_prev
  std::vector<double> sqrt_alphas_bar;                    // sqrt(A)
  std::vector<double> sqrt_one_minus_alphas_bar;          // sqrt(1 - A)
  std::vector<double> sqrt_inverse_alphas_bar;            // sqrt(1 / A)
  std::vector<double> sqrt_inverse_alphas_bar_minus_one;  // sqrt(1 / A - 1)

  // q(x_{t-1} | x_t, x_0) = N(c1 x_0 + c2 x_t, variance)
  std::vector<double> posterior_mean_x0;               // c1 = beta sqrt(A_prev) / (1 - A)
  std::vector<double> posterior_mean_xt;               // c2 = (1 - A_prev) sqrt(1 - beta) / (1 - A)
  std::vector<double> posterior_variance;              // beta (1 - A_prev) / (1 - A)
  std::vector<double> posterior_log_variance_clipped;  // its log; at 0, where it is 0, that of 1
  std::vector<double> fixed_large_log_variance;        // log beta; at 0 the clipped one

  int64_t length() const { return static_cast<int64_t>(steps.size()); }
};

// beta from 1e-4 to 0.02 in equal steps, both included; for another number of steps both times 1000
// / steps. Error(kUsage) below 21 steps, where a beta would reach 1.
std::vector<double> linear_betas(int64_t steps = 1000);

// The steps that stay of `steps`, ascending, as `respacing` says:
//   ""          all
//   "250"       that many, the first and the last among them, in equal distances, rounded
//   "10,15,20"  the process cut into that many sections of equal length, each as above
//   "ddim50"    every k-th from 0, with the smallest k that gives exactly 50
// Error(kUsage) on another text, a section with too few steps, a number that no k gives.
std::vector<int64_t> kept_steps(std::string_view respacing, int64_t steps);

// The tables of the process that visits the kept steps only: its A at a kept step is that of the
// whole process. Error(kUsage) on fewer than two steps, for which the clipped variance is
// undefined.
DiffusionSchedule respaced_schedule(const std::vector<double>& betas,
                                    const std::vector<int64_t>& kept);

DiffusionSchedule linear_schedule(std::string_view respacing = "", int64_t steps = 1000);

}  // namespace dyt::models

// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/diffusion_schedule.h"

#include <charconv>
#include <cmath>
#include <numeric>
#include <string>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::models {
namespace {

constexpr double kFirstBeta = 1e-4;
constexpr double kLastBeta = 0.02;
constexpr double kReferenceSteps = 1000;
constexpr std::string_view kDdim = "ddim";

[[noreturn]] void throw_respacing(std::string what, std::string expected, std::string_view found) {
  throw core::Error(core::ErrorKind::kUsage, {.what = std::move(what),
                                              .where = "respacing",
                                              .expected = std::move(expected),
                                              .found = std::string(found)});
}

int64_t parse_count(std::string_view text, std::string_view whole) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1) {
    throw_respacing("a respacing that cannot be read", "as 250, 10,15,20 or ddim50", whole);
  }
  return count;
}

std::vector<int64_t> every_kth(int64_t wanted, int64_t steps, std::string_view whole) {
  for (int64_t k = 1; k < steps; ++k) {
    if ((steps + k - 1) / k == wanted) {
      std::vector<int64_t> kept;
      for (int64_t step = 0; step < steps; step += k) {
        kept.push_back(step);
      }
      return kept;
    }
  }
  throw_respacing("no whole stride gives that number of steps",
                  "a number that some stride gives out of " + std::to_string(steps), whole);
}

// `count` places of 0 .. length - 1 in equal distances, added to one after the other as upstream
// does: the sum's rounding decides where a place falls between two steps.
void keep_section(int64_t first, int64_t length, int64_t count, std::string_view whole,
                  std::vector<int64_t>& kept) {
  if (length < count) {
    throw_respacing("a section has fewer steps than are to be kept",
                    "at most " + std::to_string(length), whole);
  }
  const double stride =
      count > 1 ? static_cast<double>(length - 1) / static_cast<double>(count - 1) : 1;
  double place = 0;
  for (int64_t i = 0; i < count; ++i, place += stride) {
    kept.push_back(first + static_cast<int64_t>(std::nearbyint(place)));  // halves to even
  }
}

}  // namespace

std::vector<double> linear_betas(int64_t steps) {
  const double scale = kReferenceSteps / static_cast<double>(steps);
  const double first = scale * kFirstBeta, last = scale * kLastBeta;
  if (steps < 1 || last >= 1) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "a diffusion process with too few steps",
                                                .expected = "at least 21",
                                                .found = std::to_string(steps)});
  }
  std::vector<double> betas;
  const double stride = (last - first) / static_cast<double>(steps - 1);
  for (int64_t i = 0; i < steps; ++i) {
    betas.push_back(first + static_cast<double>(i) * stride);
  }
  betas.back() = last;
  return betas;
}

std::vector<int64_t> kept_steps(std::string_view respacing, int64_t steps) {
  std::vector<int64_t> kept;
  if (respacing.empty()) {
    kept.resize(static_cast<size_t>(steps));
    std::iota(kept.begin(), kept.end(), int64_t{0});
    return kept;
  }
  if (respacing.starts_with(kDdim)) {
    return every_kth(parse_count(respacing.substr(kDdim.size()), respacing), steps, respacing);
  }
  const std::vector<std::string> counts = core::split(respacing, ',');
  const auto sections = static_cast<int64_t>(counts.size());
  int64_t first = 0;
  for (int64_t section = 0; section < sections; ++section) {
    const int64_t length = steps / sections + (section < steps % sections ? 1 : 0);
    const int64_t count = parse_count(counts[static_cast<size_t>(section)], respacing);
    keep_section(first, length, count, respacing, kept);
    first += length;
  }
  return kept;
}

DiffusionSchedule respaced_schedule(const std::vector<double>& betas,
                                    const std::vector<int64_t>& kept) {
  if (kept.size() < 2) {
    throw_respacing("a diffusion process of fewer than two steps", "at least 2",
                    std::to_string(kept.size()));
  }
  DiffusionSchedule s{.steps = kept};
  double whole = 1, previous_kept = 1;
  auto next = kept.begin();
  for (size_t step = 0; step < betas.size() && next != kept.end(); ++step) {
    whole *= 1 - betas[step];
    if (static_cast<int64_t>(step) == *next) {
      s.betas.push_back(kept.size() == betas.size() ? betas[step] : 1 - whole / previous_kept);
      previous_kept = whole;
      ++next;
    }
  }
  if (next != kept.end()) {
    throw core::Error(core::ErrorKind::kInternal, {.what = "kept steps out of order or range"});
  }
  double A = 1;
  for (const double beta : s.betas) {
    const double A_prev = A;
    A *= 1 - beta;
    s.log_betas.push_back(std::log(beta));
    s.alphas_bar.push_back(A);
    s.alphas_bar_prev.push_back(A_prev);
    s.sqrt_alphas_bar.push_back(std::sqrt(A));
    s.sqrt_one_minus_alphas_bar.push_back(std::sqrt(1 - A));
    s.sqrt_inverse_alphas_bar.push_back(std::sqrt(1 / A));
    s.sqrt_inverse_alphas_bar_minus_one.push_back(std::sqrt(1 / A - 1));
    s.posterior_mean_x0.push_back(beta * std::sqrt(A_prev) / (1 - A));
    s.posterior_mean_xt.push_back((1 - A_prev) * std::sqrt(1 - beta) / (1 - A));
    s.posterior_variance.push_back(beta * (1 - A_prev) / (1 - A));
    s.posterior_log_variance_clipped.push_back(std::log(s.posterior_variance.back()));
  }
  s.posterior_log_variance_clipped[0] = s.posterior_log_variance_clipped[1];
  s.fixed_large_log_variance = s.log_betas;
  s.fixed_large_log_variance[0] = s.posterior_log_variance_clipped[1];
  return s;
}

DiffusionSchedule linear_schedule(std::string_view respacing, int64_t steps) {
  return respaced_schedule(linear_betas(steps), kept_steps(respacing, steps));
}

}  // namespace dyt::models

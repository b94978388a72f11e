// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/axis.h"

#include <algorithm>
#include <cmath>

#include "dyt/core/text.h"

namespace dyt::report {
namespace {

std::string tick_text(double value, double step) {
  const int digits = step >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
  const std::string text = core::fixed_text(std::abs(value), digits);
  return value < -step / 2 ? "−" + text : text;
}

double nice_step(double range, double most_ticks) {
  const double rough = range / most_ticks;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

std::vector<Tick> even_ticks(const Axis& axis, double step) {
  std::vector<Tick> ticks;
  for (double index = std::ceil(axis.low / step - 1e-9); index * step <= axis.high + step * 1e-9;
       ++index) {
    ticks.push_back({index * step, tick_text(index * step, step)});
  }
  return ticks;
}

void widen_if_empty(double& low, double& high) {
  if (!(high > low)) {
    const double half = std::max(std::abs(low) * 0.05, 0.5);
    low -= half;
    high += half;
  }
}

// Adds the candidates, the most welcome first, that keep their distance from all before.
void add_spaced(Axis& axis, const std::vector<Tick>& candidates, double least_distance) {
  for (const Tick& candidate : candidates) {
    const bool inside = candidate.position >= axis.low && candidate.position <= axis.high;
    const bool free = std::none_of(axis.ticks.begin(), axis.ticks.end(), [&](const Tick& tick) {
      return std::abs(tick.position - candidate.position) < least_distance;
    });
    if (inside && free) {
      axis.ticks.push_back(candidate);
    }
  }
}

std::vector<Tick> accuracy_candidates(const Scale& scale) {
  std::vector<Tick> ticks;
  for (const double percent : {0.0,  90.0, 99.0, 50.0, 99.9, 95.0, 98.0, 80.0, 70.0, 97.0,
                               99.5, 60.0, 40.0, 30.0, 20.0, 10.0, 96.0, 85.0, 99.8, 100.0}) {
    ticks.push_back({placed(scale, percent), core::number_text(percent)});
  }
  return ticks;
}

std::vector<Tick> log_candidates(const Axis& axis) {
  std::vector<Tick> ticks;
  for (const double factor : {1.0, 2.0, 5.0, 3.0, 7.0, 1.5}) {
    for (double power = std::floor(axis.low); power <= std::ceil(axis.high); ++power) {
      const double value = factor * std::pow(10.0, power);
      const int digits = std::max(0, static_cast<int>(-power) + (factor == 1.5 ? 1 : 0));
      const bool long_text = value >= 1e5 || value < 1e-3;
      ticks.push_back(
          {std::log10(value), long_text ? core::number_text(factor) + "e" + core::number_text(power)
                                        : core::fixed_text(value, digits)});
    }
  }
  return ticks;
}

// For a range too narrow for the round numbers of its scale.
std::vector<Tick> even_candidates(const Scale& scale, double low, double high) {
  const Axis values{.low = low, .high = high};
  std::vector<Tick> ticks = even_ticks(values, nice_step(std::max(high - low, 1e-6), 5));
  for (Tick& tick : ticks) {
    tick.position = placed(scale, tick.position);
  }
  return ticks;
}

}  // namespace

double placed(const Scale& scale, double value) {
  switch (scale.kind) {
    case ScaleKind::kLog:
      return std::log10(value);
    case ScaleKind::kAccuracy:
      return -std::log10(std::max(100 - value, scale.least_error));
    default:
      return value;
  }
}

Axis make_axis(const Scale& scale, double low, double high, double pixels, double spacing) {
  Axis axis{.low = placed(scale, low), .high = placed(scale, high)};
  widen_if_empty(axis.low, axis.high);
  const double pad = 0.04 * (axis.high - axis.low);
  axis.low -= pad;
  axis.high += pad;
  if (scale.kind == ScaleKind::kLinear) {
    axis.ticks = even_ticks(axis, nice_step(axis.high - axis.low, std::max(2.0, pixels / spacing)));
    return axis;
  }
  const double least_distance = spacing * (axis.high - axis.low) / pixels;
  add_spaced(axis,
             scale.kind == ScaleKind::kLog ? log_candidates(axis) : accuracy_candidates(scale),
             least_distance);
  if (axis.ticks.size() < 3) {
    add_spaced(axis, even_candidates(scale, low, high), least_distance);
  }
  return axis;
}

Axis count_axis(double low, double high, double pixels) {
  Axis axis{.low = low, .high = high};
  widen_if_empty(axis.low, axis.high);
  const double step = std::max(1.0, nice_step(axis.high - axis.low, std::max(2.0, pixels / 40)));
  axis.ticks = even_ticks(axis, step);
  if (low == 1 && step > 1) {
    std::erase_if(axis.ticks, [](const Tick& tick) { return tick.position < 1; });
    axis.ticks.insert(axis.ticks.begin(), {1, "1"});
  }
  return axis;
}

}  // namespace dyt::report

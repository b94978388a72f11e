// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/stratify.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <tuple>

#include "dyt/core/random.h"

namespace dyt::data {
namespace {

constexpr uint64_t kSeed = 0;

struct ClassBounds {
  int64_t count = 0;  // images of the class
  int64_t least = 0, most = 0;
};

std::vector<ClassBounds> bounds_of(std::span<const int64_t> labels, int64_t classes) {
  std::vector<ClassBounds> bounds(static_cast<size_t>(classes));
  for (const int64_t label : labels) {
    ++bounds[static_cast<size_t>(label)].count;
  }
  return bounds;
}

// One more of the class that is furthest below its share, or one less of the one furthest above,
// until the sum is right.
void settle_sum(const std::vector<ClassBounds>& bounds, const std::vector<double>& shares,
                const std::vector<int64_t>& rank, int64_t missing, std::vector<int64_t>& quotas) {
  const int64_t step = missing > 0 ? 1 : -1;
  using Need = std::tuple<double, int64_t, size_t>;  // how far off, rank, class
  std::priority_queue<Need> needs;
  const auto push = [&](size_t label) {
    if (step > 0 ? quotas[label] < bounds[label].most : quotas[label] > bounds[label].least) {
      const double off = shares[label] - static_cast<double>(quotas[label]);
      needs.emplace(static_cast<double>(step) * off, rank[label], label);
    }
  };
  for (size_t label = 0; label < quotas.size(); ++label) {
    push(label);
  }
  for (; missing != 0 && !needs.empty(); missing -= step) {
    const size_t label = std::get<2>(needs.top());
    needs.pop();
    quotas[label] += step;
    push(label);
  }
}

// How many of each class, `wanted` in all.
std::vector<int64_t> quotas_of(const std::vector<ClassBounds>& bounds, int64_t wanted,
                               const std::vector<int64_t>& rank) {
  double all = 0;
  for (const ClassBounds& one : bounds) {
    all += static_cast<double>(one.count);
  }
  std::vector<double> shares;
  std::vector<int64_t> quotas;
  for (const ClassBounds& one : bounds) {
    shares.push_back(static_cast<double>(wanted) * static_cast<double>(one.count) / all);
    quotas.push_back(
        std::clamp(static_cast<int64_t>(std::floor(shares.back())), one.least, one.most));
  }
  const int64_t sum = std::accumulate(quotas.begin(), quotas.end(), int64_t{0});
  settle_sum(bounds, shares, rank, wanted - sum, quotas);
  return quotas;
}

// Takes from the permutation, in its order, until each class has its quota; the rest goes to
// `others`.
std::vector<int64_t> take(std::span<const int64_t> labels, const std::vector<int64_t>& order,
                          std::vector<int64_t> quotas, std::vector<int64_t>* others) {
  std::vector<int64_t> taken;
  for (const int64_t number : order) {
    int64_t& left = quotas[static_cast<size_t>(labels[static_cast<size_t>(number)])];
    if (left > 0) {
      --left;
      taken.push_back(number);
    } else if (others != nullptr) {
      others->push_back(number);
    }
  }
  return taken;
}

}  // namespace

std::vector<int64_t> stratified_numbers(std::span<const int64_t> labels, int64_t classes,
                                        int64_t count, std::string_view stream) {
  std::vector<ClassBounds> bounds = bounds_of(labels, classes);
  const auto present = std::count_if(bounds.begin(), bounds.end(),
                                     [](const ClassBounds& one) { return one.count > 0; });
  for (ClassBounds& one : bounds) {
    one.most = one.count;
    one.least = count >= present && one.count > 0 ? 1 : 0;
  }
  core::RandomStream random(kSeed, stream);
  const std::vector<int64_t> order = random.permutation(static_cast<int64_t>(labels.size()));
  std::vector<int64_t> taken =
      take(labels, order, quotas_of(bounds, count, random.permutation(classes)), nullptr);
  std::sort(taken.begin(), taken.end());
  return taken;
}

HeldOutFifth hold_out_fifth_of(std::span<const int64_t> labels, int64_t classes) {
  std::vector<ClassBounds> bounds = bounds_of(labels, classes);
  int64_t least = 0, most = 0;
  for (ClassBounds& one : bounds) {
    one.most = std::max<int64_t>(one.count - 1, 0);
    one.least = std::min<int64_t>(one.most, 1);
    least += one.least;
    most += one.most;
  }
  const auto fifth = (static_cast<int64_t>(labels.size()) + 4) / 5;
  core::RandomStream random(kSeed, "images/split");
  const std::vector<int64_t> order = random.permutation(static_cast<int64_t>(labels.size()));
  const std::vector<int64_t> quotas =
      quotas_of(bounds, std::clamp(fifth, least, most), random.permutation(classes));
  HeldOutFifth parts;
  parts.test = take(labels, order, quotas, &parts.train);
  return parts;
}

}  // namespace dyt::data

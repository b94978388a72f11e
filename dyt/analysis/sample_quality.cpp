// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/sample_quality.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "dyt/core/error.h"

namespace dyt::analysis {
namespace {

constexpr int64_t kRowsAtOnce = 1024;  // bounds what lies in memory beside the features
constexpr double kSlack = 1e-13;       // see squared_distances

[[noreturn]] void throw_usage(std::string what, std::string expected, std::string found) {
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = std::move(what), .expected = std::move(expected), .found = std::move(found)});
}

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

void check_rows(const at::Tensor& rows, const std::string& name, int64_t least) {
  if (rows.dim() != 2 || rows.size(0) < least || rows.size(1) < 1) {
    throw_usage(name + ": one row for each picture", "(N, D), N at least " + std::to_string(least),
                shape_text(rows));
  }
}

// Rows from..from+kRowsAtOnce in float64 on the CPU; an Error names the first value not finite.
at::Tensor block_of(const at::Tensor& rows, int64_t from, const std::string& name) {
  const at::Tensor block =
      rows.slice(0, from, std::min(from + kRowsAtOnce, rows.size(0))).to(at::kCPU, at::kDouble);
  const at::Tensor finite = block.isfinite();
  if (!finite.all().item<bool>()) {
    const at::Tensor place = finite.logical_not().nonzero()[0];
    const auto row = place[0].item<int64_t>(), column = place[1].item<int64_t>();
    throw core::Error(
        core::ErrorKind::kData,
        {.what = name + ": a value that is not finite",
         .where = "row " + std::to_string(from + row) + ", column " + std::to_string(column),
         .found = std::to_string(block[row][column].item<double>())});
  }
  return block;
}

template <class Visit>
void visit_blocks(const at::Tensor& rows, const std::string& name, const Visit& visit) {
  for (int64_t from = 0; from < rows.size(0); from += kRowsAtOnce) {
    visit(from, block_of(rows, from, name));
  }
}

at::Tensor whole_of(const at::Tensor& rows, const std::string& name) {
  const at::Tensor whole = at::empty(rows.sizes(), at::kDouble);
  visit_blocks(rows, name, [&](int64_t from, const at::Tensor& block) {
    whole.slice(0, from, from + block.size(0)).copy_(block);
  });
  return whole;
}

// The symmetric root of a covariance.
at::Tensor root_of(const at::Tensor& covariance) {
  const auto [values, vectors] = at::linalg_eigh(covariance);
  return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
}

// (N, M): |a|^2 + |b|^2 - 2ab, a matrix product and so an order of magnitude faster than the
// differences. What cancels in it is bounded by kSlack of the largest square.
at::Tensor squared_distances(const at::Tensor& a, const at::Tensor& b) {
  const auto squares = [](const at::Tensor& points) { return points.square().sum(1); };
  return (squares(a).unsqueeze(1) + squares(b) - 2 * a.matmul(b.t())).clamp_min(0);
}

double slack_of(const at::Tensor& points) {
  return kSlack * points.square().sum(1).max().item<double>();
}

// (N): squares of the distance to the k-th nearest other row.
at::Tensor squared_radii(const at::Tensor& points, int64_t k) {
  const at::Tensor result = at::empty({points.size(0)}, at::kDouble);
  for (int64_t from = 0; from < points.size(0); from += kRowsAtOnce) {
    const at::Tensor block = points.slice(0, from, from + kRowsAtOnce);
    const at::Tensor to_all = squared_distances(block, points);
    to_all.diagonal(from).fill_(std::numeric_limits<double>::infinity());  // to itself
    result.slice(0, from, from + block.size(0)).copy_(std::get<0>(to_all.kthvalue(k, 1)));
  }
  return result;
}

// The share of points in at least one of the balls.
double share_inside(const at::Tensor& points, const at::Tensor& centres, int64_t k) {
  const at::Tensor reach =
      squared_radii(centres, k) + std::max(slack_of(points), slack_of(centres));
  int64_t inside = 0;
  for (int64_t from = 0; from < points.size(0); from += kRowsAtOnce) {
    const at::Tensor block = points.slice(0, from, from + kRowsAtOnce);
    const at::Tensor within = squared_distances(block, centres) <= reach;
    inside += within.any(1).sum().item<int64_t>();
  }
  return static_cast<double>(inside) / static_cast<double>(points.size(0));
}

// A set's rows, centred, so that their products are its covariance.
struct CentredSet {
  at::Tensor mean;  // (D)
  at::Tensor rows;  // (N, D)

  double trace() const { return rows.square().sum().item<double>(); }
};

CentredSet centred(const at::Tensor& features) {
  const std::string name = "features";
  check_rows(features, name, 2);
  const at::Tensor whole = whole_of(features, name);
  const at::Tensor mean = whole.mean(0);
  return {.mean = mean,
          .rows = (whole - mean) / std::sqrt(static_cast<double>(features.size(0) - 1))};
}

void check_same_features(int64_t a, int64_t b) {
  if (a != b) {
    throw_usage("the distance of sets with different features", std::to_string(a) + " features",
                std::to_string(b));
  }
}

double distance_of(const at::Tensor& means, double traces, const at::Tensor& roots) {
  const double common = at::linalg_svdvals(roots).sum().item<double>();
  return std::max(means.square().sum().item<double>() + traces - 2 * common, 0.0);
}

}  // namespace

FeatureStatistics feature_statistics(const at::Tensor& features) {
  const std::string name = "features";
  check_rows(features, name, 2);
  const int64_t N = features.size(0), D = features.size(1);
  FeatureStatistics result{.mean = at::zeros({D}, at::kDouble),
                           .covariance = at::zeros({D, D}, at::kDouble),
                           .count = N};
  visit_blocks(features, name,
               [&](int64_t, const at::Tensor& block) { result.mean += block.sum(0); });
  result.mean /= N;
  visit_blocks(features, name, [&](int64_t, const at::Tensor& block) {
    const at::Tensor centred = block - result.mean;
    result.covariance.addmm_(centred.t(), centred);
  });
  result.covariance /= N - 1;
  return result;
}

double frechet_distance(const FeatureStatistics& a, const FeatureStatistics& b) {
  check_same_features(a.mean.numel(), b.mean.numel());
  const double traces = (a.covariance.trace() + b.covariance.trace()).item<double>();
  return distance_of(a.mean - b.mean, traces, root_of(a.covariance).matmul(root_of(b.covariance)));
}

double frechet_distance(const at::Tensor& a, const at::Tensor& b) {
  const bool is_few =
      a.dim() == 2 && b.dim() == 2 && a.size(0) < a.size(1) && b.size(0) < b.size(1);
  if (!is_few) {
    return frechet_distance(feature_statistics(a), feature_statistics(b));
  }
  check_same_features(a.size(1), b.size(1));
  const CentredSet one = centred(a), other = centred(b);
  return distance_of(one.mean - other.mean, one.trace() + other.trace(),
                     one.rows.matmul(other.rows.t()));
}

double inception_score(const at::Tensor& logits, int64_t chunk) {
  const std::string name = "logits";
  check_rows(logits, name, 1);
  if (chunk < 1) {
    throw_usage("the Inception score's chunks", "at least 1 sample", std::to_string(chunk));
  }
  const at::Tensor log_p = whole_of(logits, name).log_softmax(1);
  double sum = 0;
  int64_t chunks = 0;
  for (int64_t from = 0; from < log_p.size(0); from += chunk, ++chunks) {
    const at::Tensor own = log_p.slice(0, from, std::min(from + chunk, log_p.size(0)));
    const at::Tensor log_mean =
        own.logsumexp(at::IntArrayRef{0}) - std::log(static_cast<double>(own.size(0)));
    sum += std::exp((own.exp() * (own - log_mean)).sum(1).mean().item<double>());
  }
  return sum / static_cast<double>(chunks);
}

PrecisionRecall precision_recall(const at::Tensor& reference, const at::Tensor& samples,
                                 int64_t k) {
  if (k < 1) {
    throw_usage("precision and recall by neighbours", "at least the first one", std::to_string(k));
  }
  check_rows(reference, "reference", k + 1);
  check_rows(samples, "samples", k + 1);
  if (reference.size(1) != samples.size(1)) {
    throw_usage("precision and recall of sets with different features",
                std::to_string(reference.size(1)) + " features", std::to_string(samples.size(1)));
  }
  at::Tensor real = whole_of(reference, "reference");
  at::Tensor generated = whole_of(samples, "samples");
  const at::Tensor middle =
      real.mean(0);  // taken off, so that squares are no larger than they must
  real -= middle;
  generated -= middle;
  return {.precision = share_inside(generated, real, k),
          .recall = share_inside(real, generated, k)};
}

}  // namespace dyt::analysis

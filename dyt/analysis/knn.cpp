// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/knn.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "dyt/core/error.h"

namespace dyt::analysis {
namespace {

// Elements of similarities held at once: 256 MiB in float32.
constexpr int64_t kSimilarities = int64_t{1} << 26;

at::Tensor of_length_one(const at::Tensor& rows) {
  constexpr double kLeast = 1e-12;
  return rows / at::linalg_vector_norm(rows, 2, {-1}, /*keepdim=*/true).clamp_min(kLeast);
}

[[noreturn]] void throw_knn_usage(const char* what, std::string expected, std::string found) {
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = what, .expected = std::move(expected), .found = std::move(found)});
}

void check(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
           const KnnOptions& options) {
  if (train.dim() != 2 || test.dim() != 2 || train.size(1) != test.size(1) ||
      labels.sizes() != at::IntArrayRef({train.size(0)}) || labels.scalar_type() != at::kLong) {
    std::ostringstream found;
    found << train.sizes() << ", " << labels.sizes() << ", " << test.sizes();
    throw_knn_usage("features and labels that do not fit each other", "(N, F), (N) int64, (M, F)",
                    found.str());
  }
  if (options.k < 1 || options.k > train.size(0)) {
    throw_knn_usage("as many neighbours as there are none", "1 to " + std::to_string(train.size(0)),
                    std::to_string(options.k));
  }
  const int64_t least = labels.min().item<int64_t>(), most = labels.max().item<int64_t>();
  if (least < 0 || most >= options.num_classes) {
    throw_knn_usage("a label without a class", "0 to " + std::to_string(options.num_classes - 1),
                    std::to_string(least < 0 ? least : most));
  }
}

}  // namespace

at::Tensor knn_votes(const at::Tensor& train_features, const at::Tensor& train_labels,
                     const at::Tensor& test_features, const KnnOptions& options) {
  check(train_features, train_labels, test_features, options);
  const at::NoGradGuard no_grad;
  const at::Tensor train = of_length_one(train_features).t();  // (F, N)
  const at::Tensor test = of_length_one(test_features);        // (M, F)
  const at::Tensor votes = at::zeros({test.size(0), options.num_classes}, test.options());
  const int64_t rows = std::max<int64_t>(1, kSimilarities / train.size(1));
  for (int64_t from = 0; from < test.size(0); from += rows) {
    const at::Tensor similarities = at::matmul(test.slice(0, from, from + rows), train);
    const auto [nearest, index] = similarities.topk(options.k, 1);
    votes.slice(0, from, from + rows)
        .scatter_add_(1, train_labels.index({index}), (nearest / options.temperature).exp());
  }
  return votes;
}

double top_accuracy(const at::Tensor& scores, const at::Tensor& labels, int64_t top) {
  const at::Tensor ranked = scores.argsort(/*stable=*/true, /*dim=*/1, /*descending=*/true);
  const at::Tensor hits = ranked.slice(1, 0, top).eq(labels.unsqueeze(1)).any(1);
  return hits.to(at::kDouble).mean().item<double>();
}

}  // namespace dyt::analysis

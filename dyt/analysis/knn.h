// SPDX-License-Identifier: Apache-2.0
// How good features are without training anything on them: the weighted vote of the nearest
// neighbours (Wu et al., arXiv 1805.01978), as DINO evaluates (arXiv 2104.14294).
//
//   at::Tensor votes = knn_votes(train, train_labels, test, {.k = 20, .num_classes = 1000});
//   double top1 = top_accuracy(votes, test_labels, 1);
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyt::analysis {

struct KnnOptions {
  int64_t k = 20;
  double temperature = 0.07;
  int64_t num_classes = 0;
};

// All features are brought to length 1; the k training features of the largest dot product with a
// test feature add exp(dot / temperature) to their classes. train (N, F), labels (N) int64 from 0
// to num_classes - 1, test (M, F), floating; -> votes (M, num_classes) in the features' type.
// Error(kUsage) on other shapes, k outside 1 .. N, or a label out of range.
at::Tensor knn_votes(const at::Tensor& train_features, const at::Tensor& train_labels,
                     const at::Tensor& test_features, const KnnOptions& options);

// Share of the rows, 0 to 1, whose label is among the `top` largest scores; of equal scores the
// class of the lower number comes first. scores (M, classes), labels (M) int64.
double top_accuracy(const at::Tensor& scores, const at::Tensor& labels, int64_t top);

}  // namespace dyt::analysis

// SPDX-License-Identifier: Apache-2.0
// How good generated pictures are, from the features that a network (models/inception.h) gives of
// them and of real ones.
//
//   const FeatureStatistics real = feature_statistics(real_features);   // (N, D)
//   frechet_distance(real, feature_statistics(generated_features));     // FID; of spatial: sFID
//   frechet_distance(real_features, generated_features);                // the same
//   inception_score(logits);                                            // (N, classes)
//   const PrecisionRecall pr = precision_recall(real_features, generated_features);
//
// All in float64 on the CPU, whatever the type and device of the features. A feature that is not
// finite is an Error(kData) that says where. The numbers depend on how many pictures there are:
// state it. FID from few is too high; below D + 1 pictures, D features, the covariance is singular:
// the number is defined and still 0 for a set with itself, but compares only with others of the
// same N.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyt::analysis {

struct FeatureStatistics {
  at::Tensor mean;        // (D), float64
  at::Tensor covariance;  // (D, D), float64, divisor count - 1
  int64_t count = 0;
};

// features (N, D), N >= 2, else Error(kUsage). A feature of zero variance is nothing special: its
// row and column of the covariance are 0.
FeatureStatistics feature_statistics(const at::Tensor& features);

// Heusel et al., arXiv 1706.08500:
//   |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2))
// The last trace is the sum of the singular values of S1^(1/2) S2^(1/2), the roots from symmetric
// eigendecompositions whose negative eigenvalues (rounding, of singular S) count as 0. Never below
// 0. Exactness: about 1e-12 of the traces, 1e-8 where both S are singular. Time D^3: with 2048
// features about two minutes on two cores. Error(kUsage) where the numbers of features differ.
double frechet_distance(const FeatureStatistics& a, const FeatureStatistics& b);

// The same of the features themselves, (N, D) and (M, D). Where both sets have fewer pictures than
// features the last trace is the sum of the singular values of the (N, M) matrix A B^T, the rows of
// A and B centred and divided by the root of their count - 1: time N M min(N, M), not D^3, and
// exact to about 1e-12 of the traces.
double frechet_distance(const at::Tensor& a, const at::Tensor& b);

// Salimans et al., arXiv 1606.03498, of logits (N, classes), p their softmax: for each chunk
// exp(mean over samples of sum p (ln p - ln mean p)), then the mean over the chunks, the last of
// which may be shorter. From 1 to the number of classes. Error(kUsage) without samples.
double inception_score(const at::Tensor& logits, int64_t chunk = 5000);

struct PrecisionRecall {
  double precision = 0;  // share of samples that lie in some ball of the reference
  double recall = 0;     // share of the reference that lies in some ball of the samples
};

// Kynkaanniemi et al., arXiv 1904.06991. The ball of a point reaches to its k-th nearest neighbour
// in its own set, itself excluded, border included (to 1e-13 of the largest square of a distance
// from the reference's mean); so copies of a point count as neighbours at distance 0. Both (N, D)
// with more than k points, else Error(kUsage). Time (N + M)^2 D, memory (N + M) (D + 1024).
PrecisionRecall precision_recall(const at::Tensor& reference, const at::Tensor& samples,
                                 int64_t k = 3);

}  // namespace dyt::analysis

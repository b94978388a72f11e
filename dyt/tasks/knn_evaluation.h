// SPDX-License-Identifier: Apache-2.0
// How good a pre-trained network's features are, without training anything on them: the share of
// test images whose nearest neighbours among training images say their class.
#pragma once

#include <functional>

#include "dyt/data/dataset.h"
#include "dyt/tasks/knn_config.h"
#include "dyt/train/task.h"

namespace dyt::tasks {

inline constexpr char kKnnAccuracy[] = "nearest-neighbour accuracy of the features";

struct KnnInput {
  const data::ImageData& data;
  const KnnConfig& config;
  // Images begin .. end - 1 of a split, as they are -> (B, F), in evaluation mode.
  std::function<at::Tensor(const data::ImageSplit& split, int64_t begin, int64_t end)> features;
};

// Of the split's images, on the CPU, in float64: the votes' weights leave float32's range.
at::Tensor all_features(const KnnInput& input, const data::ImageSplit& split);

// Sets `correct` and `accuracy` of the evaluation by these features (M, F) of the classes `labels`
// (M). Error(kUsage) for a k above the number of training images.
void add_knn_accuracy(const KnnInput& input, const at::Tensor& features, const at::Tensor& labels,
                      train::Evaluation& result);

}  // namespace dyt::tasks

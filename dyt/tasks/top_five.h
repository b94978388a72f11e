// SPDX-License-Identifier: Apache-2.0
// The share of samples whose class is among the five that score highest, where there are classes
// enough for that to say something.
#pragma once

#include <cstdint>

#include "dyt/analysis/knn.h"
#include "dyt/train/task.h"

namespace dyt::tasks {

class TopFive {
 public:
  explicit TopFive(int64_t num_classes) : counts_(num_classes >= kManyClasses) {}

  // scores (B, num_classes), labels int64 (B).
  void add(const at::Tensor& scores, const at::Tensor& labels) {
    if (counts_) {
      right_ += analysis::top_accuracy(scores, labels, 5) * static_cast<double>(labels.numel());
      all_ += labels.numel();
    }
  }

  void add_to(train::Evaluation& evaluation) const {
    if (all_ > 0) {
      evaluation.measures.push_back({.name = "top5_accuracy",
                                     .title = "top-5 accuracy",
                                     .value = right_ / static_cast<double>(all_)});
    }
  }

 private:
  static constexpr int64_t kManyClasses = 50;

  bool counts_;
  double right_ = 0;
  int64_t all_ = 0;
};

}  // namespace dyt::tasks

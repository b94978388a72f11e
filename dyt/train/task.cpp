// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/task.h"

#include <algorithm>

#include "dyt/core/error.h"

namespace dyt::train {

void add_correct(const at::Tensor& right, Evaluation& evaluation) {
  std::string& correct = evaluation.correct;
  const at::Tensor flags = right.to(at::kByte).contiguous();
  for (int64_t i = 0; i < flags.numel(); ++i) {
    correct += flags.const_data_ptr<uint8_t>()[i] != 0 ? '1' : '0';
  }
  evaluation.accuracy = static_cast<double>(std::count(correct.begin(), correct.end(), '1')) /
                        static_cast<double>(correct.size());
}

void Task::look_for_stop() const {
  if (stop_ != nullptr && stop_->requested()) {
    throw core::Error(core::ErrorKind::kInterrupted, {.what = "stopped during an evaluation"});
  }
}

}  // namespace dyt::train

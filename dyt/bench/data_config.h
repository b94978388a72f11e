// SPDX-License-Identifier: Apache-2.0
// What `dyt bench data` measures: every transform is a case.
#pragma once

#include "dyt/core/config.h"

namespace dyt::bench {

struct DataBenchConfig {
  std::string folder;
  std::vector<std::string> transforms = {"resized_crop", "supervised", "evaluation", "dino"};
  int64_t image_size = 224;
  int64_t batch_size = 64;
  int64_t workers = 0;
  int64_t images = 0;  // of a turn; 0: kBatchesAWorker batches for every worker
  int64_t rounds = 7;
  std::string python;  // "": no peer

  void visit_fields(core::Fields& fields);
};

inline constexpr int64_t kBatchesAWorker = 4;

}  // namespace dyt::bench

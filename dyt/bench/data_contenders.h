// SPDX-License-Identifier: Apache-2.0
// Our image pipeline as a contender of `dyt bench data`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dyt/bench/interleave.h"
#include "dyt/data/image_index.h"
#include "dyt/data/sample_order.h"

namespace dyt::bench {

struct DataCase {
  std::string folder, transform;
  int64_t image_size = 224;
  int64_t batch_size = 1;
  int64_t workers = 1;
  std::vector<data::SampleRequest> order;  // of a turn
};

// What a single thread needs for an image, milliseconds.
struct DataParts {
  double decode_ms = 0;  // the file's read included
  double transform_ms = 0;
};

inline constexpr const char* kOurPipeline = "dyt";

// A turn makes every batch of the order, from the start of the workers to the last batch taken.
// Every turn draws anew. The samples are made as those of a run that streams the folder.
Contender data_contender(const DataCase& wanted,
                         const std::shared_ptr<const data::ImageIndex>& index);

// Over the first `count` images of the order.
DataParts data_parts(const DataCase& wanted, const std::shared_ptr<const data::ImageIndex>& index,
                     int64_t count);

}  // namespace dyt::bench

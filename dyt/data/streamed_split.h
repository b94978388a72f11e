// SPDX-License-Identifier: Apache-2.0
// All images of an index as a split of a data set.
//
// The labels are places among `class_names`, sorted bytewise, which must have all of the index's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dyt/data/dataset.h"
#include "dyt/data/image_index.h"

namespace dyt::data {

ImageSplit streamed_split(const std::shared_ptr<const ImageIndex>& index,
                          const std::vector<std::string>& class_names);

}  // namespace dyt::data

// All images of an index as a split of a data set.
#pragma once

#include <memory>

#include "dyt/data/dataset.h"
#include "dyt/data/image_index.h"

namespace dyt::data {

ImageSplit streamed_split(const std::shared_ptr<const ImageIndex>& index);

}  // namespace dyt::data

// One image of a data set in memory, as 8-bit pixels for the transforms of dyt/pixels.
#pragma once

#include "dyt/data/dataset.h"
#include "dyt/formats/image.h"

namespace dyt::data {

// Image `number` of the split, its raw values brought from 0 .. data.scale to 0 .. 255 and rounded.
formats::Image split_image(const ImageData& data, const ImageSplit& split, int64_t number);

}  // namespace dyt::data

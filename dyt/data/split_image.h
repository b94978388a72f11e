// SPDX-License-Identifier: Apache-2.0
// One image of a data set, as 8-bit pixels for the transforms of dyt/pixels.
#pragma once

#include "dyt/data/dataset.h"
#include "dyt/formats/image.h"
#include "dyt/pixels/transforms.h"

namespace dyt::data {

// Image `number` of the split, its raw values brought from 0 .. data.scale to 0 .. 255 and rounded;
// of a streamed split as it is in its file, of any size, 1 or 3 channels. Error(kData) names a file
// that cannot be read.
formats::Image split_image(const ImageData& data, const ImageSplit& split, int64_t number);

// The same as an evaluation sees it: of a streamed split the centre, at data.image_size, RGB.
formats::Image evaluation_image(const ImageData& data, const ImageSplit& split, int64_t number);

// What evaluations do to images of a streamed split.
pixels::EvalTransform evaluation_transform(const ImageData& data);

}  // namespace dyt::data

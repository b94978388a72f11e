// SPDX-License-Identifier: Apache-2.0
// PNG files from 8-bit pixels, by libpng.
//
//   core::write_file_atomic("grid.png", png_bytes({.height = h, .width = w, .channels = 3,
//                                                  .pixels = pixels}));
#pragma once

#include <string>

#include "dyt/formats/image.h"

namespace dyt::formats {

// Grey (1 channel) or RGB (3). The same pixels give the same bytes. Error(kInternal) for other
// channels, no pixels, or a number of pixels that is not height * width * channels.
std::string png_bytes(const Image& image);

}  // namespace dyt::formats

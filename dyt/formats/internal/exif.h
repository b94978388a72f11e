// SPDX-License-Identifier: Apache-2.0
// The one thing that is looked for in an image's EXIF block: how the camera was held.
//
// JPEG: segments FF xx, length (2 bytes, high first, itself included); APP1 (FF E1) that begins with
// "Exif\0\0" holds a TIFF. PNG: the chunk eXIf is one. TIFF: "II*\0" or "MM\0*", the place of the
// first directory (4 bytes), there a count (2) and entries of 12 bytes: tag, type (2 each), number
// (4), value; the orientation is tag 0x0112, of type 3 (SHORT). Our own few lines: the libraries for
// EXIF parse hundreds of tags, cameras' own ones included, that nobody here asks for.
#pragma once

#include <cstdint>
#include <string_view>

namespace dyt::formats {

// 1 .. 8 as EXIF counts; 1, upright, where nothing is noted or what is there makes no sense.
int64_t exif_orientation(std::string_view file);

}  // namespace dyt::formats

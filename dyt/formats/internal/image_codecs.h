// SPDX-License-Identifier: Apache-2.0
// The two decoders behind image.h, and what they share.
#pragma once

#include <string>
#include <string_view>

#include "dyt/formats/image.h"

namespace dyt::formats {

// Bytes of a picture and the name for errors.
struct ImageSource {
  std::string_view bytes;
  const std::string& file;
};

[[noreturn]] void throw_image(const ImageSource& source, const std::string& what);

// Error(kData) above the limits of image.h, and where `least_bytes`, the least that such a picture
// can take in its file, is more than there is.
void check_image_size(const ImageSource& source, int64_t height, int64_t width, double least_bytes);

ImageInfo jpeg_info(const ImageSource& source);
Image decode_jpeg(const ImageSource& source);
ImageInfo png_info(const ImageSource& source);
Image decode_png(const ImageSource& source);

}  // namespace dyt::formats

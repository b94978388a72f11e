// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/png_write.h"

#include <png.h>

#include "dyt/core/error.h"

namespace dyt::formats {
namespace {

[[noreturn]] void throw_unwritable(std::string what) {
  throw core::Error(core::ErrorKind::kInternal, {.what = std::move(what)});
}

void check(const Image& image) {
  const bool fits =
      image.height > 0 && image.width > 0 && (image.channels == 1 || image.channels == 3) &&
      static_cast<int64_t>(image.pixels.size()) == image.height * image.width * image.channels;
  if (!fits) {
    throw_unwritable("pixels that are no grey or RGB picture");
  }
}

}  // namespace

std::string png_bytes(const Image& image) {
  check(image);
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  // The first call asks for the number of bytes, the second writes them.
  std::string bytes;
  png_alloc_size_t size = 0;
  for (const bool writes : {false, true}) {
    bytes.resize(size);
    if (png_image_write_to_memory(&header, writes ? bytes.data() : nullptr, &size, 0,
                                  image.pixels.data(), 0, nullptr) == 0) {
      throw_unwritable("libpng cannot write the picture: " + std::string(header.message));
    }
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace dyt::formats

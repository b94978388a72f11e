// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/image.h"

#include "dyt/core/error.h"
#include "dyt/core/regular_file.h"
#include "dyt/formats/internal/exif.h"
#include "dyt/formats/internal/image_codecs.h"

namespace dyt::formats {
namespace {

constexpr std::string_view kJpegStart = "\xff\xd8\xff";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1a\n";

// Calls the function for the kind of file that the first bytes tell.
template <class Result>
Result by_kind(const ImageSource& source, Result (*jpeg)(const ImageSource&),
               Result (*png)(const ImageSource&)) {
  if (source.bytes.starts_with(kJpegStart)) {
    return jpeg(source);
  }
  if (source.bytes.starts_with(kPngStart)) {
    return png(source);
  }
  throw_image(source, source.bytes.empty() ? "the image file is empty"
                                           : "neither a JPEG nor a PNG file (by its first bytes)");
}

}  // namespace

void throw_image(const ImageSource& source, const std::string& what) {
  throw core::Error(
      core::ErrorKind::kData,
      {.what = what, .where = source.file, .todo = "get the file again, or leave it out"});
}

void check_image_size(const ImageSource& source, int64_t height, int64_t width,
                      double least_bytes) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height) + " pixels";
  if (height < 1 || width < 1) {
    throw_image(source, "the image has no pixels: " + size);
  }
  if (height > kMaxImageSide || width > kMaxImageSide || height * width > kMaxImagePixels) {
    throw_image(source, "the image is too large: " + size + "; the limits are " +
                            std::to_string(kMaxImageSide) + " a side and " +
                            std::to_string(kMaxImagePixels) + " in all");
  }
  if (least_bytes > static_cast<double>(source.bytes.size())) {
    throw_image(source, "the image is truncated: " + size + " cannot be in " +
                            std::to_string(source.bytes.size()) + " bytes");
  }
}

Image parse_image(std::string_view bytes, const std::string& file) {
  return by_kind<Image>({.bytes = bytes, .file = file}, decode_jpeg, decode_png);
}

ImageInfo parse_image_info(std::string_view bytes, const std::string& file) {
  ImageInfo info = by_kind<ImageInfo>({.bytes = bytes, .file = file}, jpeg_info, png_info);
  info.orientation = exif_orientation(bytes);
  return info;
}

Image read_image(const std::filesystem::path& path) {
  return parse_image(core::read_regular_file(path), path.string());
}

ImageInfo read_image_info(const std::filesystem::path& path) {
  return parse_image_info(core::read_regular_file(path), path.string());
}

}  // namespace dyt::formats

// SPDX-License-Identifier: Apache-2.0
// Pictures from JPEG (libjpeg-turbo) and PNG (libpng) files as 8-bit pixels, grey or RGB.
//
//   const Image image = read_image("cat.jpg");
//   image.pixels[(row * image.width + column) * image.channels + channel];
//
// What becomes of the files' variety:
// - JPEG: grey stays grey; CMYK and YCCK become RGB by c * k / 255 of the stored (inverted) values,
//   as Adobe's files and Pillow have it. Accurate integer DCT, smooth chroma upsampling. 12-bit
//   files are refused.
// - PNG: palettes become RGB; 1, 2, 4 bits are spread and 16 bits scaled to 8, v * 255 / max
//   rounded; an alpha channel is composited onto white, as a viewer shows it:
//   (a * v + (255 - a) * 255) / 255 rounded. Colour profiles and gamma are not applied.
// - The orientation that a camera notes in EXIF is not applied.
// The kind of file is told by its first bytes, not by its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::formats {

struct ImageInfo {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;  // of the pixels that decoding gives: 1 or 3
  // How the camera was held, as EXIF counts: 1 upright; 2 to 8 mirrored or turned. Not applied.
  int64_t orientation = 1;
};

struct Image {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  std::vector<uint8_t> pixels;  // rows from the top, channels interleaved
};

constexpr int64_t kMaxImageSide = 65'535;
constexpr int64_t kMaxImagePixels = int64_t{1} << 28;

// Error(kData) names the file and the reason: no regular file, another kind of file, a damaged or truncated one, one
// above the limits or that claims more pixels than its bytes can hold (found before memory is
// taken). A JPEG stream with damage inside that still gives every pixel is accepted, as lenient
// decoders do; data that ends early is an error.
Image read_image(const std::filesystem::path& path);
Image parse_image(std::string_view bytes, const std::string& file);

// Size and channels from the header alone.
ImageInfo read_image_info(const std::filesystem::path& path);
ImageInfo parse_image_info(std::string_view bytes, const std::string& file);

}  // namespace dyt::formats

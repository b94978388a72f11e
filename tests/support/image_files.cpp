// SPDX-License-Identifier: Apache-2.0
#include "tests/support/image_files.h"

// clang-format off
#include <cstdio>  // jpeglib.h needs it first

#include <jpeglib.h>
// clang-format on
#include <png.h>

#include <cmath>
#include <cstdlib>

namespace dyt::testing {

Picture stripes(int height, int width, int channels, int phase) {
  Picture picture{.height = height, .width = width, .channels = channels};
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      for (int channel = 0; channel < channels; ++channel) {
        const double angle = 0.3 * row + 0.2 * column * (channel + 1) + phase;
        picture.pixels.push_back(static_cast<uint8_t>(std::lround(127.5 + 120 * std::sin(angle))));
      }
    }
  }
  return picture;
}

std::string jpeg_bytes(const Picture& picture, const JpegOptions& options) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_height = static_cast<JDIMENSION>(picture.height);
  info.image_width = static_cast<JDIMENSION>(picture.width);
  info.input_components = picture.channels;
  info.in_color_space = picture.channels == 1   ? JCS_GRAYSCALE
                        : picture.channels == 3 ? JCS_RGB
                                                : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, options.quality, TRUE);
  info.comp_info[0].h_samp_factor = 1;  // no chroma subsampling
  info.comp_info[0].v_samp_factor = 1;
  if (options.progressive) {
    jpeg_simple_progression(&info);
  }
  jpeg_start_compress(&info, TRUE);
  const size_t stride = static_cast<size_t>(picture.width * picture.channels);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(picture.pixels.data() + stride * info.next_scanline);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  std::string bytes(reinterpret_cast<char*>(buffer), size);
  jpeg_destroy_compress(&info);
  std::free(buffer);
  return bytes;
}

std::string twelve_bit_jpeg() {
  std::string bytes = jpeg_bytes(stripes(8, 8, 1));
  bytes[bytes.find("\xff\xc0") + 4] = 12;  // the frame's marker, length, precision
  return bytes;
}

namespace {

void append_bytes(png_structp png, png_bytep data, size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(data), count);
}

int png_color_type(const Picture& picture, const PngOptions& options) {
  if (!options.palette.empty()) {
    return PNG_COLOR_TYPE_PALETTE;
  }
  constexpr int kTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                            PNG_COLOR_TYPE_RGB_ALPHA};
  return kTypes[picture.channels - 1];
}

}  // namespace

std::string png_bytes(const Picture& picture, const PngOptions& options) {
  std::string bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append_bytes, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width),
               static_cast<png_uint_32>(picture.height), options.bits,
               png_color_type(picture, options),
               options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!options.palette.empty()) {
    png_set_PLTE(png, info, reinterpret_cast<png_const_colorp>(options.palette.data()),
                 static_cast<int>(options.palette.size() / 3));
  }
  if (!options.alpha_of_palette.empty()) {
    png_set_tRNS(png, info, options.alpha_of_palette.data(),
                 static_cast<int>(options.alpha_of_palette.size()), nullptr);
  }
  png_write_info(png, info);
  const int passes = png_set_interlace_handling(png);
  const size_t stride = picture.pixels.size() / static_cast<size_t>(picture.height);
  for (int pass = 0; pass < passes; ++pass) {
    for (int row = 0; row < picture.height; ++row) {
      png_write_row(png, picture.pixels.data() + stride * static_cast<size_t>(row));
    }
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

}  // namespace dyt::testing

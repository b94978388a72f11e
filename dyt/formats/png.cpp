// SPDX-License-Identifier: Apache-2.0
// PNG through libpng. Its errors leave by longjmp, which must not skip a destructor: between setjmp
// and the calls below there is nothing that has one.
#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "dyt/core/error.h"
#include "dyt/formats/internal/image_codecs.h"

namespace dyt::formats {
namespace {

constexpr double kMaxDeflateRatio = 1032;

class PngReader {
 public:
  explicit PngReader(const ImageSource& source) : source_(source), rest_(source.bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw core::Error(core::ErrorKind::kResources,
                        {.what = "no memory to decode " + source.file});
    }
    if (!read_header()) {
      png_destroy_read_struct(&png_, &info_, nullptr);
      throw_image(source_, "the PNG file cannot be decoded (" + std::string(message_) + ")");
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  ImageInfo size() const {
    const int kind = png_get_color_type(png_, info_);
    return {.height = png_get_image_height(png_, info_),
            .width = png_get_image_width(png_, info_),
            .channels = (kind & PNG_COLOR_MASK_COLOR) == 0 ? 1 : 3};
  }

  void check_size() const {
    const double row_bytes = static_cast<double>(png_get_rowbytes(png_, info_));
    const double packed = row_bytes * png_get_image_height(png_, info_) / kMaxDeflateRatio;
    check_image_size(source_, png_get_image_height(png_, info_), png_get_image_width(png_, info_),
                     packed);
  }

  // The pixels with their alpha, where there is one, as the last channel.
  std::vector<uint8_t> pixels(int& channels) {
    std::vector<uint8_t> values;
    if (!start_rows()) {
      throw_image(source_, "the PNG file cannot be decoded (" + std::string(message_) + ")");
    }
    const size_t stride = png_get_rowbytes(png_, info_);
    channels = png_get_channels(png_, info_);
    values.resize(stride * png_get_image_height(png_, info_));
    if (!read_rows(values.data(), stride)) {
      throw_image(source_, "the PNG file cannot be decoded (" + std::string(message_) + ")");
    }
    return values;
  }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(reader.message_, sizeof(reader.message_), "%s", message);
    std::longjmp(reader.way_out_, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}

  static void on_read(png_structp png, png_bytep output, size_t count) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (reader.rest_.size() < count) {
      png_error(png, "the file ends too early");
    }
    std::memcpy(output, reader.rest_.data(), count);
    reader.rest_.remove_prefix(count);
  }

  bool read_header() {
    if (setjmp(way_out_) != 0) {
      return false;
    }
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);  // ours, in check_size, say more
    png_set_read_fn(png_, this, on_read);
    png_read_info(png_, info_);
    return true;
  }

  bool start_rows() {
    if (setjmp(way_out_) != 0) {
      return false;
    }
    png_set_expand(png_);
    png_set_scale_16(png_);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool read_rows(uint8_t* output, size_t stride) {
    if (setjmp(way_out_) != 0) {
      return false;
    }
    const png_uint_32 height = png_get_image_height(png_, info_);
    for (int pass = 0; pass < passes_; ++pass) {
      for (png_uint_32 row = 0; row < height; ++row) {
        png_read_row(png_, output + stride * row, nullptr);
      }
    }
    png_read_end(png_, nullptr);
    return true;
  }

  const ImageSource& source_;
  std::string_view rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  int passes_ = 1;
  jmp_buf way_out_;
  char message_[256] = "";
};

// Composites onto white and drops the last channel.
std::vector<uint8_t> without_alpha(const std::vector<uint8_t>& pixels, size_t channels) {
  std::vector<uint8_t> opaque(pixels.size() / channels * (channels - 1));
  auto* output = opaque.data();
  for (size_t start = 0; start < pixels.size(); start += channels) {
    const int alpha = pixels[start + channels - 1];
    for (size_t channel = 0; channel + 1 < channels; ++channel) {
      const int sum = alpha * pixels[start + channel] + (255 - alpha) * 255;
      *output++ = static_cast<uint8_t>((sum + 127) / 255);
    }
  }
  return opaque;
}

}  // namespace

ImageInfo png_info(const ImageSource& source) {
  const PngReader reader(source);
  reader.check_size();
  return reader.size();
}

Image decode_png(const ImageSource& source) {
  PngReader reader(source);
  reader.check_size();
  const ImageInfo size = reader.size();
  Image image{.height = size.height, .width = size.width, .channels = size.channels};
  int channels = 0;
  image.pixels = reader.pixels(channels);
  if (channels != image.channels) {
    image.pixels = without_alpha(image.pixels, static_cast<size_t>(channels));
  }
  return image;
}

}  // namespace dyt::formats

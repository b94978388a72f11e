// SPDX-License-Identifier: Apache-2.0
// JPEG through libjpeg-turbo's classic interface. Its errors leave by longjmp, which must not skip
// a destructor: between setjmp and the calls below there is nothing that has one.
// clang-format off
#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it first

#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "dyt/core/error.h"
#include "dyt/formats/internal/image_codecs.h"

namespace dyt::formats {
namespace {

constexpr int kMaxScans = 500;  // of progressive files: more is an attack, not a picture

// A Huffman code takes at least one bit a block of 8x8; sampling factors of up to 4 in each
// direction can leave each component 16 times fewer blocks than the picture has.
constexpr double kMaxPixelsPerByte = 8.0 * 64 * 16;

struct ErrorState {
  jpeg_error_mgr manager;  // first: libjpeg knows this part only
  jmp_buf way_out;
  bool ended_early;
  char message[JMSG_LENGTH_MAX];
};

ErrorState& state_of(j_common_ptr info) { return *reinterpret_cast<ErrorState*>(info->err); }

[[noreturn]] void on_error(j_common_ptr info) {
  ErrorState& state = state_of(info);
  state.manager.format_message(info, state.message);
  std::longjmp(state.way_out, 1);
}

// Called for warnings with a negative level: the stream is damaged, decoding goes on. Where it
// ended (the file, or its data before a marker), the pixels after that are made up.
void on_message(j_common_ptr info, int level) {
  ErrorState& state = state_of(info);
  const int code = state.manager.msg_code;
  state.ended_early =
      state.ended_early || (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER));
}

void on_progress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) {
    ErrorState& state = state_of(info);
    std::snprintf(state.message, sizeof(state.message), "more than %d scans", kMaxScans);
    std::longjmp(state.way_out, 1);
  }
}

class JpegReader {
 public:
  explicit JpegReader(const ImageSource& source) : source_(source) {
    info_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = on_error;
    errors_.manager.emit_message = on_message;
    progress_.progress_monitor = on_progress;
    if (!read_header()) {
      const std::string message = errors_.message;
      jpeg_destroy_decompress(&info_);
      throw_image(source_, "the JPEG file cannot be decoded (" + message + ")");
    }
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  ImageInfo size() const {
    return {.height = info_.image_height,
            .width = info_.image_width,
            .channels = info_.num_components == 1 ? 1 : 3};
  }
  int stored_channels() const { return info_.num_components; }

  void check_size() const {
    const double pixels = static_cast<double>(info_.image_height) * info_.image_width;
    check_image_size(source_, info_.image_height, info_.image_width,
                     info_.arith_code ? 0 : pixels / kMaxPixelsPerByte);
  }

  // height * width * stored_channels() values.
  std::vector<uint8_t> pixels() {
    const size_t stride = static_cast<size_t>(info_.image_width) * stored_channels();
    std::vector<uint8_t> values(stride * info_.image_height);
    if (!read_rows(values.data(), stride)) {
      throw_image(source_,
                  "the JPEG file cannot be decoded (" + std::string(errors_.message) + ")");
    }
    if (errors_.ended_early) {
      throw_image(source_, "the JPEG data ends before the last pixel");
    }
    return values;
  }

 private:
  bool read_header() {
    if (setjmp(errors_.way_out) != 0) {
      return false;
    }
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(source_.bytes.data()),
                 source_.bytes.size());
    jpeg_read_header(&info_, TRUE);
    return true;
  }

  bool read_rows(uint8_t* output, size_t stride) {
    if (setjmp(errors_.way_out) != 0) {
      return false;
    }
    info_.out_color_space = stored_channels() == 1   ? JCS_GRAYSCALE
                            : stored_channels() == 3 ? JCS_RGB
                                                     : JCS_CMYK;
    info_.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = output + stride * info_.output_scanline;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    return true;
  }

  const ImageSource& source_;
  ErrorState errors_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
};

// Stored inverted: 255 is no ink.
std::vector<uint8_t> rgb_of_cmyk(const std::vector<uint8_t>& cmyk) {
  std::vector<uint8_t> rgb(cmyk.size() / 4 * 3);
  for (size_t pixel = 0; pixel < cmyk.size() / 4; ++pixel) {
    const int black = cmyk[pixel * 4 + 3];
    for (size_t channel = 0; channel < 3; ++channel) {
      rgb[pixel * 3 + channel] =
          static_cast<uint8_t>((cmyk[pixel * 4 + channel] * black + 127) / 255);
    }
  }
  return rgb;
}

void check_channels(const ImageSource& source, int channels) {
  if (channels != 1 && channels != 3 && channels != 4) {
    throw_image(source, "a JPEG file with " + std::to_string(channels) +
                            " channels; 1, 3 and 4 can be read");
  }
}

}  // namespace

ImageInfo jpeg_info(const ImageSource& source) {
  const JpegReader reader(source);
  reader.check_size();
  check_channels(source, reader.stored_channels());
  return reader.size();
}

Image decode_jpeg(const ImageSource& source) {
  JpegReader reader(source);
  reader.check_size();
  check_channels(source, reader.stored_channels());
  const ImageInfo size = reader.size();
  Image image{.height = size.height, .width = size.width, .channels = size.channels};
  image.pixels = reader.pixels();
  if (reader.stored_channels() == 4) {
    image.pixels = rgb_of_cmyk(image.pixels);
  }
  return image;
}

}  // namespace dyt::formats

// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/image.h"

#include <cstdlib>
#include <sstream>

#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/core/text.h"
#include "tests/formats/formats_test_util.h"
#include "tests/support/image_files.h"

namespace dyt::formats {
namespace {

using dyt::testing::jpeg_bytes;
using dyt::testing::Picture;
using dyt::testing::png_bytes;
using dyt::testing::stripes;

Image parse(const std::string& bytes) { return parse_image(bytes, "test"); }

void expect_size(const Image& image, int64_t height, int64_t width, int64_t channels) {
  EXPECT_EQ(image.height, height);
  EXPECT_EQ(image.width, width);
  EXPECT_EQ(image.channels, channels);
  EXPECT_EQ(image.pixels.size(), static_cast<size_t>(height * width * channels));
}

void expect_near(const std::vector<uint8_t>& found, const std::vector<uint8_t>& expected,
                 int tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], tolerance) << "at " << i;
  }
}

TEST(Png, GreyAndRgbAreExact) {
  for (const int channels : {1, 3}) {
    for (const bool interlaced : {false, true}) {
      const Picture picture = stripes(13, 21, channels);
      const Image image = parse(png_bytes(picture, {.interlaced = interlaced}));
      expect_size(image, 13, 21, channels);
      EXPECT_EQ(image.pixels, picture.pixels);
    }
  }
}

TEST(Png, SixteenBitsAreRoundedToEight) {
  const Picture picture{
      .height = 1, .width = 4, .channels = 1, .pixels = {0, 0, 0, 128, 0, 129, 255, 255}};
  EXPECT_EQ(parse(png_bytes(picture, {.bits = 16})).pixels, (std::vector<uint8_t>{0, 0, 1, 255}));
}

TEST(Png, FewBitsAreSpread) {
  const Picture bits{.height = 2, .width = 8, .channels = 1, .pixels = {0b10100000, 0b00000001}};
  EXPECT_EQ(parse(png_bytes(bits, {.bits = 1})).pixels,
            (std::vector<uint8_t>{255, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}));
  const Picture pairs{.height = 1, .width = 4, .channels = 1, .pixels = {0b00011011}};
  EXPECT_EQ(parse(png_bytes(pairs, {.bits = 2})).pixels, (std::vector<uint8_t>{0, 85, 170, 255}));
}

TEST(Png, PaletteBecomesRgb) {
  const Picture picture{.height = 1, .width = 3, .channels = 1, .pixels = {1, 0, 1}};
  const Image image = parse(png_bytes(picture, {.palette = {10, 20, 30, 40, 50, 60}}));
  expect_size(image, 1, 3, 3);
  EXPECT_EQ(image.pixels, (std::vector<uint8_t>{40, 50, 60, 10, 20, 30, 40, 50, 60}));
}

TEST(Png, AlphaIsCompositedOntoWhite) {
  const Picture rgba{.height = 1,
                     .width = 3,
                     .channels = 4,
                     .pixels = {10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 51}};
  const Image image = parse(png_bytes(rgba));
  expect_size(image, 1, 3, 3);
  EXPECT_EQ(image.pixels, (std::vector<uint8_t>{10, 20, 30, 255, 255, 255, 204, 224, 244}));
  const Picture grey{.height = 1, .width = 2, .channels = 2, .pixels = {7, 255, 0, 51}};
  EXPECT_EQ(parse(png_bytes(grey)).pixels, (std::vector<uint8_t>{7, 204}));
  const Picture indices{.height = 1, .width = 2, .channels = 1, .pixels = {0, 1}};
  EXPECT_EQ(
      parse(png_bytes(indices, {.palette = {9, 9, 9, 7, 7, 7}, .alpha_of_palette = {0}})).pixels,
      (std::vector<uint8_t>{255, 255, 255, 7, 7, 7}));
}

TEST(Jpeg, GreyAndRgbAreNear) {
  for (const int channels : {1, 3}) {
    for (const bool progressive : {false, true}) {
      const Picture picture = stripes(24, 40, channels);
      const Image image = parse(jpeg_bytes(picture, {.progressive = progressive}));
      expect_size(image, 24, 40, channels);
      expect_near(image.pixels, picture.pixels, 4);
    }
  }
}

TEST(Jpeg, CmykBecomesRgb) {
  Picture picture{.height = 8, .width = 8, .channels = 4};
  for (int i = 0; i < 64; ++i) {
    picture.pixels.insert(picture.pixels.end(), {255, 100, 0, 128});
  }
  const Image image = parse(jpeg_bytes(picture));
  expect_size(image, 8, 8, 3);
  expect_near({image.pixels.begin(), image.pixels.begin() + 3}, {128, 50, 0}, 2);
}

TEST(Jpeg, TwelveBitSamplesAreRefused) {
  EXPECT_TRUE(mentions(data_error([] { parse(dyt::testing::twelve_bit_jpeg()); }), "precision 12"));
}

TEST(Image, InfoIsTheSizeAfterDecoding) {
  const ImageInfo jpeg = parse_image_info(jpeg_bytes(stripes(5, 9, 4)), "test");
  EXPECT_EQ(jpeg.height, 5);
  EXPECT_EQ(jpeg.width, 9);
  EXPECT_EQ(jpeg.channels, 3);
  EXPECT_EQ(parse_image_info(png_bytes(stripes(5, 9, 2)), "test").channels, 1);
}

TEST(Image, OtherBytesAreRefused) {
  for (const std::string bytes : {"", "GIF89a", "\xff\xd8", "BM"}) {
    const std::string message = data_error([&] { parse(bytes); });
    EXPECT_TRUE(mentions(message, "test"));
  }
  EXPECT_TRUE(mentions(data_error([] { parse("GIF89a"); }), "neither a JPEG nor a PNG"));
  EXPECT_TRUE(mentions(data_error([] { read_image("/nowhere/a.png"); }), "/nowhere/a.png"));
}

TEST(Image, EveryTruncationIsAnError) {
  for (const std::string& bytes : {png_bytes(stripes(16, 16, 3)), jpeg_bytes(stripes(16, 16, 3)),
                                   jpeg_bytes(stripes(16, 16, 3), {.progressive = true})}) {
    for (size_t length = 0; length + 2 < bytes.size(); length += 7) {
      data_error([&] { parse(bytes.substr(0, length)); });
    }
  }
}

// A PNG header (with its check sum) that claims the size; nothing after it.
std::string png_header(uint32_t width, uint32_t height) {
  std::string chunk = "IHDR";
  for (const uint32_t value : {width, height}) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      chunk += static_cast<char>(value >> shift);
    }
  }
  chunk += std::string("\x08\x02\0\0\0", 5);
  const uLong sum =
      crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size()));
  std::string bytes = std::string("\x89PNG\r\n\x1a\n\0\0\0\x0d", 12) + chunk;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(sum >> shift);
  }
  return bytes + std::string("\0\0\0\0IDAT\x35\xaf\x06\x1e", 12);
}

TEST(Image, AbsurdSizesAreRefusedBeforeMemoryIsTaken) {
  EXPECT_TRUE(mentions(data_error([] { parse(png_header(65'536, 1)); }), "too large"));
  EXPECT_TRUE(mentions(data_error([] { parse(png_header(60'000, 60'000)); }), "too large"));
  EXPECT_TRUE(mentions(data_error([] { parse(png_header(16'000, 16'000)); }), "truncated"));
  std::string jpeg = jpeg_bytes(stripes(16, 16, 1));
  const size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\x40\x00\x40\x00", 4);  // 16384 x 16384
  EXPECT_TRUE(mentions(data_error([&] { parse(jpeg); }), "truncated"));
  jpeg.replace(frame + 5, 4, "\xff\x00\xff\x00", 4);
  EXPECT_TRUE(mentions(data_error([&] { parse(jpeg); }), "too large"));
}

std::vector<double> channel_means(const Image& image) {
  std::vector<double> means(static_cast<size_t>(image.channels), 0.0);
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    means[i % means.size()] += image.pixels[i];
  }
  for (double& mean : means) {
    mean /= static_cast<double>(image.height * image.width);
  }
  return means;
}

struct ReferenceRow {
  std::string file, mode, sha256, png;
  int64_t width = 0, height = 0;
  std::vector<double> means;
};

// Rows of decoded_reference.tsv, whose columns its first line names.
std::vector<ReferenceRow> read_reference(const std::filesystem::path& path) {
  std::istringstream text(core::read_file(path));
  std::string line;
  std::getline(text, line);
  std::vector<ReferenceRow> rows;
  while (std::getline(text, line)) {
    const std::vector<std::string> cells = core::split(line, '\t');
    ReferenceRow row{.file = cells[0], .mode = cells[3], .sha256 = cells[5], .png = cells[7]};
    if (row.mode != "-") {
      row.width = std::stoll(cells[1]);
      row.height = std::stoll(cells[2]);
      for (const std::string& mean : core::split(cells[6], ',')) {
        row.means.push_back(std::stod(mean));
      }
    }
    rows.push_back(row);
  }
  return rows;
}

void check_against(const ReferenceRow& row, const std::filesystem::path& folder) {
  SCOPED_TRACE(row.file);
  const Image image = read_image(folder / row.file);
  expect_size(image, row.height, row.width, row.mode == "L" ? 1 : 3);
  if (row.mode != "CMYK") {  // its row is of the four channels
    const std::vector<double> means = channel_means(image);
    for (size_t channel = 0; channel < means.size(); ++channel) {
      EXPECT_NEAR(means[channel], row.means[channel], 0.5);
    }
  }
  if (row.png != "-") {
    expect_near(image.pixels, read_image(folder / row.png).pixels, 8);
  }
}

TEST(Jpeg, ConformanceFiles) {
  const char* data = std::getenv("DYT_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/jpeg-conformance/";
  }
  const std::filesystem::path folder = std::filesystem::path(data) / "vision/jpeg-conformance";
  int good = 0;
  int bad = 0;
  int same_bits = 0;
  for (const ReferenceRow& row : read_reference(folder / "decoded_reference.tsv")) {
    if (row.mode == "-") {
      ++bad;
      EXPECT_TRUE(mentions(data_error([&] { read_image(folder / row.file); }), row.file));
      continue;
    }
    ++good;
    check_against(row, folder);
    const std::vector<uint8_t> pixels = read_image(folder / row.file).pixels;
    same_bits += core::sha256_hex({reinterpret_cast<const char*>(pixels.data()), pixels.size()}) ==
                 row.sha256;
  }
  EXPECT_EQ(good, 14);
  EXPECT_EQ(bad, 2);
  RecordProperty("same_bits", same_bits);
}

}  // namespace
}  // namespace dyt::formats

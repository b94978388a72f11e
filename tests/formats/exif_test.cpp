// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/internal/exif.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dyt/core/files.h"
#include "dyt/formats/idx.h"
#include "dyt/formats/image.h"
#include "dyt/formats/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"

namespace dyt::formats {
namespace {

using testing::jpeg_bytes;
using testing::png_bytes;
using testing::stripes;

// A TIFF with one directory entry, the orientation, low or high byte first.
std::string tiff(char value, bool high_first) {
  using std::string;
  return high_first ? string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + value +
                          string(6, '\0')
                    : string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + value +
                          string(7, '\0');
}

std::string jpeg_with(const std::string& content) {
  std::string bytes = jpeg_bytes(stripes(8, 8, 3));
  const std::string segment = std::string("Exif\0\0", 6) + content;
  return bytes.insert(
      2, std::string("\xff\xe1\0", 3) + static_cast<char>(segment.size() + 2) + segment);
}

std::string png_with(const std::string& content) {
  std::string bytes = png_bytes(stripes(8, 8, 3));
  // Behind the signature and IHDR; the checksum is not looked at here.
  return bytes.insert(33, std::string("\0\0\0", 3) + static_cast<char>(content.size()) + "eXIf" +
                              content + std::string(4, '\0'));
}

TEST(Exif, OrientationOfJpegAndPngInBothByteOrders) {
  EXPECT_EQ(exif_orientation(jpeg_bytes(stripes(8, 8, 3))), 1);
  EXPECT_EQ(exif_orientation(png_bytes(stripes(8, 8, 3))), 1);
  for (const bool high_first : {false, true}) {
    for (char value = 1; value <= 8; ++value) {
      EXPECT_EQ(exif_orientation(jpeg_with(tiff(value, high_first))), value);
      EXPECT_EQ(exif_orientation(png_with(tiff(value, high_first))), value);
    }
    for (const char value : {0, 9}) {
      EXPECT_EQ(exif_orientation(jpeg_with(tiff(value, high_first))), 1) << "no such orientation";
    }
  }
  EXPECT_EQ(parse_image_info(jpeg_with(tiff(6, true)), "a.jpg").orientation, 6);
  EXPECT_EQ(parse_image_info(jpeg_bytes(stripes(8, 8, 1)), "a.jpg").orientation, 1);
}

TEST(Exif, OfDamagedBytesItIsUpright) {
  for (const std::string& whole : {jpeg_with(tiff(6, true)), png_with(tiff(6, false))}) {
    for (size_t length = 0; length < whole.size(); ++length) {
      const int64_t found = exif_orientation(whole.substr(0, length));
      EXPECT_TRUE(found == 1 || found == 6);
      std::string changed = whole;
      changed[length] = static_cast<char>(changed[length] ^ 0xff);
      const int64_t other = exif_orientation(changed);
      EXPECT_TRUE(other >= 1 && other <= 8);
    }
  }
}

TEST(ReadRegularFile, NothingWaitsForAFifo) {
  const testing::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "x").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder / "x", folder / "link");
  for (const char* name : {"x", "link"}) {
    const auto refused = [&](const std::function<void()>& read) {
      testing::expect_error(core::ErrorKind::kData, "this is a FIFO", read);
    };
    refused([&] { read_image(folder / name); });
    refused([&] { read_image_info(folder / name); });
    refused([&] { read_idx(folder / name); });
    refused([&] { SafetensorsFile::read(folder / name); });
  }
  testing::expect_error(core::ErrorKind::kData, "a device", [] { read_image("/dev/zero"); });
  testing::expect_error(core::ErrorKind::kData, "a folder", [&] { read_image(folder.path()); });
}

}  // namespace
}  // namespace dyt::formats

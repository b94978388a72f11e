// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/idx.h"

#include <algorithm>
#include <cstdlib>

#include "dyt/core/files.h"
#include "dyt/formats/gzip.h"
#include "tests/formats/formats_test_util.h"

namespace dyt::formats {
namespace {

// Two images of 1 x 3.
const std::string kImages(
    "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03"
    "abcdef",
    22);

TEST(Idx, ReadsPlainAndGzip) {
  for (const std::string& bytes : {kImages, gzip(kImages)}) {
    const IdxArray array = parse_idx(bytes, "x");
    EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 1, 3}));
    EXPECT_EQ(std::string(array.bytes.begin(), array.bytes.end()), "abcdef");
  }
}

TEST(Idx, EmptyArraysAreArrays) {
  EXPECT_TRUE(parse_idx(std::string("\0\0\x08\x01\0\0\0\0", 8), "x").bytes.empty());
}

TEST(Idx, DamageIsNamedWithFileAndByte) {
  struct Case {
    std::string bytes;
    std::vector<std::string> parts;
  };
  const auto changed = [](size_t position, char value) {
    std::string bytes = kImages;
    bytes[position] = value;
    return bytes;
  };
  const std::string packed = gzip(kImages);
  std::string bad_checksum = packed;
  bad_checksum[packed.size() - 8] ^= 1;
  const std::string huge = std::string("\0\0\x08\x03", 4) + std::string(12, '\xff');
  const std::vector<Case> cases = {
      {"", {"byte 0", "0 bytes"}},
      {kImages.substr(0, 3), {"byte 3", "first four bytes"}},
      {kImages.substr(0, 9), {"byte 9", "16 bytes of header for 3 dimensions"}},
      {kImages.substr(0, 20), {"byte 20", "truncated", "expected: 6 elements", "found:    4"}},
      {kImages + "!", {"byte 22", "goes on", "7"}},
      {changed(0, 'P'), {"byte 0", "not an IDX file", "50 00 08 03"}},
      {changed(2, '\x0d'), {"byte 2", "element type", "0d"}},
      {changed(3, '\0'), {"byte 3", "dimensions"}},
      {huge, {"byte 12", "impossible"}},
      {packed.substr(0, packed.size() - 9), {"truncated", "of the compressed file"}},
      {bad_checksum, {"corrupt", "of the compressed file"}},
      {packed + "junk", {"something else after", "byte " + std::to_string(packed.size())}},
      {gzip(kImages.substr(0, 20)), {"(unpacked), byte 20", "truncated"}},
  };
  for (const Case& bad : cases) {
    const std::string message = data_error([&] { parse_idx(bad.bytes, "labels.gz"); });
    EXPECT_TRUE(mentions(message, "labels.gz"));
    for (const std::string& part : bad.parts) {
      EXPECT_TRUE(mentions(message, part));
    }
  }
}

TEST(Idx, MissingFileIsNamed) {
  EXPECT_TRUE(mentions(data_error([] { read_idx("/nowhere/x.gz"); }), "/nowhere/x.gz"));
}

TEST(Gzip, StreamsFollowEachOther) {
  std::string large(700000, 'x');  // more than one chunk of output
  std::fill(large.begin() + 1000, large.begin() + 5000, 'y');
  EXPECT_EQ(gunzip(gzip(large) + gzip("end"), "x"), large + "end");
  EXPECT_FALSE(is_gzip("\x1f"));
  EXPECT_TRUE(mentions(data_error([] { gunzip("plain", "x"); }), "not a gzip file"));
}

TEST(Idx, FilesOfMnist) {
  const char* data = std::getenv("DYT_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/mnist/";
  }
  for (const char* set : {"mnist", "fashion-mnist"}) {
    const auto folder = std::filesystem::path(data) / "vision" / set;
    const IdxArray images = read_idx(folder / "t10k-images-idx3-ubyte.gz");
    EXPECT_EQ(images.shape, (std::vector<int64_t>{10000, 28, 28}));
    const IdxArray labels = read_idx(folder / "train-labels-idx1-ubyte.gz");
    EXPECT_EQ(labels.shape, std::vector<int64_t>{60000});
    EXPECT_EQ(*std::max_element(labels.bytes.begin(), labels.bytes.end()), 9);
  }
}

TEST(Gunzip, RefusesMoreThanItIsAllowed) {
  const std::string packed = gzip(std::string(1'000'000, 'a'));
  EXPECT_EQ(gunzip(packed, "a.gz", 1'000'000).size(), 1'000'000u);
  EXPECT_TRUE(
      mentions(data_error([&] { gunzip(packed, "a.gz", 999'999); }), "more than 999999 bytes"));
}

}  // namespace
}  // namespace dyt::formats

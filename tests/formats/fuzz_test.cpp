// SPDX-License-Identifier: Apache-2.0
// Random damage to valid files: a parser may accept it or throw Error(kData), never anything else.
// Worth most under the asan preset.
#include <fstream>
#include <functional>

#include "dyt/core/files.h"
#include "dyt/core/random.h"
#include "dyt/formats/archive.h"
#include "dyt/formats/idx.h"
#include "dyt/formats/image.h"
#include "dyt/formats/json_lines.h"
#include "dyt/formats/safetensors.h"
#include "tests/formats/formats_test_util.h"
#include "tests/support/image_files.h"
#include "tests/support/tar_file.h"
#include "tests/support/temp_folder.h"

namespace dyt::formats {
namespace {

constexpr int kRounds = 4000;

// One to four changes: a byte set or a bit flipped, a piece removed, doubled, or cut off at the
// end.
std::string damaged(std::string bytes, core::RandomStream& random) {
  const uint64_t changes = 1 + random.below(4);
  for (uint64_t change = 0; change < changes && !bytes.empty(); ++change) {
    const size_t place = random.below(bytes.size());
    const size_t length = 1 + random.below(16);
    switch (random.below(5)) {
      case 0:
        bytes[place] = static_cast<char>(random.below(256));
        break;
      case 1:
        bytes[place] = static_cast<char>(bytes[place] ^ (1 << random.below(8)));
        break;
      case 2:
        bytes.erase(place, length);
        break;
      case 3:
        bytes.insert(place, bytes.substr(place, length));
        break;
      default:
        bytes.resize(place);
    }
  }
  return bytes;
}

void check_damage(const std::string& name, const std::string& valid,
                  const std::function<void(const std::string&)>& parse, int rounds = kRounds) {
  core::RandomStream random(0, "fuzz/" + name);
  ASSERT_NO_THROW(parse(valid)) << name;
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    try {
      parse(damaged(valid, random));
    } catch (const core::Error& error) {
      ++refused;
      ASSERT_EQ(error.kind(), core::ErrorKind::kData) << name << ", round " << round;
    }
  }
  EXPECT_GT(refused, 0) << name;
}

TEST(Fuzz, Safetensors) {
  for (const char* name : {"types.safetensors", "names.safetensors", "empty.safetensors"}) {
    check_damage(name, core::read_file(golden(name)), [](const std::string& bytes) {
      const auto file = SafetensorsFile::parse(bytes, "fuzz");
      uint64_t sum = 0;  // touches every byte that the file hands out
      for (const TensorEntry& entry : file.tensors()) {
        for (const char byte : entry.data) {
          sum += static_cast<unsigned char>(byte);
        }
      }
      EXPECT_LE(sum, 255 * bytes.size());
      // What is accepted can be written and read again.
      SafetensorsFile::parse(safetensors_bytes(file.tensors(), file.metadata()), "again");
    });
  }
}

TEST(Fuzz, SafetensorsHeaderOnly) {
  // Damage to the JSON text alone, under a length that fits, reaches the deeper rules.
  const std::string valid = core::read_file(golden("names.safetensors"));
  const size_t header_end = valid.rfind("}}") + 2;
  const std::string data = valid.substr(valid.size() - 45);
  check_damage("header", valid.substr(8, header_end - 8), [&](const std::string& header) {
    const uint64_t length = header.size();
    const std::string prefix(reinterpret_cast<const char*>(&length), sizeof(length));
    SafetensorsFile::parse(prefix + header + data, "fuzz");
  });
}

TEST(Fuzz, Idx) {
  const std::string valid =
      std::string("\0\0\x08\x03\0\0\0\x04\0\0\0\x05\0\0\0\x05", 16) + std::string(100, 'p');
  const auto parse = [](const std::string& bytes) {
    const IdxArray array = parse_idx(bytes, "fuzz");
    uint64_t elements = 1;
    for (const int64_t length : array.shape) {
      elements *= static_cast<uint64_t>(length);
    }
    EXPECT_EQ(array.bytes.size(), elements);
  };
  check_damage("idx", valid, parse);
  check_damage("idx.gz", gzip(valid), parse);
}

TEST(Fuzz, Images) {
  const auto parse = [](const std::string& bytes) {
    const Image image = parse_image(bytes, "fuzz");
    EXPECT_EQ(image.pixels.size(),
              static_cast<size_t>(image.height * image.width * image.channels));
  };
  const auto picture = testing::stripes(17, 12, 3);
  check_damage("png", testing::png_bytes(picture), parse);
  check_damage("png interlaced", testing::png_bytes(picture, {.interlaced = true}), parse);
  check_damage("jpeg", testing::jpeg_bytes(picture), parse);
  check_damage("jpeg progressive", testing::jpeg_bytes(picture, {.progressive = true}), parse);
  check_damage("jpeg cmyk", testing::jpeg_bytes(testing::stripes(9, 9, 4)), parse);
}

TEST(Fuzz, Archives) {
  const std::vector<testing::TarEntry> entries = {
      {"set/", "", '5'}, {"set/a", std::string(700, 'a')}, {"set/b", "b"}};
  const testing::TempFolder folder;
  const auto unpack = [&](const std::string& bytes) {
    std::ofstream(folder / "in/archive", std::ios::binary) << bytes;
    std::filesystem::remove_all(folder / "in/output");
    unpack_archive(folder / "in/archive", folder / "in/output", {.max_bytes = 1 << 20});
  };
  std::filesystem::create_directory(folder / "in");
  check_damage("tar", testing::tar_bytes(entries), unpack, 200);
  check_damage("tar.gz", gzip(testing::tar_bytes(entries)), unpack, 200);
  // Nothing beside the one folder that was given.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Fuzz, JsonLines) {
  const std::string valid =
      "{\"epoch\":1,\"loss\":0.5}\n{\"epoch\":2,\"alpha\":{\"a\":null}}\n[]\n";
  for (const PartialLine partial : {PartialLine::kError, PartialLine::kIgnore}) {
    check_damage("jsonl", valid,
                 [partial](const std::string& bytes) { parse_json_lines(bytes, "fuzz", partial); });
  }
}

}  // namespace
}  // namespace dyt::formats

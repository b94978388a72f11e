// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <cstring>

#include "dyt/core/files.h"
#include "dyt/formats/safetensors.h"
#include "tests/formats/formats_test_util.h"

namespace dyt::formats {
namespace {

std::string file_bytes(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + header + data;
}

SafetensorsFile parse(const std::string& header, const std::string& data) {
  return SafetensorsFile::parse(file_bytes(header, data), "x.safetensors");
}

const std::string kOneByte = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";

TEST(SafetensorsRead, ReadsTensorsAndMetadata) {
  const auto file = parse(R"({"__metadata__":{"k":"v"},)"
                          R"("b":{"shape":[2],"dtype":"U8","data_offsets":[4,6]},)"
                          R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}  )",
                          std::string("\0\0\x80\x3fxy", 6));
  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors()[0].name, "a");  // in the order of the data, not of the header
  EXPECT_EQ(file.tensors()[0].shape, std::vector<int64_t>{});
  EXPECT_EQ(file.find("b")->data, "xy");
  EXPECT_EQ(file.find("b")->dtype, DType::kU8);
  EXPECT_EQ(file.find("c"), nullptr);
  EXPECT_EQ(file.metadata().at("k"), "v");
}

TEST(SafetensorsRead, DataStayInPlaceWhenTheFileIsMoved) {
  auto file = parse(kOneByte, "q");
  const char* before = file.find("a")->data.data();
  const SafetensorsFile moved = std::move(file);
  EXPECT_EQ(moved.find("a")->data.data(), before);
  EXPECT_EQ(moved.find("a")->data, "q");
}

TEST(SafetensorsRead, AcceptsWhatTheReferenceAccepts) {
  EXPECT_TRUE(parse("{}", "").tensors().empty());
  EXPECT_EQ(
      parse(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":{"y":[{"y":1}]}}})", "q")
          .tensors()
          .size(),
      1u);
  // Empty tensors between others, in whatever order they stand.
  EXPECT_EQ(parse(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                  R"("b":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},)"
                  R"("c":{"dtype":"F64","shape":[3,0],"data_offsets":[1,1]}})",
                  "q")
                .tensors()
                .size(),
            3u);
  EXPECT_EQ(parse(R"({"":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", "q").tensors()[0].name,
            "");
}

struct BadFile {
  std::string reason;
  std::string bytes;
  std::vector<std::string> parts;  // of the message
};

std::vector<BadFile> bad_beginnings() {
  const std::string length_too_large("\x01\xe1\xf5\x05\0\0\0\0", 8);  // 100,000,001
  return {
      {"no length", "1234567", {"byte 7", "at least 8 bytes"}},
      {"header over the limit", length_too_large + "{}", {"byte 0", "100000001"}},
      {"length near 2^64", std::string(8, '\xff') + "{}", {"byte 0", "out of bounds"}},
      {"ends inside the header", std::string("\x09\0\0\0\0\0\0\0{}", 10), {"byte 10", "9 bytes"}},
      {"empty header", file_bytes("", ""), {"byte 8", "begin with '{'"}},
      {"leading space", file_bytes(" " + kOneByte, "q"), {"byte 8", "0x20"}},
      {"byte order mark", file_bytes("\xef\xbb\xbf{}", ""), {"byte 8", "0xef"}},
      {"header is an array", file_bytes("[]", ""), {"byte 8"}},
      {"trailing text", file_bytes("{}x", ""), {"byte 10", "0x78"}},
      {"padded with zeros", file_bytes(std::string("{}\0\0", 4), ""), {"byte 10", "0x00"}},
      {"cut JSON", file_bytes("{\"a\":", ""), {"byte 13", "end of the header"}},
      {"not UTF-8", file_bytes("{\"\xff\":{}}", ""), {"byte 10", "0xff"}},
      {"lone surrogate", file_bytes(R"({"\ud800":{}})", ""), {"not JSON"}},
      {"NaN", file_bytes(R"({"a":NaN})", ""), {"not JSON", "byte 13"}},
      {"raw newline in a name", file_bytes("{\"\n\":{}}", ""), {"byte 10", "0x0a"}},
  };
}

std::vector<BadFile> bad_headers() {
  const auto with = [](const std::string& description) {
    return file_bytes("{\"a\":" + description + "}", "q");
  };
  return {
      {"tensor twice",
       file_bytes("{" + kOneByte.substr(1, kOneByte.size() - 2) + "," + kOneByte.substr(1), "q"),
       {"key stands twice", "'a'"}},
      {"field twice", with(R"({"dtype":"U8","dtype":"U8"})"), {"twice", "tensor 'a'", "'dtype'"}},
      {"metadata twice", file_bytes(R"({"__metadata__":{},"__metadata__":{}})", ""), {"twice"}},
      {"metadata key twice", file_bytes(R"({"__metadata__":{"k":"1","k":"2"}})", ""), {"'k'"}},
      {"metadata number", file_bytes(R"({"__metadata__":{"k":1}})", ""), {"a string", "'k'"}},
      {"metadata object", file_bytes(R"({"__metadata__":{"k":{}}})", ""), {"an object"}},
      {"metadata null", file_bytes(R"({"__metadata__":null})", ""), {"__metadata__", "null"}},
      {"tensor is null", with("null"), {"tensor 'a'", "an object", "null"}},
      {"tensor is an array", with(R"(["U8",[1],[0,1]])"), {"tensor 'a'", "an array"}},
      {"unknown type", with(R"({"dtype":"u8","shape":[1],"data_offsets":[0,1]})"), {"'u8'"}},
      {"type is a number", with(R"({"dtype":8,"shape":[1],"data_offsets":[0,1]})"), {"'dtype'"}},
      {"no shape", with(R"({"dtype":"U8","data_offsets":[0,1]})"), {"no 'shape'"}},
      {"no type", with(R"({"shape":[1],"data_offsets":[0,1]})"), {"no 'dtype'"}},
      {"no offsets", with(R"({"dtype":"U8","shape":[1]})"), {"no 'data_offsets'"}},
      {"negative length",
       with(R"({"dtype":"U8","shape":[-1],"data_offsets":[0,1]})"),
       {"negative", "'shape'"}},
      {"fraction", with(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1.0]})"), {"fraction"}},
      {"length of 65 bits", with(R"({"dtype":"U8","shape":[18446744073709551616]})"), {"64 bits"}},
      {"length of 64 bits",
       with(R"({"dtype":"U8","shape":[18446744073709551615]})"),
       {"too large"}},
      {"nested shape", with(R"({"dtype":"U8","shape":[[1]],"data_offsets":[0,1]})"), {"an array"}},
      {"three offsets",
       with(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1,1]})"),
       {"2 numbers"}},
  };
}

std::vector<BadFile> bad_layouts() {
  const auto one = [](const std::string& dtype, const std::string& shape,
                      const std::string& offsets) {
    return "\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
           offsets + "]}";
  };
  const std::string b = R"("b":{"dtype":"U8","shape":[2],"data_offsets":[)";
  return {
      {"truncated",
       file_bytes("{" + one("F32", "2", "0,8") + "}", "1234567"),
       {"ends inside a tensor", "'a'", "byte 69", "70 bytes of file"}},
      {"trailing bytes",
       file_bytes("{" + one("U8", "1", "0,1") + "}", "1234"),
       {"belong to nothing", "byte 62", "3 more bytes"}},
      {"data without tensors", file_bytes("{}", "1"), {"byte 10", "1 more bytes"}},
      {"hole at the start",
       file_bytes("{" + one("U8", "1", "1,2") + "}", "12"),
       {"hole", "from 0"}},
      {"hole",
       file_bytes("{" + one("U8", "1", "0,1") + "," + b + "2,4]}}", "1234"),
       {"hole", "'b'", "from 1"}},
      {"overlap",
       file_bytes("{" + one("U8", "2", "0,2") + "," + b + "1,3]}}", "123"),
       {"overlaps", "'b'", "from 2"}},
      {"same bytes",
       file_bytes("{" + one("U8", "2", "0,2") + "," + b + "0,2]}}", "12"),
       {"overlaps"}},
      {"too few bytes for the shape",
       file_bytes("{" + one("F32", "2", "0,4") + "}", "1234"),
       {"8 bytes for F32 of shape [2]", "0 to 4"}},
      {"end before begin", file_bytes("{" + one("U8", "0", "1,0") + "}", ""), {"1 to 0"}},
      {"product overflows",
       file_bytes("{" + one("U8", "4294967296,4294967296,4294967296", "0,1") + "}", "1"),
       {"overflows", "U8 of shape"}},
      {"bytes overflow",
       file_bytes("{" + one("F64", "4611686018427387904", "0,0") + "}", ""),
       {"overflows"}},
      {"half a byte", file_bytes("{" + one("F4", "3", "0,2") + "}", "12"), {"whole bytes"}},
  };
}

TEST(SafetensorsRead, EveryRuleIsChecked) {
  for (const auto& list : {bad_beginnings(), bad_headers(), bad_layouts()}) {
    for (const BadFile& file : list) {
      SCOPED_TRACE(file.reason);
      const std::string message =
          data_error([&] { SafetensorsFile::parse(file.bytes, "x.safetensors"); });
      EXPECT_TRUE(mentions(message, "x.safetensors"));
      for (const std::string& part : file.parts) {
        EXPECT_TRUE(mentions(message, part));
      }
    }
  }
}

TEST(SafetensorsRead, DeepNestingIsNoProblem) {
  const std::string deep(1 << 20, '[');
  EXPECT_TRUE(mentions(data_error([&] { parse("{\"a\":{\"x\":" + deep, ""); }), "not JSON"));
}

TEST(SafetensorsRead, MissingFileIsNamed) {
  EXPECT_TRUE(mentions(data_error([] { SafetensorsFile::read("/nowhere/x.safetensors"); }),
                       "/nowhere/x.safetensors"));
}

TEST(SafetensorsRead, FilesOfPyTorch) {
  const char* data = std::getenv("DYT_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with reference-checkpoints/";
  }
  const std::filesystem::path folder =
      std::filesystem::path(data) / "reference-checkpoints/safetensors";
  const auto layers = SafetensorsFile::read(folder / "multi_layer.safetensors");
  ASSERT_NE(layers.find("norm1.num_batches_tracked"), nullptr);
  EXPECT_EQ(layers.find("norm1.num_batches_tracked")->dtype, DType::kI64);
  EXPECT_EQ(layers.find("conv1.weight")->shape, (std::vector<int64_t>{4, 3, 3, 3}));
  for (const char* name : {"multi_layer.safetensors", "mnist.safetensors"}) {
    const auto file = SafetensorsFile::read(folder / name);
    EXPECT_EQ(safetensors_bytes(file.tensors(), file.metadata()), core::read_file(folder / name));
  }
  EXPECT_EQ(SafetensorsFile::read(folder / "mnist.safetensors").tensors().size(), 20u);
}

}  // namespace
}  // namespace dyt::formats

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "dyt/core/files.h"
#include "dyt/formats/safetensors.h"
#include "tests/formats/formats_test_util.h"
#include "tests/support/temp_folder.h"

namespace dyt::formats {
namespace {

// The types that scripts/golden/safetensors_golden.py writes, under the names it gives them.
const std::map<std::string, DType> kGoldenTypes = {{"bool", DType::kBool},
                                                   {"float4_e2m1fn_x2", DType::kF4},
                                                   {"uint8", DType::kU8},
                                                   {"int8", DType::kI8},
                                                   {"float8_e5m2", DType::kF8E5M2},
                                                   {"float8_e4m3fn", DType::kF8E4M3},
                                                   {"float8_e8m0fnu", DType::kF8E8M0},
                                                   {"float8_e4m3fnuz", DType::kF8E4M3Fnuz},
                                                   {"float8_e5m2fnuz", DType::kF8E5M2Fnuz},
                                                   {"int16", DType::kI16},
                                                   {"uint16", DType::kU16},
                                                   {"float16", DType::kF16},
                                                   {"bfloat16", DType::kBF16},
                                                   {"int32", DType::kI32},
                                                   {"uint32", DType::kU32},
                                                   {"float32", DType::kF32},
                                                   {"complex64", DType::kC64},
                                                   {"float64", DType::kF64},
                                                   {"int64", DType::kI64},
                                                   {"uint64", DType::kU64}};

TEST(SafetensorsWrite, EveryTypeEqualsTheReferenceWriter) {
  const std::string expected = core::read_file(golden("types.safetensors"));
  const auto file = SafetensorsFile::parse(expected, "types.safetensors");
  ASSERT_EQ(file.tensors().size(), kGoldenTypes.size());
  std::vector<TensorEntry> entries;
  for (const auto& [name, dtype] : kGoldenTypes) {  // by name, not in the file's order
    const TensorEntry* entry = file.find("t." + name);
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(entry->dtype, dtype) << name;
    entries.push_back({"t." + name, dtype, {2, 4}, entry->data});
  }
  EXPECT_EQ(safetensors_bytes(entries, {{"format", "pt"}}), expected);
}

TEST(SafetensorsWrite, NamesAndMetadataEqualTheReferenceWriter) {
  const std::string expected = core::read_file(golden("names.safetensors"));
  const auto file = SafetensorsFile::parse(expected, "names.safetensors");
  std::vector<TensorEntry> entries = file.tensors();
  std::reverse(entries.begin(), entries.end());
  EXPECT_EQ(safetensors_bytes(entries, file.metadata()), expected);
  EXPECT_EQ(file.metadata().at("note \"\u00e9\""), "line\nand \x1f </end>");
  EXPECT_EQ(file.find("")->shape, (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(file.find("Z")->data, std::string("\0\0\xc0\x3f", 4));  // 1.5
}

TEST(SafetensorsWrite, NoTensorEqualsTheReferenceWriter) {
  EXPECT_EQ(safetensors_bytes({}), core::read_file(golden("empty.safetensors")));
}

TEST(SafetensorsWrite, MetadataKeysAreSorted) {
  const std::string bytes = safetensors_bytes({}, {{"b", "2"}, {"a", "1"}});
  EXPECT_EQ(bytes.substr(8), R"({"__metadata__":{"a":"1","b":"2"}})" + std::string(6, ' '));
}

TEST(SafetensorsWrite, RefusesWhatTheFormatCannotHold) {
  const TensorEntry good{"a", DType::kU8, {1}, "q"};
  const std::vector<std::vector<TensorEntry>> bad = {
      {good, good},                              // one name twice
      {good, {"a", DType::kI8, {1}, "q"}},       // also of two types
      {{"__metadata__", DType::kU8, {1}, "q"}},  // reserved
      {{"a", DType::kU8, {2}, "q"}},             // data do not fit
      {{"a", DType::kU8, {-1}, ""}},             // negative length
      {{"a", DType::kF4, {1}, "q"}},             // half a byte
      {{"\xff", DType::kU8, {1}, "q"}},          // not UTF-8
  };
  for (const std::vector<TensorEntry>& entries : bad) {
    try {
      safetensors_bytes(entries);
      ADD_FAILURE() << "no error for " << entries.back().name;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kInternal);
    }
  }
}

TEST(SafetensorsWrite, FileReadsBack) {
  const dyt::testing::TempFolder folder;
  const auto path = folder / "a.safetensors";
  write_safetensors(path, std::vector<TensorEntry>{{"a", DType::kU8, {3}, "xyz"}}, {{"k", "v"}});
  const auto file = SafetensorsFile::read(path);
  EXPECT_EQ(file.find("a")->data, "xyz");
  EXPECT_EQ(file.metadata().at("k"), "v");
}

TEST(SafetensorsTypes, SizesAndNamesGoTogether) {
  EXPECT_EQ(dtype_of_name("F8_E4M3"), DType::kF8E4M3);
  EXPECT_EQ(dtype_of_name("f32"), std::nullopt);
  EXPECT_EQ(dtype_name(DType::kBF16), "BF16");
  const std::vector<int64_t> shape{3, 4};
  EXPECT_EQ(tensor_bytes(DType::kF6E2M3, shape), 9u);
  EXPECT_EQ(tensor_bytes(DType::kU64, shape), 96u);
  EXPECT_EQ(tensor_bytes(DType::kBool, {}), 1u);
}

}  // namespace
}  // namespace dyt::formats

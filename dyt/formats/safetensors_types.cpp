// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "dyt/formats/safetensors.h"

namespace dyt::formats {
namespace {

struct TypeRow {
  DType dtype;
  std::string_view name;
  int64_t bits;
};

constexpr TypeRow kTypes[] = {{DType::kBool, "BOOL", 8},
                              {DType::kF4, "F4", 4},
                              {DType::kF6E2M3, "F6_E2M3", 6},
                              {DType::kF6E3M2, "F6_E3M2", 6},
                              {DType::kU8, "U8", 8},
                              {DType::kI8, "I8", 8},
                              {DType::kF8E5M2, "F8_E5M2", 8},
                              {DType::kF8E4M3, "F8_E4M3", 8},
                              {DType::kF8E8M0, "F8_E8M0", 8},
                              {DType::kF8E4M3Fnuz, "F8_E4M3FNUZ", 8},
                              {DType::kF8E5M2Fnuz, "F8_E5M2FNUZ", 8},
                              {DType::kI16, "I16", 16},
                              {DType::kU16, "U16", 16},
                              {DType::kF16, "F16", 16},
                              {DType::kBF16, "BF16", 16},
                              {DType::kI32, "I32", 32},
                              {DType::kU32, "U32", 32},
                              {DType::kF32, "F32", 32},
                              {DType::kC64, "C64", 64},
                              {DType::kF64, "F64", 64},
                              {DType::kI64, "I64", 64},
                              {DType::kU64, "U64", 64}};

constexpr bool rows_follow_the_enum() {
  for (size_t i = 0; i < std::size(kTypes); ++i) {
    if (static_cast<size_t>(kTypes[i].dtype) != i) {
      return false;
    }
  }
  return true;
}
static_assert(rows_follow_the_enum());

}  // namespace

std::string_view dtype_name(DType dtype) { return kTypes[static_cast<size_t>(dtype)].name; }

int64_t dtype_bits(DType dtype) { return kTypes[static_cast<size_t>(dtype)].bits; }

std::optional<DType> dtype_of_name(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) {
      return row.dtype;
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> tensor_bytes(DType dtype, std::span<const int64_t> shape) {
  uint64_t bits = 1;
  for (const int64_t length : shape) {
    if (length < 0 || __builtin_mul_overflow(bits, static_cast<uint64_t>(length), &bits)) {
      return std::nullopt;
    }
  }
  if (__builtin_mul_overflow(bits, static_cast<uint64_t>(dtype_bits(dtype)), &bits) ||
      bits % 8 != 0) {
    return std::nullopt;
  }
  return bits / 8;
}

}  // namespace dyt::formats

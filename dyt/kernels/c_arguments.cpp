// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/internal/c_arguments.h"

#include "dyt/kernels/internal/c_values.h"

namespace dyt::kernels::internal {
namespace {

struct Range {
  uintptr_t begin, end;
};

Range range_of(const Buffer& buffer) {
  const auto begin = reinterpret_cast<uintptr_t>(buffer.data);
  const bool absent = buffer.data == nullptr;
  return {begin, begin + (absent ? 0
                                 : static_cast<uintptr_t>(buffer.count) *
                                       static_cast<uintptr_t>(size_of(buffer.dtype)))};
}

bool is_written(const Buffer& buffer) {
  return buffer.use == Use::kWritten || buffer.use == Use::kReplacing;
}

bool may_be_one(const Buffer& a, const Buffer& b) {
  return (a.use == Use::kReplacing && b.use == Use::kReadOrReplaced) ||
         (b.use == Use::kReplacing && a.use == Use::kReadOrReplaced);
}

void check_apart(const Buffer& a, const Buffer& b) {
  const Range first = range_of(a), second = range_of(b);
  const bool empty = first.begin == first.end || second.begin == second.end;
  if (empty || first.end <= second.begin || second.end <= first.begin ||
      (!is_written(a) && !is_written(b)) || (may_be_one(a, b) && a.data == b.data)) {
    return;
  }
  refuse(DYT_STATUS_OVERLAP, a.name, " and ", b.name, " overlap: expected them apart",
         may_be_one(a, b) ? " or the very same pointer" : "", ", found ", a.data, " with ",
         first.end - first.begin, " bytes and ", b.data, " with ", second.end - second.begin);
}

void check_alone(const Buffer& buffer) {
  if (buffer.data == nullptr) {
    if (buffer.required && buffer.count > 0) {
      refuse(DYT_STATUS_NULL_POINTER, buffer.name, ": expected ", buffer.count, " numbers of ",
             name_of(buffer.dtype), ", found null");
    }
    return;
  }
  const auto size = static_cast<uintptr_t>(size_of(buffer.dtype));
  if (buffer.count > 0 && reinterpret_cast<uintptr_t>(buffer.data) % size != 0) {
    refuse(DYT_STATUS_MISALIGNED, buffer.name, ": expected an address that ", size,
           " divides, for ", name_of(buffer.dtype), ", found ", buffer.data);
  }
}

}  // namespace

Function checked_function(dyt_function number) {
  const FunctionRow* row = row_of(number);
  if (row == nullptr) {
    refuse(DYT_STATUS_UNKNOWN_VALUE, "function: expected a DYT_FUNCTION_ number from 1 to ",
           std::size(kFunctions), ", found ", number);
  }
  return row->function;
}

DType checked_dtype(dyt_dtype number) {
  const auto* found = std::ranges::find(kDTypeNumbers, number, &DTypeNumber::number);
  if (found == std::end(kDTypeNumbers)) {
    refuse(DYT_STATUS_UNKNOWN_VALUE, "dtype: expected a DYT_DTYPE_ number from 1 to ",
           std::size(kDTypeNumbers), ", found ", number);
  }
  return found->dtype;
}

DType checked_parameter_dtype(dyt_dtype number, DType arrays) {
  const auto* found = std::ranges::find(kDTypeNumbers, number, &DTypeNumber::number);
  const bool known = found != std::end(kDTypeNumbers);
  if (number == 0 || (known && found->dtype == arrays)) {
    return arrays;
  }
  if (known && found->dtype == DType::kFloat32 && is_16_bit(arrays)) {
    return DType::kFloat32;
  }
  refuse(DYT_STATUS_UNKNOWN_VALUE, "parameter_dtype: expected 0 for ", name_of(arrays),
         is_16_bit(arrays) ? " or DYT_DTYPE_FLOAT32" : "", ", found ", number,
         known ? std::string(" (") + found->name + ")" : std::string());
}

bool checked_flag(const char* name, int32_t value) {
  if (value != 0 && value != 1) {
    refuse(DYT_STATUS_UNKNOWN_VALUE, name, ": expected 0 or 1, found ", value);
  }
  return value == 1;
}

void check_extents(std::initializer_list<Extent> extents) {
  int64_t product = 1;  // without zeros: the other extents are arrays' lengths too
  for (const Extent& extent : extents) {
    if (extent.value < extent.least || extent.value > kMostElements) {
      refuse(DYT_STATUS_BAD_SIZE, extent.name, ": expected ", extent.least, " to ", kMostElements,
             ", found ", extent.value, extent.value == 0 ? " (1 where channels are last)" : "");
    }
    const int64_t factor = std::max<int64_t>(extent.value, 1);
    if (factor > kMostElements / product) {
      refuse(DYT_STATUS_BAD_SIZE, "expected at most ", kMostElements,
             " elements in all, found more at ", extent.name, " = ", extent.value);
    }
    product *= factor;
  }
}

void check_buffers(std::initializer_list<Buffer> buffers) {
  for (const Buffer* buffer = buffers.begin(); buffer != buffers.end(); ++buffer) {
    check_alone(*buffer);
    for (const Buffer* other = buffers.begin(); other != buffer; ++other) {
      check_apart(*buffer, *other);
    }
  }
}

void check_unused(const char* taker, std::initializer_list<Pointer> pointers) {
  for (const Pointer& pointer : pointers) {
    if (pointer.data != nullptr) {
      refuse(DYT_STATUS_UNUSED_POINTER, pointer.name, ": expected null, found ", pointer.data, ": ",
             taker, " takes it");
    }
  }
}

}  // namespace dyt::kernels::internal

// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/half.h"

#include <gtest/gtest.h>

#include <limits>

namespace dyt::kernels::test {
namespace {

// What the two types differ in, and their conversion under one name.
struct BFloat16Type {
  using Storage = BFloat16;
  static constexpr int kInfinity = 0x7f80;
  static constexpr double kSmallest = 0x1p-133;
  static constexpr double kFirstInfinite = 0x1.ffp127;  // half way from the largest to 2^128
  static Storage from(double value) { return to_bfloat16(value); }
};

struct Float16Type {
  using Storage = Float16;
  static constexpr int kInfinity = 0x7c00;
  static constexpr double kSmallest = 0x1p-24;
  static constexpr double kFirstInfinite = 65520;
  static Storage from(double value) { return to_float16(value); }
};

template <class Type>
class Half : public ::testing::Test {
 protected:
  static double number(int bits) {
    return to_float(typename Type::Storage{static_cast<uint16_t>(bits)});
  }
  static int bits(double value) { return Type::from(value).bits; }
};
using HalfTypes = ::testing::Types<BFloat16Type, Float16Type>;
TYPED_TEST_SUITE(Half, HalfTypes);

TYPED_TEST(Half, EveryNumberComesBack) {
  for (int bits = 0; bits < 65536; ++bits) {
    const double number = this->number(bits);
    EXPECT_EQ(std::signbit(number), bits >> 15 != 0) << bits;
    if ((bits & 0x7fff) <= TypeParam::kInfinity) {
      EXPECT_EQ(this->bits(number), bits) << number;
    } else {
      EXPECT_TRUE(std::isnan(number)) << bits;
      EXPECT_GT(this->bits(number) & 0x7fff, TypeParam::kInfinity) << "NaN stays NaN";
    }
  }
}

TYPED_TEST(Half, NumbersRiseFromTheSmallestToInfinity) {
  EXPECT_EQ(this->number(0), 0);
  EXPECT_EQ(this->number(1), TypeParam::kSmallest);
  for (int bits = 1; bits <= TypeParam::kInfinity; ++bits) {
    EXPECT_GT(this->number(bits), this->number(bits - 1)) << bits;
  }
  EXPECT_TRUE(std::isinf(this->number(TypeParam::kInfinity)));
}

// Between all neighbours: the middle goes to the even one, what is beside it to the nearer one.
TYPED_TEST(Half, RoundsToNearestEven) {
  for (int bits = 0; bits + 1 < TypeParam::kInfinity; ++bits) {
    const double middle = (this->number(bits) + this->number(bits + 1)) / 2;
    const int even = bits + (bits & 1);
    for (const int sign : {0, 0x8000}) {
      const double signed_middle = sign == 0 ? middle : -middle;
      EXPECT_EQ(this->bits(signed_middle), sign + even) << signed_middle;
      EXPECT_EQ(this->bits(std::nextafter(signed_middle, 0)), sign + bits) << signed_middle;
      EXPECT_EQ(this->bits(std::nextafter(signed_middle, 2 * signed_middle)), sign + bits + 1)
          << signed_middle;
    }
  }
}

TYPED_TEST(Half, OverflowIsInfinite) {
  const double border = TypeParam::kFirstInfinite;
  const int infinity = TypeParam::kInfinity;
  for (const double beyond : {border, 2 * border, double{std::numeric_limits<float>::max()}, 1e300,
                              std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(this->bits(beyond), infinity) << beyond;
    EXPECT_EQ(this->bits(-beyond), 0x8000 + infinity) << beyond;
  }
  EXPECT_EQ(this->bits(std::nextafter(border, 0)), infinity - 1) << "the largest";
}

TYPED_TEST(Half, UnderflowKeepsTheSign) {
  for (const double tiny : {0.0, 5e-324, 1e-300, TypeParam::kSmallest / 2}) {
    EXPECT_EQ(this->bits(tiny), 0) << tiny;
    EXPECT_EQ(this->bits(-tiny), 0x8000) << tiny;
  }
}

TEST(HalfNumbers, KnownBits) {
  EXPECT_EQ(to_bfloat16(1).bits, 0x3f80);
  EXPECT_EQ(to_bfloat16(-3.140625).bits, 0xc049);
  EXPECT_EQ(to_float16(1).bits, 0x3c00);
  EXPECT_EQ(to_float16(-3.140625).bits, 0xc248);
  EXPECT_EQ(to_float16(65504).bits, 0x7bff);
  EXPECT_EQ(to_float(Float16{0x3555}), 0.333251953125F);
}

}  // namespace
}  // namespace dyt::kernels::test

// SPDX-License-Identifier: Apache-2.0
// Holds the GPU's f and f' to the bounds of kernels/functions.h on the CPU: the same code, compiled
// for the host, with the approximate instructions off by all that their documentation allows,
// either way.
#include "dyt/kernels/functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>

#include "dyt/kernels/cuda/internal/more_functions.h"
#include "tests/kernels/bounds.h"
#include "tests/kernels/exact.h"

namespace dyt::kernels::cuda::test {
namespace {

using Wide = long double;

const FunctionRow& row_of(std::string_view name) {
  return *std::ranges::find(kFunctions, name, &FunctionRow::name);
}

template <class A>
std::vector<A> arguments_near(double sign) {
  std::vector<A> all = {0,
                        1,
                        0x1.921fb4p+0f,
                        0x1.921fb6p+0f,
                        0x1.b7e15p+0f,
                        0x1.b7e152p+0f,
                        0x1.4f92b6p+0f,
                        0x1.4f92b8p+0f,
                        0.625f,
                        std::nextafter(0.625f, 0.0f),
                        std::nextafter(1.0f, 0.0f),
                        std::nextafter(1.0f, 2.0f)};
  if constexpr (sizeof(A) == 4) {
    for (uint32_t bits = 1; bits < 0x7f800000; bits += 40009) {
      all.push_back(std::bit_cast<float>(bits));
    }
  } else {
    for (uint64_t bits = 1; bits < 0x7ff0000000000000; bits += 0x7ff000000000ULL * 977 + 12345) {
      all.push_back(std::bit_cast<double>(bits));
    }
    for (double a = 1e-4; a < 40; a *= 1.03) {
      all.push_back(a);
    }
  }
  for (A& a : all) {
    a = static_cast<A>(sign) * a;
  }
  return all;
}

// Bounds of one precision: of |t - f| in ULPs of a type, of |slope - f'| as a share of f' or, for
// the fast form, of max|f'|.
struct Bounds {
  double max_ulp;
  DType ulp;
  double slope;
};

template <class F, Precision P>
void expect_within(const Bounds& bounds) {
  using A = typename ArithmeticOf<P>::Type;
  const FunctionRow& row = row_of(F::kName);
  constexpr Wide kMin = std::numeric_limits<A>::min();
  Wide worst = 0, worst_slope = 0;
  A at = 0, slope_at = 0;
  for (const double sign : {1.0, -1.0}) {
    for (const A u : arguments_near<A>(sign)) {
      const Point<A> point = F::template point<P>(u);
      const A value = F::template value<P>(u);
      const Wide f = kernels::test::exact_value(row.function, u);
      const Wide slope = kernels::test::exact_slope(row.function, u);
      const Wide unit = kernels::test::ulp(bounds.ulp, f);
      const Wide error = std::fabs(value - f) / unit;
      if (!(error <= worst)) {
        worst = error;
        at = u;
      }
      const Wide scale =
          P == Precision::kFast ? slope_scale(row, static_cast<double>(slope)) : slope;
      const Wide slope_error = slope < kMin && P != Precision::kFast
                                   ? (point.slope <= kMin && point.slope >= 0 ? 0 : 1)
                                   : std::fabs(point.slope - slope) / scale;
      if (!(slope_error <= worst_slope)) {
        worst_slope = slope_error;
        slope_at = u;
      }
      if (P != Precision::kFast) {
        ASSERT_LE(value, 1) << u;
        ASSERT_GE(value, row.lowest) << u;
      }
      // Gradients of weight need f to 1e-5, also where the fast value is coarser.
      ASSERT_LE(std::fabs(point.value - f), Wide(1e-5) * std::fabs(f) + kMin) << u;
    }
  }
  EXPECT_LE(worst, bounds.max_ulp) << "at " << at;
  EXPECT_LE(worst_slope, bounds.slope) << "at " << slope_at;
}

template <class F>
void expect_special_values() {
  const FunctionRow& row = row_of(F::kName);
  const float infinity = std::numeric_limits<float>::infinity();
  const auto check = [&]<Precision P>() {
    using A = typename ArithmeticOf<P>::Type;
    const A nan = std::numeric_limits<A>::quiet_NaN();
    EXPECT_TRUE(std::isnan(F::template value<P>(nan)));
    EXPECT_TRUE(std::isnan(F::template point<P>(nan).value));
    EXPECT_TRUE(std::isnan(F::template point<P>(nan).slope));
    for (const A u : {A(infinity), A(-infinity)}) {
      const Point<A> point = F::template point<P>(u);
      const Wide tolerance = P == Precision::kFast ? 0x1p-11 : 0;
      EXPECT_NEAR(F::template value<P>(u), kernels::test::exact_value(row.function, u), tolerance)
          << u;
      EXPECT_NEAR(point.value, kernels::test::exact_value(row.function, u), 0x1p-22) << u;
      EXPECT_NEAR(point.slope, 0, std::numeric_limits<A>::min()) << u;
    }
    if (row.odd) {
      EXPECT_TRUE(std::signbit(F::template value<P>(A(-0.0))));
      EXPECT_EQ(F::template value<P>(A(-0.0)), 0);
    }
  };
  check.template operator()<Precision::kSingle>();
  check.template operator()<Precision::kDouble>();
  check.template operator()<Precision::kFast>();
}

template <class F>
class CudaFunctions : public ::testing::Test {
 protected:
  ~CudaFunctions() override { approximation_error = 0; }
};

template <class... F>
auto types_of(FunctionList<F...>) -> ::testing::Types<F...>;

struct Names {
  template <class F>
  static std::string GetName(int) {
    return std::string(F::kName);
  }
};

TYPED_TEST_SUITE(CudaFunctions, decltype(types_of(Functions{})), Names);

TYPED_TEST(CudaFunctions, Fp32) {
  const FunctionRow& row = row_of(TypeParam::kName);
  for (const float error : {0.0f, 1.0f, -1.0f}) {
    approximation_error = error;
    SCOPED_TRACE(error);
    expect_within<TypeParam, Precision::kSingle>(
        {row.max_ulp, DType::kFloat32, row.max_slope_error_fp32});
  }
}

TYPED_TEST(CudaFunctions, Fp64) {
  const FunctionRow& row = row_of(TypeParam::kName);
  expect_within<TypeParam, Precision::kDouble>(
      {row.max_ulp, DType::kFloat64, row.max_slope_error_fp64});
}

TYPED_TEST(CudaFunctions, SixteenBitTypesByDefault) {
  for (const float error : {0.0f, 1.0f, -1.0f}) {
    approximation_error = error;
    SCOPED_TRACE(error);
    expect_within<TypeParam, Precision::kFast>(
        {kMaxFastUlp16Bit, DType::kFloat16, kMaxFastSlopeError16Bit});
    expect_within<TypeParam, Precision::kFast>(
        {kMaxFastUlp16Bit, DType::kBFloat16, kMaxFastSlopeError16Bit});
  }
}

TYPED_TEST(CudaFunctions, NanInfinitiesAndNegativeZero) { expect_special_values<TypeParam>(); }

TEST(CudaFunctionList, EveryFunctionOfTheTableHasKernels) {
  const auto names = []<class... F>(FunctionList<F...>) {
    return std::vector<std::string_view>{F::kName...};
  }(Functions{});
  for (const FunctionRow& row : kFunctions) {
    EXPECT_NE(std::ranges::find(names, row.name), names.end()) << row.name;
  }
  EXPECT_EQ(names.size(), std::size(kFunctions));
}

}  // namespace
}  // namespace dyt::kernels::cuda::test

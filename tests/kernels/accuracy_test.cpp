// SPDX-License-Identifier: Apache-2.0
// Holds every implementation to the table of kernels/functions.h: f and f' alone, over the whole
// range; f'' of the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "dyt/kernels/reference.h"
#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

struct GoldenPoint {
  std::string function, type;
  double u;
  long double value, slope, curvature;
};

std::vector<GoldenPoint> read_golden() {
  std::ifstream file(DYT_SOURCE_DIR "/tests/kernels/golden/pointwise.csv");
  std::vector<GoldenPoint> points;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    const auto field = [&fields] {
      std::string text;
      std::getline(fields, text, ',');
      return text;
    };
    const auto number = [&field] { return std::strtold(field().c_str(), nullptr); };
    GoldenPoint point{.function = field(), .type = field()};
    point.u = static_cast<double>(number());
    point.value = number();
    point.slope = number();
    point.curvature = number();
    points.push_back(point);
  }
  return points;
}

// Points where f, f' (and f'', of golden ones) are known to at least 64 bits.
template <class T>
struct KnownPoints {
  std::vector<T> u;
  std::vector<long double> values, slopes, curvatures;
};

template <class T>
KnownPoints<T> golden_points(const FunctionRow& row) {
  static const std::vector<GoldenPoint> golden = read_golden();
  KnownPoints<T> known;
  for (const GoldenPoint& point : golden) {
    if (point.function == row.name && (point.type == "float" || sizeof(T) == sizeof(double))) {
      known.u.push_back(static_cast<T>(point.u));
      known.values.push_back(point.value);
      known.slopes.push_back(point.slope);
      known.curvatures.push_back(point.curvature);
    }
  }
  return known;
}

// Every step-th float, by its bits: all signs, exponents and mantissas.
std::vector<float> swept_numbers(uint64_t step) {
  std::vector<float> numbers;
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += step) {
    const float u = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (std::isfinite(u)) {
      numbers.push_back(u);
    }
  }
  return numbers;
}

KnownPoints<float> swept_points(const FunctionRow& row, uint64_t step) {
  KnownPoints<float> known{.u = swept_numbers(step)};
  for (const float u : known.u) {
    known.values.push_back(exact_value(row.function, u));
    known.slopes.push_back(exact_slope(row.function, u));
  }
  return known;
}

template <class T>
void expect_bounds(const FunctionRow& row, const KnownPoints<T>& known) {
  SCOPED_TRACE(row.name);
  ASSERT_FALSE(known.u.empty());
  const PointwiseCase<T> problem = plain_case<T>(row.function, known.u);
  for (const bool exact : {false, true}) {
    for (const auto& implementation : forward_for(problem, exact)) {
      const auto found = problem.forward(implementation, exact);
      const Bounds bounds = bounds_of(implementation, exact);
      for (size_t n = 0; n < found.size(); ++n) {
        const long double bound = rounded_value_bound<T>(row, bounds, known.values[n]);
        ASSERT_TRUE(within<T>(found[n], known.values[n], bound))
            << implementation.name << " exact " << exact << " u " << known.u[n] << " f " << found[n]
            << " off by " << (found[n] - known.values[n]) / ulp<T>(known.values[n]) << " ULP";
        ASSERT_GE(found[n], row.lowest) << implementation.name << " u " << known.u[n];
        ASSERT_LE(found[n], 1) << implementation.name << " u " << known.u[n];
      }
    }
    for (const auto& implementation : backward_for(problem, exact)) {
      const auto found = problem.backward(implementation, exact).input;
      const Bounds bounds = bounds_of(implementation, exact);
      for (size_t n = 0; n < found.size(); ++n) {
        const long double slope = known.slopes[n];
        ASSERT_TRUE(within<T>(found[n], slope, slope_bound<T>(row, bounds, slope) + ulp<T>(slope)))
            << implementation.name << " exact " << exact << " u " << known.u[n] << " f' "
            << found[n] << " should be " << slope;
      }
    }
  }
}

template <class T>
void expect_curvatures(const FunctionRow& row, const KnownPoints<T>& known) {
  std::vector<T> found(known.u.size());
  curvature_reference(row.function, dtype_of<T>(), static_cast<int64_t>(found.size()),
                      known.u.data(), found.data());
  const double bound = std::is_same_v<T, double> ? kMaxCurvatureErrorFp64 : kMaxCurvatureErrorFp32;
  for (size_t n = 0; n < found.size(); ++n) {
    const long double exact = known.curvatures[n];
    ASSERT_TRUE(within<T>(found[n], exact, bound * std::max(1.0L, std::fabs(exact))))
        << row.name << " u " << known.u[n] << " f'' " << found[n] << " should be " << exact;
  }
}

TEST(Accuracy, GoldenNumbersFp32) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, golden_points<float>(row));
    expect_curvatures(row, golden_points<float>(row));
  }
}

TEST(Accuracy, GoldenNumbersFp64) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, golden_points<double>(row));
    expect_curvatures(row, golden_points<double>(row));
  }
}

TEST(Accuracy, SweepOverFp32) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, swept_points(row, 20011));
  }
}

TEST(AccuracySlow, FineSweepOverFp32) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, swept_points(row, 2003));
  }
}

TEST(Accuracy, OddBitForBit) {
  for (const FunctionRow& row : kFunctions) {
    if (!row.odd) {
      continue;
    }
    SCOPED_TRACE(row.name);
    std::vector<float> arguments = swept_numbers(20011);
    const auto positive = plain_case<float>(row.function, arguments);
    std::ranges::for_each(arguments, [](float& u) { u = -u; });
    const auto negative = plain_case<float>(row.function, arguments);
    for (const auto& implementation : forward_for(positive)) {
      const auto plus = positive.forward(implementation);
      const auto minus = negative.forward(implementation);
      for (size_t n = 0; n < plus.size(); ++n) {
        ASSERT_EQ(std::bit_cast<uint32_t>(plus[n]), std::bit_cast<uint32_t>(-minus[n]));
      }
    }
  }
}

// A bound of max|f'| that is too large would excuse errors.
TEST(Accuracy, LargestSlopeOfTheTableIsTheLargest) {
  for (const FunctionRow& row : kFunctions) {
    long double largest = exact_slope(row.function, 0);
    for (int step = 1; step <= 30'000; ++step) {
      largest = std::max(largest, exact_slope(row.function, step * 1e-4L));
    }
    if (row.max_slope < kUnbounded) {
      EXPECT_NEAR(row.max_slope, static_cast<double>(largest), 1e-7) << row.name;
    } else {
      EXPECT_GT(exact_slope(row.function, 1e-30L), 1e9L) << row.name;
      EXPECT_EQ(exact_slope(row.function, 0), 0) << row.name;
    }
  }
}

TEST(Accuracy, KinkOfTheTableIsTheLargestNumberInside) {
  for (const FunctionRow& row : kFunctions) {
    const long double clip = clip_of(row.function);
    if (std::isinf(clip)) {
      EXPECT_EQ(row.kink, 0) << row.name;
    } else {
      EXPECT_LE(row.kink, clip) << row.name;
      EXPECT_GT(std::nextafter(row.kink, 2), clip) << row.name;
    }
  }
}

TEST(Accuracy, TableNamesAreDistinctAndTheReferenceComesLast) {
  for (const FunctionRow& row : kFunctions) {
    EXPECT_EQ(std::ranges::count(kFunctions, row.name, &FunctionRow::name), 1) << row.name;
    EXPECT_EQ(std::ranges::count(kFunctions, row.function, &FunctionRow::function), 1) << row.name;
  }
  EXPECT_EQ(forward_implementations().back().name, "reference");
  EXPECT_EQ(backward_implementations().back().name, "reference");
  EXPECT_TRUE(forward_implementations().back().accepts({}));
  EXPECT_TRUE(backward_implementations().back().accepts({}));
}

}  // namespace
}  // namespace dyt::kernels::test

// Holds every implementation to the table of kernels/functions.h: f and f' alone, over the whole
// range.
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
  long double value, slope;
};

std::vector<GoldenPoint> read_golden() {
  std::ifstream file(DYT_SOURCE_DIR "/tests/kernels/golden/pointwise.csv");
  std::vector<GoldenPoint> points;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    GoldenPoint point;
    std::string u, value, slope;
    std::getline(fields, point.function, ',');
    std::getline(fields, point.type, ',');
    std::getline(fields, u, ',');
    std::getline(fields, value, ',');
    std::getline(fields, slope, ',');
    point.u = std::strtod(u.c_str(), nullptr);
    point.value = std::strtold(value.c_str(), nullptr);
    point.slope = std::strtold(slope.c_str(), nullptr);
    points.push_back(point);
  }
  return points;
}

// Points where f and f' are known to at least 64 bits.
template <class T>
struct KnownPoints {
  std::vector<T> u;
  std::vector<long double> values, slopes;
};

template <class T>
KnownPoints<T> golden_points(const FunctionRow& row) {
  KnownPoints<T> known;
  for (const GoldenPoint& point : read_golden()) {
    if (point.function == row.name && (point.type == "float" || sizeof(T) == sizeof(double))) {
      known.u.push_back(static_cast<T>(point.u));
      known.values.push_back(point.value);
      known.slopes.push_back(point.slope);
    }
  }
  return known;
}

// Every 4,001st float, by its bits: all signs, exponents and mantissas.
KnownPoints<float> swept_points(const FunctionRow& row) {
  KnownPoints<float> known;
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 4001) {
    const float u = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (std::isfinite(u)) {
      known.u.push_back(u);
      known.values.push_back(exact_value(row.function, u));
      known.slopes.push_back(exact_slope(row.function, u));
    }
  }
  return known;
}

template <class T>
double max_ulp_of(const FunctionRow& row, const std::vector<T>& values,
                  const std::vector<long double>& exact) {
  double worst = 0;
  for (size_t n = 0; n < values.size(); ++n) {
    const auto error = std::fabs(values[n] - exact[n]) / ulp<T>(exact[n]);
    worst = std::max(worst, static_cast<double>(error));
    EXPECT_GE(values[n], row.lowest);
    EXPECT_LE(values[n], T(1));
  }
  return worst;
}

template <class T>
double max_relative_of(const std::vector<T>& slopes, const std::vector<long double>& exact) {
  double worst = 0;
  for (size_t n = 0; n < slopes.size(); ++n) {
    if (exact[n] >= std::numeric_limits<T>::min()) {
      worst = std::max(worst, static_cast<double>(std::fabs(slopes[n] - exact[n]) / exact[n]));
    } else {
      EXPECT_LE(slopes[n], std::numeric_limits<T>::min());
    }
  }
  return worst;
}

template <class T>
void expect_bounds(const FunctionRow& row, const KnownPoints<T>& known) {
  SCOPED_TRACE(row.name);
  ASSERT_FALSE(known.u.empty());
  const PointwiseCase<T> problem = plain_case<T>(row.function, known.u);
  for (const auto& implementation : forward_implementations()) {
    const double worst = max_ulp_of(row, problem.forward(implementation), known.values);
    EXPECT_LE(worst, is_reference(implementation) ? kReferenceMaxUlp : row.max_ulp)
        << implementation.name;
  }
  for (const auto& implementation : backward_implementations()) {
    EXPECT_LE(max_relative_of(problem.backward(implementation).input, known.slopes),
              max_slope_error<T>(row))
        << implementation.name;
  }
}

TEST(Accuracy, GoldenNumbersFp32) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, golden_points<float>(row));
  }
}

TEST(Accuracy, GoldenNumbersFp64) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, golden_points<double>(row));
  }
}

TEST(Accuracy, SweepOverFp32) {
  for (const FunctionRow& row : kFunctions) {
    expect_bounds(row, swept_points(row));
  }
}

TEST(Accuracy, OddBitForBit) {
  for (const FunctionRow& row : kFunctions) {
    if (!row.odd) {
      continue;
    }
    SCOPED_TRACE(row.name);
    KnownPoints<float> known = swept_points(row);
    std::vector<float> negated = known.u;
    for (float& u : negated) {
      u = -u;
    }
    for (const auto& implementation : forward_implementations()) {
      const auto plus = plain_case<float>(row.function, known.u).forward(implementation);
      const auto minus = plain_case<float>(row.function, negated).forward(implementation);
      for (size_t n = 0; n < plus.size(); ++n) {
        ASSERT_EQ(std::bit_cast<uint32_t>(plus[n]), std::bit_cast<uint32_t>(-minus[n]));
      }
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

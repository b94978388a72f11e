// SPDX-License-Identifier: Apache-2.0
// Problems of more than 2^31 elements: rows that repeat a few, whose results a small problem gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

#include "dyt/kernels/norm.h"
#include "dyt/kernels/reference.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

constexpr int64_t kElements = int64_t{1} << 31;  // and a little more in each test

// Bytes that can be had without swapping; nothing where the system does not say.
int64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  int64_t kibibytes = 0;
  while (file >> name >> kibibytes) {
    if (name == "MemAvailable:") {
      return kibibytes * 1024;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

#define SKIP_WHERE_MEMORY_IS_SHORT(bytes)                                             \
  if (const int64_t available = available_memory(); available < (bytes) + (1 << 30))  \
  GTEST_SKIP() << "needs " << ((bytes) >> 30) + 1 << " GiB of memory, available are " \
               << (available >> 30)

// bf16 elements that repeat those of a part, the last time not all of them.
class Repeated {
 public:
  Repeated(const Array& part, int64_t count)
      : count_(count), data_(new BFloat16[static_cast<size_t>(count)]) {
    fill(part);
  }

  BFloat16* data() const { return data_.get(); }

  void fill(const Array& part) const {
    for_each(part, [&](int64_t from, size_t bytes) {
      std::memcpy(data_.get() + from, part.bytes.data(), bytes);
    });
  }

  // The first element of a repetition that differs from `part`; -1: none.
  int64_t first_unlike(const Array& part) const {
    int64_t found = -1;
    for_each(part, [&](int64_t from, size_t bytes) {
      if (found < 0 && std::memcmp(data_.get() + from, part.bytes.data(), bytes) != 0) {
        found = from;
      }
    });
    return found;
  }

 private:
  template <class Visit>
  void for_each(const Array& part, const Visit& visit) const {
    const auto period = static_cast<int64_t>(part.bytes.size() / sizeof(BFloat16));
    for (int64_t from = 0; from < count_; from += period) {
      visit(from, static_cast<size_t>(std::min(period, count_ - from)) * sizeof(BFloat16));
    }
  }

  int64_t count_;
  std::unique_ptr<BFloat16[]> data_;
};

// A few rows; the large problem has `rows` such rows.
constexpr Shape kPart{7, 4099};
constexpr int64_t kRows = kElements / kPart.channels + 3;
constexpr Shape kLarge{kRows, kPart.channels};
constexpr int64_t kBytes = kLarge.count() * 2;

PointwiseCase<BFloat16> part_of_rows() {
  return random_case<BFloat16>(Function::kTanh, kPart, true, true, true);
}

// Of a channel: the sum of a term over all rows, and of the terms' magnitudes.
struct ChannelSum {
  long double total = 0, magnitude = 0;
};

// term(row of the part, channel)
template <class Term>
ChannelSum sum_over_rows(int64_t channel, const Term& term) {
  ChannelSum sum;
  for (int64_t row = 0; row < kPart.outer; ++row) {
    const int64_t times = kRows / kPart.outer + (row < kRows % kPart.outer ? 1 : 0);
    const long double one = term(row * kPart.channels + channel);
    sum.total += static_cast<long double>(times) * one;
    sum.magnitude += static_cast<long double>(times) * std::fabs(one);
  }
  return sum;
}

template <class Term>
void expect_channel_sums(const Array& found, const Term& term) {
  const auto numbers = found.numbers<float>();
  for (const int64_t channel : {int64_t{0}, int64_t{2047}, kPart.channels - 1}) {
    const ChannelSum sum = sum_over_rows(channel, term);
    EXPECT_NEAR(numbers[channel], static_cast<double>(sum.total),
                static_cast<double>(kMaxReducedError * sum.magnitude + ulp<float>(sum.total)))
        << "channel " << channel;
  }
}

TEST(LargeSlow, ForwardInPlace) {
  SKIP_WHERE_MEMORY_IS_SHORT(kBytes);
  const auto part = part_of_rows();
  ForwardRun<BFloat16> small(part);
  forward(small.problem);
  const Repeated numbers(small.input, kLarge.count());
  ForwardProblem large = small.problem;
  large.shape = kLarge;
  large.input = large.output = numbers.data();
  forward(large);
  EXPECT_EQ(numbers.first_unlike(small.output), -1);
}

TEST(LargeSlow, BackwardInPlace) {
  SKIP_WHERE_MEMORY_IS_SHORT(2 * kBytes);
  const auto part = part_of_rows();
  BackwardRun<BFloat16> small(part);
  backward(small.problem);
  const Repeated input(small.input, kLarge.count());
  const Repeated grads(small.grad_output, kLarge.count());
  BackwardRun<BFloat16> run(part);
  run.problem.shape = kLarge;
  run.problem.input = input.data();
  run.problem.grad_output = run.problem.grad_input = grads.data();
  backward(run.problem);
  EXPECT_EQ(grads.first_unlike(small.grad_input), -1);
  expect_channel_sums(run.grad_bias, [&](int64_t n) { return part.grad_output[n]; });
  expect_channel_sums(run.grad_weight, [&](int64_t n) {
    return part.grad_output[n] * std::tanh(static_cast<long double>(part.argument(part.input[n])));
  });
}

// One plane alone has more than 2^31 elements.
TEST(LargeSlow, ChannelsFirst) {
  constexpr int64_t kPeriod = 7919, kInner = kElements + 11;
  SKIP_WHERE_MEMORY_IS_SHORT(kInner * 4);
  const auto part = random_case<BFloat16>(Function::kTanh, {1, 1, kPeriod}, false, true, true);
  ForwardRun<BFloat16> small(part);
  forward(small.problem);
  BackwardRun<BFloat16> small_backward(part);
  backward(small_backward.problem);
  const Repeated numbers(small.input, kInner);
  {
    const Repeated grads(small_backward.grad_output, kInner);
    BackwardRun<BFloat16> run(part);
    run.problem.shape.inner = kInner;
    run.problem.input = numbers.data();
    run.problem.grad_output = run.problem.grad_input = grads.data();
    backward(run.problem);
    EXPECT_EQ(grads.first_unlike(small_backward.grad_input), -1);
  }
  ForwardProblem large = small.problem;
  large.shape.inner = kInner;
  large.input = large.output = numbers.data();
  forward(large);
  EXPECT_EQ(numbers.first_unlike(small.output), -1);
}

TEST(LargeSlow, LayerNorm) {
  SKIP_WHERE_MEMORY_IS_SHORT(2 * kBytes);
  const auto part = part_of_rows();
  ForwardRun<BFloat16> run(part);
  BackwardRun<BFloat16> gradients(part);
  const std::vector<float> none(static_cast<size_t>(kRows));
  Array mean(DType::kFloat32, none), rstd(DType::kFloat32, none);
  const NormForwardProblem small{.kind = NormKind::kLayerNorm,
                                 .dtype = DType::kBFloat16,
                                 .rows = kPart.outer,
                                 .channels = kPart.channels,
                                 .input = run.input.data(),
                                 .weight = run.parameters.weight.data(),
                                 .bias = run.parameters.bias.data(),
                                 .parameter_dtype = DType::kFloat32,
                                 .output = run.output.data(),
                                 .mean = mean.data(),
                                 .rstd = rstd.data()};
  const NormBackwardProblem small_backward{.kind = NormKind::kLayerNorm,
                                           .dtype = DType::kBFloat16,
                                           .rows = kPart.outer,
                                           .channels = kPart.channels,
                                           .grad_output = gradients.grad_output.data(),
                                           .input = run.input.data(),
                                           .weight = small.weight,
                                           .parameter_dtype = DType::kFloat32,
                                           .mean = mean.data(),
                                           .rstd = rstd.data(),
                                           .grad_input = gradients.grad_input.data(),
                                           .grad_bias = gradients.grad_bias.data()};
  forward(small);
  backward(small_backward);

  const Repeated numbers(run.input, kLarge.count());
  NormForwardProblem large = small;
  large.rows = kRows;
  large.input = large.output = numbers.data();
  forward(large);
  EXPECT_EQ(numbers.first_unlike(run.output), -1);

  const Repeated grads(gradients.grad_output, kLarge.count());
  numbers.fill(run.input);
  NormBackwardProblem large_backward = small_backward;
  large_backward.rows = kRows;
  large_backward.input = numbers.data();
  large_backward.grad_output = large_backward.grad_input = grads.data();
  backward(large_backward);
  EXPECT_EQ(grads.first_unlike(gradients.grad_input), -1);
  expect_channel_sums(gradients.grad_bias, [&](int64_t n) { return part.grad_output[n]; });
}

}  // namespace
}  // namespace dyt::kernels::test

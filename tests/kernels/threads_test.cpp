// SPDX-License-Identifier: Apache-2.0
// The team of threads: every index once, whoever calls, and the kernels' bits on it.
#include "dyt/kernels/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <new>
#include <stdexcept>
#include <thread>

#include "dyt/kernels/norm.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

// Plain numbers: a thread sanitizer sees a second writer, and a reader that comes too early.
void expect_each_index_once(const ParallelFor& parallel_for, int64_t count) {
  std::vector<int> times(static_cast<size_t>(count), 0);
  parallel_for(count, [&](int64_t i) { ++times[i]; });
  EXPECT_EQ(times, std::vector<int>(static_cast<size_t>(count), 1)) << "count " << count;
}

TEST(Threads, EachIndexOnce) {
  for (const int team : {1, 2, 3, 5}) {
    const Threads threads(team);
    EXPECT_EQ(threads.count(), team);
    for (const int64_t count : {0, 1, 2, 3, 7, 64, 1000, 20000}) {
      expect_each_index_once(threads.parallel_for(), count);
    }
  }
}

TEST(Threads, ManyTinyLoops) {
  const Threads threads(4);
  int64_t expected = 0;
  std::atomic<int64_t> sum = 0;
  for (int64_t n = 0; n < 20000; ++n) {
    threads.parallel_for()(n % 9, [&](int64_t i) { sum += i + 1; });
    expected += n % 9 * (n % 9 + 1) / 2;
    ASSERT_EQ(sum, expected) << "loop " << n;
  }
}

// Each task waits for all the others, so that the loop ends only if every thread takes part: no
// wake-up is lost, neither of a thread that sleeps nor of one that is about to.
TEST(Threads, AllTakePart) {
  using std::chrono::steady_clock;
  const Threads threads(4);
  for (int n = 0; n < 300; ++n) {
    const auto give_up = steady_clock::now() + std::chrono::minutes(1);
    std::atomic<int> arrived = 0;
    threads.parallel_for()(4, [&](int64_t) {
      ++arrived;
      while (arrived < 4 && steady_clock::now() < give_up) {
        std::this_thread::yield();
      }
    });
    ASSERT_LT(steady_clock::now(), give_up) << "loop " << n;
    if (n % 100 == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // all fall asleep
    }
  }
}

TEST(Threads, LoopInsideALoop) {
  const Threads threads(3);
  std::vector<int> times(30 * 20, 0);
  threads.parallel_for()(30, [&](int64_t outer) {
    threads.parallel_for()(20, [&](int64_t inner) { ++times[outer * 20 + inner]; });
  });
  EXPECT_EQ(times, std::vector<int>(times.size(), 1));
}

TEST(Threads, SeveralCallersOfOneTeam) {
  const Threads threads(3);
  std::vector<std::thread> callers;
  for (int n = 0; n < 4; ++n) {
    callers.emplace_back([&] {
      for (int64_t loop = 0; loop < 500; ++loop) {
        expect_each_index_once(threads.parallel_for(), loop % 40);
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
}

TEST(Threads, FarMoreThanTheMachineHas) {
  const Threads threads(64);
  for (int64_t n = 0; n < 200; ++n) {
    expect_each_index_once(threads.parallel_for(), n);
  }
}

TEST(Threads, TeamsComeAndGo) {
  for (int n = 0; n < 200; ++n) {
    const Threads threads(4);
    if (n % 2 == 0) {
      expect_each_index_once(threads.parallel_for(), 5);
    }
  }
}

// As where a piece finds no memory: the caller is told, and no thread ends the process.
TEST(Threads, WhatAPieceThrowsReachesTheCaller) {
  const Threads threads(4);
  std::atomic<int64_t> called = 0;
  const auto body = [&called](int64_t index) {
    ++called;
    if (index % 3 == 0) {
      throw std::bad_alloc();
    }
  };
  EXPECT_THROW(threads.parallel_for()(100, body), std::bad_alloc);
  EXPECT_EQ(called, 100);
}

TEST(Threads, CountIsTheMachinesOrChecked) {
  EXPECT_GE(Threads().count(), 1);
  for (const int count : {-1, kMostThreads + 1}) {
    try {
      Threads threads(count);
      ADD_FAILURE() << count;
    } catch (const std::invalid_argument& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("found " + std::to_string(count)), std::string::npos) << text;
    }
  }
}

template <class T>
class OnThreads : public ::testing::Test {};
TYPED_TEST_SUITE(OnThreads, AllTypes);

// Several pieces and chunks each, channels last and first.
TYPED_TEST(OnThreads, PointwiseHasTheSameBits) {
  using T = TypeParam;
  const Threads threads(4);
  for (const Function function : {Function::kTanh, Function::kExproot}) {
    for (const Shape& shape : {Shape{37, 1023}, Shape{3, 5, 4099}}) {
      const auto problem = random_case<T>(function, shape, true, true, true);
      ForwardRun<T> forward_run(problem);
      forward(forward_run.problem, threads.parallel_for());
      EXPECT_EQ(forward_run.output.template numbers<Number<T>>(),
                problem.forward(forward_for(problem)[0]));
      BackwardRun<T> backward_run(problem);
      backward(backward_run.problem, threads.parallel_for());
      EXPECT_EQ(backward_run.gradients(), problem.backward(backward_for(problem)[0]));
    }
  }
}

// The numbers of a layer norm's forward and backward, one array after the other.
template <class T>
std::vector<Number<T>> norm_numbers(const ParallelFor& parallel_for) {
  constexpr int64_t kRows = 67, kChannels = 509;
  const auto from = random_case<T>(Function::kTanh, {kRows, kChannels}, false, true, true);
  ForwardRun<T> arrays(from);
  BackwardRun<T> grads(from);
  std::vector<Number<T>> mean(kRows), rstd(kRows);
  forward(NormForwardProblem{.dtype = dtype_of<T>(),
                             .rows = kRows,
                             .channels = kChannels,
                             .input = arrays.input.data(),
                             .weight = arrays.parameters.weight.data(),
                             .bias = arrays.parameters.bias.data(),
                             .parameter_dtype = from.parameter_type,
                             .output = arrays.output.data(),
                             .mean = mean.data(),
                             .rstd = rstd.data()},
          parallel_for);
  backward(NormBackwardProblem{.dtype = dtype_of<T>(),
                               .rows = kRows,
                               .channels = kChannels,
                               .grad_output = grads.grad_output.data(),
                               .input = grads.input.data(),
                               .weight = grads.parameters.weight.data(),
                               .parameter_dtype = from.parameter_type,
                               .mean = mean.data(),
                               .rstd = rstd.data(),
                               .grad_input = grads.grad_input.data(),
                               .grad_weight = grads.grad_weight.data(),
                               .grad_bias = grads.grad_bias.data()},
           parallel_for);
  std::vector<Number<T>> all = std::move(mean);
  all.insert(all.end(), rstd.begin(), rstd.end());
  for (const Array* array :
       {&arrays.output, &grads.grad_input, &grads.grad_weight, &grads.grad_bias}) {
    const auto numbers = array->numbers<Number<T>>();
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  return all;
}

TYPED_TEST(OnThreads, NormHasTheSameBits) {
  const Threads threads(4);
  EXPECT_EQ(norm_numbers<TypeParam>(threads.parallel_for()), norm_numbers<TypeParam>({}));
}

}  // namespace
}  // namespace dyt::kernels::test

// SPDX-License-Identifier: Apache-2.0
// The C interface refuses what it cannot compute, says why, and touches nothing.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <stdexcept>
#include <thread>

#include "tests/kernels/c_api_case.h"

namespace dyt::kernels::test {
namespace {

void expect_refused(dyt_status found, dyt_status expected, const char* text) {
  EXPECT_EQ(found, expected) << dyt_status_text(found);
  EXPECT_NE(std::strstr(dyt_last_error(), text), nullptr) << dyt_last_error();
}

struct ForwardRow {
  dyt_status status;
  const char* text;  // in the message
  std::function<void(dyt_forward_args&)> spoil;
};

const void* behind(const void* pointer, int64_t bytes) {
  return static_cast<const char*>(pointer) + bytes;
}

void* behind(void* pointer, int64_t bytes) { return static_cast<char*>(pointer) + bytes; }

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

const ForwardRow kForwardRows[] = {
    {DYT_STATUS_BAD_SIZE, "size: expected sizeof(dyt_forward_args), which is ",
     [](auto& args) { args.size = 0; }},
    {DYT_STATUS_BAD_SIZE, "found 80", [](auto& args) { args.size = 80; }},
    {DYT_STATUS_BAD_SIZE, "size:", [](auto& args) { args.size = SIZE_MAX; }},
    {DYT_STATUS_UNKNOWN_VALUE, "function: expected a DYT_FUNCTION_ number from 1 to 16, found 0",
     [](auto& args) { args.function = 0; }},
    {DYT_STATUS_UNKNOWN_VALUE, "function:", [](auto& args) { args.function = 1000; }},
    {DYT_STATUS_UNKNOWN_VALUE, "function:", [](auto& args) { args.function = -1; }},
    {DYT_STATUS_UNKNOWN_VALUE, "dtype: expected a DYT_DTYPE_ number from 1 to 4, found 0",
     [](auto& args) { args.dtype = 0; }},
    {DYT_STATUS_UNKNOWN_VALUE, "dtype:", [](auto& args) { args.dtype = 5; }},
    {DYT_STATUS_UNKNOWN_VALUE, "parameter_dtype: expected 0 for float32, found 2 (float64)",
     [](auto& args) { args.parameter_dtype = DYT_DTYPE_FLOAT64; }},
    {DYT_STATUS_UNKNOWN_VALUE, "parameter_dtype: expected 0 for bfloat16 or DYT_DTYPE_FLOAT32",
     [](auto& args) {
       args.dtype = DYT_DTYPE_BFLOAT16;
       args.parameter_dtype = DYT_DTYPE_FLOAT16;
     }},
    {DYT_STATUS_UNKNOWN_VALUE, "exact: expected 0 or 1, found 2",
     [](auto& args) { args.exact = 2; }},
    {DYT_STATUS_BAD_SIZE, "outer: expected 0 to ", [](auto& args) { args.outer = -1; }},
    {DYT_STATUS_BAD_SIZE, "channels: expected 0 to ", [](auto& args) { args.channels = -3; }},
    {DYT_STATUS_BAD_SIZE, "found 0 (1 where channels are last)",
     [](auto& args) { args.inner = 0; }},
    {DYT_STATUS_BAD_SIZE, "outer:", [](auto& args) { args.outer = kMost; }},
    {DYT_STATUS_BAD_SIZE, "elements in all, found more at channels",
     [](auto& args) { args.outer = args.channels = args.inner = int64_t{1} << 31; }},
    {DYT_STATUS_BAD_SIZE, "elements in all",
     [](auto& args) {
       args.outer = 0;
       args.channels = args.inner = int64_t{1} << 40;
     }},
    {DYT_STATUS_NULL_POINTER, "input: expected 15 numbers of float32, found null",
     [](auto& args) { args.input = nullptr; }},
    {DYT_STATUS_NULL_POINTER, "alpha: expected 1 numbers",
     [](auto& args) { args.alpha = nullptr; }},
    {DYT_STATUS_NULL_POINTER, "output:", [](auto& args) { args.output = nullptr; }},
    {DYT_STATUS_UNUSED_POINTER, "residual: expected null",
     [](auto& args) { args.residual = args.input; }},
    {DYT_STATUS_UNUSED_POINTER, "dyt_add_forward takes it",
     [](auto& args) { args.sum = args.output; }},
    {DYT_STATUS_MISALIGNED, "weight: expected an address that 4 divides",
     [](auto& args) { args.weight = behind(args.weight, 2); }},
    {DYT_STATUS_OVERLAP, "output and input overlap: expected them apart or the very same pointer",
     [](auto& args) { args.output = behind(const_cast<void*>(args.input), 4); }},
    {DYT_STATUS_OVERLAP, "output and input overlap",
     [](auto& args) { args.input = behind(args.output, 4); }},
    {DYT_STATUS_OVERLAP, "output and weight overlap: expected them apart, found",
     [](auto& args) { args.weight = args.output; }},
    {DYT_STATUS_OVERLAP, "output and alpha overlap",
     [](auto& args) { args.alpha = behind(args.output, 14 * 4); }},
};

TEST(CApiErrors, ForwardRefuses) {
  const auto problem = random_case<float>(Function::kTanh, {5, 3}, true, true, true);
  for (const ForwardRow& row : kForwardRows) {
    SCOPED_TRACE(row.text);
    ForwardRun<float> run(problem);
    // Room for pointers that are moved.
    Array input(DType::kFloat32, std::vector<float>(32, 1)), output = input;
    dyt_forward_args args = c_args(run);
    args.input = input.data();
    args.output = output.data();
    row.spoil(args);
    expect_refused(dyt_forward(&args, nullptr), row.status, row.text);
    EXPECT_TRUE(std::string_view(dyt_last_error()).starts_with("dyt_forward: "));
    EXPECT_EQ(output.numbers<float>(), std::vector<float>(32, 1));
    EXPECT_EQ(input.numbers<float>(), std::vector<float>(32, 1));
  }
}

TEST(CApiErrors, NeighboursAreNoOverlap) {
  const auto problem = random_case<float>(Function::kTanh, {5, 3}, false, false, false);
  std::vector<float> both(31, 1);
  ForwardRun<float> run(problem);
  dyt_forward_args args = c_args(run);
  args.input = both.data();
  args.output = both.data() + 15;
  args.alpha = both.data() + 30;
  EXPECT_EQ(dyt_forward(&args, nullptr), DYT_STATUS_OK) << dyt_last_error();
  EXPECT_EQ(both[30], 1);
}

TEST(CApiErrors, AddForwardWantsBothAndSumApartFromOutput) {
  const auto problem = random_case<float>(Function::kTanh, {5, 3}, false, false, false);
  ForwardRun<float> run(problem, false, problem.input);
  const dyt_forward_args good = c_args(run);
  dyt_forward_args args = good;
  args.residual = nullptr;
  expect_refused(dyt_add_forward(&args, nullptr), DYT_STATUS_NULL_POINTER, "residual: expected 15");
  args = good;
  args.sum = nullptr;
  expect_refused(dyt_add_forward(&args, nullptr), DYT_STATUS_NULL_POINTER, "sum: expected 15");
  args = good;
  args.sum = args.output;
  expect_refused(dyt_add_forward(&args, nullptr), DYT_STATUS_OVERLAP, "sum and output overlap");
  args.output = args.sum = const_cast<void*>(args.input);
  expect_refused(dyt_add_forward(&args, nullptr), DYT_STATUS_OVERLAP, "sum and output overlap");
}

TEST(CApiErrors, BackwardRefuses) {
  const auto problem = random_case<float>(Function::kTanh, {5, 3}, true, true, true);
  BackwardRun<float> run(problem, false, problem.input);
  const dyt_backward_args all = c_args(run);
  expect_refused(dyt_backward(&all, nullptr), DYT_STATUS_UNUSED_POINTER,
                 "dyt_add_backward takes it");
  dyt_backward_args good = all;
  good.grad_sum = nullptr;
  expect_refused(dyt_add_backward(&good, nullptr), DYT_STATUS_NULL_POINTER, "grad_sum: expected");
  dyt_backward_args args = good;
  args.grad_input = const_cast<void*>(args.input);
  expect_refused(dyt_backward(&args, nullptr), DYT_STATUS_OVERLAP, "grad_input and input overlap");
  args = good;
  args.grad_bias = args.grad_weight;
  expect_refused(dyt_backward(&args, nullptr), DYT_STATUS_OVERLAP,
                 "grad_bias and grad_weight overlap");
  args = good;
  args.grad_output = nullptr;
  expect_refused(dyt_backward(&args, nullptr), DYT_STATUS_NULL_POINTER, "grad_output: expected 15");
  expect_refused(dyt_backward(nullptr, nullptr), DYT_STATUS_NULL_POINTER,
                 "expected a dyt_backward_args, found null");
}

TEST(CApiErrors, NormsRefuse) {
  std::vector<float> x(6, 1), y(6), statistics(2);
  const dyt_norm_forward_args good{.size = sizeof good,
                                   .dtype = DYT_DTYPE_FLOAT32,
                                   .rows = 2,
                                   .channels = 3,
                                   .eps = 1e-6,
                                   .input = x.data(),
                                   .output = y.data(),
                                   .mean = statistics.data()};
  EXPECT_EQ(dyt_layer_norm_forward(&good, nullptr), DYT_STATUS_OK) << dyt_last_error();
  expect_refused(dyt_rms_norm_forward(&good, nullptr), DYT_STATUS_UNUSED_POINTER,
                 "dyt_rms_norm_forward: mean: expected null");
  dyt_norm_forward_args args = good;
  for (const double eps : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    args.eps = eps;
    expect_refused(dyt_layer_norm_forward(&args, nullptr), DYT_STATUS_BAD_SIZE,
                   "eps: expected a number above 0");
  }
  args = good;
  args.rows = -2;
  expect_refused(dyt_layer_norm_forward(&args, nullptr), DYT_STATUS_BAD_SIZE, "rows: expected 0");
  args = good;
  args.sum = y.data();
  expect_refused(dyt_layer_norm_forward(&args, nullptr), DYT_STATUS_UNUSED_POINTER,
                 "dyt_layer_norm_add_forward takes it");
  const dyt_norm_backward_args back{.size = sizeof back,
                                    .dtype = DYT_DTYPE_FLOAT32,
                                    .rows = 2,
                                    .channels = 3,
                                    .grad_output = x.data(),
                                    .input = x.data(),
                                    .rstd = statistics.data(),
                                    .grad_input = y.data()};
  expect_refused(dyt_layer_norm_backward(&back, nullptr), DYT_STATUS_NULL_POINTER,
                 "mean: expected 2 numbers of float32, found null");
}

TEST(CApiErrors, NamesAndThreadsRefuse) {
  EXPECT_EQ(dyt_function_from_name("tan"), 0);
  EXPECT_NE(std::strstr(dyt_last_error(), "expected one of tanh, erf, isru"), nullptr);
  EXPECT_NE(std::strstr(dyt_last_error(), "found tan"), nullptr) << dyt_last_error();
  EXPECT_EQ(dyt_function_from_name(nullptr), 0);
  EXPECT_EQ(dyt_function_name(0), nullptr);
  EXPECT_EQ(dyt_function_name(1000), nullptr);
  dyt_threads* threads = reinterpret_cast<dyt_threads*>(&threads);
  expect_refused(dyt_threads_create(-1, &threads), DYT_STATUS_BAD_SIZE,
                 "count: expected 0 to 1024");
  EXPECT_EQ(threads, nullptr);
  expect_refused(dyt_threads_create(1, nullptr), DYT_STATUS_NULL_POINTER, "threads: expected");
  dyt_threads_destroy(nullptr);
  EXPECT_EQ(dyt_threads_parallel_for(nullptr).run, nullptr);
}

TEST(CApiErrors, LastErrorIsOfItsThread) {
  dyt_forward(nullptr, nullptr);
  std::thread([] {
    EXPECT_STREQ(dyt_last_error(), "");
    dyt_backward(nullptr, nullptr);
  }).join();
  EXPECT_NE(std::strstr(dyt_last_error(), "dyt_forward: args: expected a dyt_forward_args"),
            nullptr);
}

TEST(CApiErrors, EveryStatusHasAText) {
  for (dyt_status status = DYT_STATUS_OK; status <= DYT_STATUS_INTERNAL; ++status) {
    EXPECT_STRNE(dyt_status_text(status), dyt_status_text(-1)) << status;
  }
  EXPECT_STREQ(dyt_status_text(1000), "unknown status");
}

// It must not, but it does not end the process either.
TEST(CApiErrors, ParallelForThatThrows) {
  const auto problem = random_case<float>(Function::kTanh, {3, 8192}, false, false, false);
  ForwardRun<float> run(problem);
  const dyt_forward_args args = c_args(run);
  const dyt_parallel_for throwing{.run = [](void*, int64_t, void (*)(void*, int64_t),
                                            void*) { throw std::runtime_error("pool is gone"); },
                                  .executor = nullptr};
  expect_refused(dyt_forward(&args, &throwing), DYT_STATUS_INTERNAL, "pool is gone");
}

}  // namespace
}  // namespace dyt::kernels::test

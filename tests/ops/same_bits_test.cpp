// SPDX-License-Identifier: Apache-2.0
// The same bits for every number of threads and in every run: both families, forward and backward,
// problems large enough to be cut into pieces.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/ops/norm_expression.h"
#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

// Outputs and then the gradients of all tensors.
using Results = std::function<std::vector<at::Tensor>()>;

std::vector<at::Tensor> with_gradients(std::vector<at::Tensor> outputs,
                                       const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> grad_outputs;
  for (const at::Tensor& output : outputs) {
    grad_outputs.push_back(wave(output.sizes(), 1.7, output.scalar_type()));
  }
  const auto gradients = torch::autograd::grad(outputs, tensors, grad_outputs);
  outputs.insert(outputs.end(), gradients.begin(), gradients.end());
  return outputs;
}

void expect_same_bits(const Results& results) {
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const auto expected = results();
  for (const int threads : {1, 2, 2, 3}) {
    at::set_num_threads(threads);
    const auto found = results();
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_TRUE(torch::equal(found[n], expected[n])) << threads << " threads, result " << n;
    }
  }
  at::set_num_threads(before);
}

template <class Inputs>
std::vector<at::Tensor> wanting(const Inputs& in) {
  std::vector<at::Tensor> tensors = leaves(in);
  for (at::Tensor& tensor : tensors) {
    tensor.set_requires_grad(true);
  }
  return tensors;
}

TEST(SameBits, Pointwise) {
  for (const char* function : {"tanh", "sigmoid"}) {  // of either SIMD implementation
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kDouble}) {
      for (const int64_t channel_dim : {-1, 1}) {
        SCOPED_TRACE(std::string(function) + " " + c10::toString(type));
        const int64_t rows = type == at::kDouble ? 30 : 150;  // the reference is slow
        const PointwiseInputs in = make_inputs({2, rows, 1000}, channel_dim, 7, type);
        const auto tensors = wanting(in);
        expect_same_bits([&] { return with_gradients({operator_output(in, function)}, tensors); });
      }
    }
  }
}

TEST(SameBits, PointwiseAdd) {
  const PointwiseInputs in = make_inputs({300, 1000}, -1, 7, at::kFloat);
  const auto tensors = wanting(in);
  const at::Tensor residual = residual_like(in.x.detach());
  expect_same_bits([&] {
    const auto [y, sum] = add_output(in, residual, "erf");
    return with_gradients({y, sum}, tensors);
  });
}

TEST(SameBits, Norm) {
  for (const char* kind : kKinds) {
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
      SCOPED_TRACE(std::string(kind) + " " + c10::toString(type));
      const NormInputs in = make_norm_inputs({300, 1000}, 3, type);
      const auto tensors = wanting(in);
      expect_same_bits([&] { return with_gradients({our_norm(in, kind)}, tensors); });
    }
  }
}

TEST(SameBits, NormAdd) {
  const NormInputs in = make_norm_inputs({300, 1000}, 3, at::kFloat);
  const auto tensors = wanting(in);
  const at::Tensor residual = wave({300, 1000}, 5.1, at::kFloat);
  expect_same_bits([&] {
    const auto [y, sum] = our_norm_add(in, residual, "layer_norm");
    return with_gradients({y, sum}, tensors);
  });
}

// Narrow rows are computed several at a time; that must not show.
TEST(SameBits, RowsOfPointwiseDoNotDependOnTheirNeighbours) {
  for (const std::string& function : kFunctionNames) {
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kHalf, at::kDouble}) {
      for (const int64_t width : {1, 7, 130}) {
        const PointwiseInputs in = make_inputs({5, width}, -1, 7, type);
        const at::Tensor whole = operator_output(in, function);
        for (int64_t row = 0; row < 5; ++row) {
          PointwiseInputs alone = in;
          alone.x = in.x[row];
          EXPECT_TRUE(torch::equal(operator_output(alone, function), whole[row]))
              << function << type << " width " << width;
        }
      }
    }
  }
}

}  // namespace
}  // namespace dyt::ops::test

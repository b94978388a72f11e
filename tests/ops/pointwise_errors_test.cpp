// SPDX-License-Identifier: Apache-2.0
// Wrong arguments of dyt::pointwise: each message names the argument, what was expected and found.
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "dyt/ops/pointwise.h"
#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

struct WrongCase {
  const char* name;
  std::string function;
  void (*spoil)(PointwiseInputs&);
  const char* message;  // a part of it
};

const WrongCase kWrongCases[] = {
    {"unknown function", "tahn", [](PointwiseInputs&) {}, "unknown point-wise function 'tahn'"},
    {"nearest function", "tahn", [](PointwiseInputs&) {}, "tanh"},
    {"fp64 parameters beside bf16", "tanh",
     [](PointwiseInputs& in) {
       in.x = in.x.to(at::kBFloat16);
       in.alpha = in.alpha.to(at::kDouble);
     },
     "type of alpha"},
    {"complex x", "tanh", [](PointwiseInputs& in) { in.x = in.x.to(at::kComplexFloat); },
     "type of x"},
    {"integer x", "tanh", [](PointwiseInputs& in) { in.x = in.x.to(at::kLong); }, "type of x"},
    {"no dimension", "tanh", [](PointwiseInputs& in) { in.x = torch::zeros({}); }, "channel_dim"},
    {"channel_dim", "tanh", [](PointwiseInputs& in) { in.channel_dim = 2; }, "channel_dim"},
    {"alpha type", "tanh", [](PointwiseInputs& in) { in.alpha = in.alpha.to(at::kDouble); },
     "type of alpha"},
    {"alpha shape", "tanh", [](PointwiseInputs& in) { in.alpha = torch::ones({4}); },
     "shape of alpha"},
    {"shift shape", "erf", [](PointwiseInputs& in) { in.shift = torch::ones({2}); },
     "shape of shift"},
    {"shift type", "erf", [](PointwiseInputs& in) { in.shift = torch::ones({1}, at::kDouble); },
     "type of shift"},
    {"weight length", "erf", [](PointwiseInputs& in) { in.weight = torch::ones({3}); },
     "shape of weight"},
    {"weight dimensions", "erf",
     [](PointwiseInputs& in) {
       in.weight = torch::ones({4, 1});
     },
     "shape of weight"},
    {"weight of fp32, x of fp64", "erf",
     [](PointwiseInputs& in) {
       in.x = in.x.to(at::kDouble);
       in.alpha = in.alpha.to(at::kDouble);
       in.shift.reset();
     },
     "type of weight"},
    {"bias length", "isru", [](PointwiseInputs& in) { in.bias = torch::ones({1}); },
     "shape of bias"},
    {"bias type", "isru", [](PointwiseInputs& in) { in.bias = torch::ones({4}, at::kDouble); },
     "type of bias"},
};

TEST(PointwiseErrors, NameTheArgument) {
  for (const bool with_gradient : {false, true}) {
    for (const WrongCase& wrong : kWrongCases) {
      SCOPED_TRACE(wrong.name);
      PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
      wrong.spoil(in);
      in.alpha.set_requires_grad(with_gradient);
      try {
        pointwise(in.x, in.alpha, in.shift, in.weight, in.bias, wrong.function, in.channel_dim);
        ADD_FAILURE() << "no error";
      } catch (const core::Error& error) {
        EXPECT_EQ(error.kind(), core::ErrorKind::kUsage);
        EXPECT_NE(std::string(error.what()).find(wrong.message), std::string::npos) << error.what();
      }
    }
  }
}

TEST(PointwiseErrors, MixedDevicesAreRefused) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  in.weight = torch::ones({4}, at::kMeta);
  EXPECT_THROW(pointwise(in.x, in.alpha, {}, in.weight, {}, "tanh"), core::Error);
}

using Backward = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor>(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const OptionalTensor&,
    const OptionalTensor&, std::string_view, int64_t, std::array<bool, 5>, const OptionalTensor&,
    bool);

TEST(PointwiseErrors, BackwardChecksGradOutputAndMask) {
  const auto backward = c10::Dispatcher::singleton()
                            .findSchemaOrThrow("dyt::pointwise_backward", "")
                            .typed<Backward>();
  const PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  const auto run = [&](const at::Tensor& grad_output, std::array<bool, 5> mask) {
    backward.call(grad_output, in.x, in.alpha, {}, {}, "tanh", -1, mask, {}, false);
  };
  EXPECT_NO_THROW(run(in.x, {true, true, false, false, true}));
  EXPECT_THROW(run(in.x.t(), {true, true, false, false, true}), core::Error);
  EXPECT_THROW(run(in.x.to(at::kDouble), {true, true, false, false, true}), core::Error);
  EXPECT_THROW(run(in.x, {true, true, true, false, true}), core::Error);
  EXPECT_THROW(run(in.x, {true, true, false, true, true}), core::Error);
}

}  // namespace
}  // namespace dyt::ops::test

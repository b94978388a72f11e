// SPDX-License-Identifier: Apache-2.0
// Wrong arguments of dyt::norm and dyt::norm_add: each message names the argument.
#include <gtest/gtest.h>

#include "tests/ops/norm_expression.h"
#include "tests/support/expect_error.h"

namespace dyt::ops::test {
namespace {

struct WrongNormCase {
  const char* message;  // a part of it
  void (*spoil)(NormInputs&);
};

const WrongNormCase kWrongNormCases[] = {
    {"shape of weight", [](NormInputs& in) { in.weight = torch::ones({5}); }},
    {"shape of weight",
     [](NormInputs& in) {
       in.weight = torch::ones({1, 4});
     }},
    {"shape of bias", [](NormInputs& in) { in.bias = torch::ones({1}); }},
    {"type of weight", [](NormInputs& in) { in.weight = in.weight->to(at::kHalf); }},
    {"type of bias", [](NormInputs& in) { in.bias = in.bias->to(at::kDouble); }},
    {"type of bias",
     [](NormInputs& in) {
       in = {in.x.to(at::kHalf), in.weight->to(at::kHalf), in.bias};
     }},
    {"device of weight", [](NormInputs& in) { in.weight = in.weight->to(at::kMeta); }},
    {"device of bias", [](NormInputs& in) { in.bias = in.bias->to(at::kMeta); }},
    {"type of x", [](NormInputs& in) { in.x = in.x.to(at::kLong); }},
    {"type of x", [](NormInputs& in) { in.x = in.x.to(at::kBool); }},
    {"type of x", [](NormInputs& in) { in.x = in.x.to(at::kComplexFloat); }},
    {"shape of x", [](NormInputs& in) { in.x = torch::ones({}); }},
};

TEST(NormErrors, NameTheArgument) {
  for (const WrongNormCase& wrong : kWrongNormCases) {
    for (const bool with_gradient : {false, true}) {
      SCOPED_TRACE(wrong.message);
      NormInputs in = make_norm_inputs({3, 4}, 3, at::kFloat);
      in.weight->set_requires_grad(with_gradient);
      wrong.spoil(in);
      testing::expect_error(core::ErrorKind::kUsage, wrong.message,
                            [&] { our_norm(in, "layer_norm"); });
      testing::expect_error(core::ErrorKind::kUsage, wrong.message,
                            [&] { our_norm_add(in, in.x, "rms_norm"); });
    }
  }
}

TEST(NormErrors, UnknownKind) {
  const NormInputs in = make_norm_inputs({3, 4}, 0, at::kFloat);
  testing::expect_error(core::ErrorKind::kUsage, "kind", [&] { our_norm(in, "group"); });
  testing::expect_error(core::ErrorKind::kUsage, "kind", [&] { our_norm_add(in, in.x, ""); });
}

TEST(NormErrors, Residual) {
  const NormInputs in = make_norm_inputs({3, 4}, 0, at::kFloat);
  for (const at::Tensor& residual :
       {torch::ones({4}), torch::ones({3, 4}, at::kDouble), torch::ones({3, 4}, at::kMeta)}) {
    testing::expect_error(core::ErrorKind::kUsage, "residual",
                          [&] { our_norm_add(in, residual, "layer_norm"); });
  }
}

struct Statistics {
  at::Tensor mean, rstd, parameter;
};

// The operator itself, by name: whoever calls it so may hand it anything.
void call_backward(const NormInputs& in, const Statistics& statistics) {
  static const auto backward =
      c10::Dispatcher::singleton().findSchemaOrThrow("dyt::norm_backward", "");
  torch::jit::Stack stack{in.x,
                          in.x,
                          in.weight,
                          statistics.mean,
                          statistics.rstd,
                          statistics.parameter,
                          "layer_norm",
                          c10::List<bool>({true, true, true}),
                          std::optional<at::Tensor>()};
  backward.callBoxed(&stack);
}

struct WrongStatistics {
  const char* message;
  void (*spoil)(Statistics&);
};

// Unchecked, the kernel would read or write past the end of each of these.
const WrongStatistics kWrongStatistics[] = {
    {"mean", [](Statistics& made) { made.mean = torch::ones({2}); }},
    {"mean", [](Statistics& made) { made.mean = at::Tensor(); }},
    {"mean", [](Statistics& made) { made.mean = made.mean.to(at::kHalf); }},
    {"rstd", [](Statistics& made) { made.rstd = torch::ones({1}); }},
    {"rstd", [](Statistics& made) { made.rstd = made.rstd.to(at::kDouble); }},
    {"rstd", [](Statistics& made) { made.rstd = made.rstd.to(at::kMeta); }},
    {"parameter", [](Statistics& made) { made.parameter = made.parameter.to(at::kBool); }},
    {"parameter", [](Statistics& made) { made.parameter = made.parameter.to(at::kBFloat16); }},
    {"parameter", [](Statistics& made) { made.parameter = made.parameter.to(at::kMeta); }},
};

TEST(NormErrors, BackwardChecksWhatForwardKept) {
  for (const int present : {0, 1}) {
    const NormInputs in = make_norm_inputs({3, 4}, present, at::kFloat);
    const Statistics right{torch::zeros({3}), torch::ones({3}), in.weight.value_or(in.x)};
    EXPECT_NO_THROW(call_backward(in, right));
    for (const WrongStatistics& wrong : kWrongStatistics) {
      Statistics made = right;
      wrong.spoil(made);
      testing::expect_error(core::ErrorKind::kUsage, wrong.message,
                            [&] { call_backward(in, made); });
    }
  }
}

}  // namespace
}  // namespace dyt::ops::test

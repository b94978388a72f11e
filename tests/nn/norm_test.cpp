// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/norm.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "dyt/nn/norm_table.h"
#include "tests/ops/pointwise_expression.h"
#include "tests/support/fill.h"

namespace dyt::nn {
namespace {

using testing::fill_module;
using testing::fill_values;

constexpr int64_t kChannels = 7;  // odd on purpose

std::shared_ptr<Norm> make(const std::string& text, Layout layout = Layout::kChannelsLast) {
  auto norm = make_norm(parse_norm_spec(text), kChannels, Site::kFfn, layout, at::kDouble);
  fill_module(*norm, 0.3);
  return norm;
}

// The formula of a kind, written out; channels last.
at::Tensor expected(const Norm& norm, const at::Tensor& x) {
  const auto p = norm.named_parameters();
  const auto affine = [&](at::Tensor y) {
    y = p.contains("weight") ? y * p["weight"] : y;
    return p.contains("bias") ? y + p["bias"] : y;
  };
  const double eps = norm.spec().eps;
  if (norm.kind() == "layer_norm") {
    const at::Tensor centred = x - x.mean(-1, true);
    return affine(centred / (centred.square().mean(-1, true) + eps).sqrt());
  }
  if (norm.kind() == "rms_norm") {
    return affine(x / (x.square().mean(-1, true) + eps).sqrt());
  }
  if (norm.kind() == "group_norm_per_token") {
    const at::Tensor groups = x.unflatten(-1, {norm.spec().groups, -1});
    const at::Tensor centred = groups - groups.mean(-1, true);
    return affine((centred / (centred.square().mean(-1, true) + eps).sqrt()).flatten(-2));
  }
  if (norm.kind() == "none") {
    return x;
  }
  const at::Tensor scaled = p["alpha"] * x;
  const at::Tensor u = p.contains("shift") ? scaled + p["shift"] : scaled;
  const std::string function(norm_row(norm.kind()).function);
  return affine(ops::test::function_expression(u, function));
}

const std::vector<std::string> kSlots = {"layer_norm",
                                         "layer_norm:eps=0.1",
                                         "layer_norm:bias=false:weight=false",
                                         "layer_norm:impl=torch",
                                         "rms_norm",
                                         "rms_norm:weight=false:eps=0.01",
                                         "group_norm_per_token:groups=1:eps=0.1",
                                         "group_norm_per_token:groups=1:bias=false",
                                         "none",
                                         "dyt",
                                         "dyt:bias=false",
                                         "dyt:weight=false:bias=false",
                                         "dyt:shift=true",
                                         "derf",
                                         "derf:shift=false",
                                         "isru",
                                         "linear_clip",
                                         "hardtanh:weight=false",
                                         "sigmoid",
                                         "sigmoid:shift=true",
                                         "arctan",
                                         "satursin",
                                         "smoothsign",
                                         "relsign",
                                         "expsign",
                                         "exproot",
                                         "cubsign",
                                         "saturlog",
                                         "logsign_clip",
                                         "logquad_clip",
                                         "power23_clip",
                                         "smoothsign_clip:shift=false"};

TEST(Norm, FormulaInBothLayouts) {
  const at::Tensor x = fill_values("x", {3, 5, kChannels}) * 3;
  for (const std::string& slot : kSlots) {
    const auto last = make(slot);
    EXPECT_LT((last->forward(x) - expected(*last, x)).abs().max().item<double>(), 1e-13) << slot;
    const auto first = make(slot, Layout::kChannelsFirst);
    const at::Tensor y = first->forward(x.movedim(-1, 1)).movedim(1, -1);
    EXPECT_LT((y - expected(*first, x)).abs().max().item<double>(), 1e-13) << slot;
  }
}

TEST(Norm, ForwardAddAddsAndNormalizes) {
  const at::Tensor branch = fill_values("branch", {3, 5, kChannels});
  const at::Tensor residual = fill_values("residual", {3, 5, kChannels});
  for (const std::string& slot : kSlots) {
    const auto norm = make(slot);
    const auto [y, sum] = norm->forward_add(branch, residual);
    EXPECT_TRUE(at::equal(sum, branch + residual)) << slot;
    EXPECT_TRUE(at::equal(y, norm->forward(sum))) << slot;
    const auto [alone, same] = norm->forward_add(branch, at::Tensor());
    EXPECT_TRUE(same.is_same(branch)) << slot;
    EXPECT_TRUE(at::equal(alone, norm->forward(branch))) << slot;
  }
}

TEST(Norm, EveryFunctionOfTheKernelsHasItsKind) {
  const std::map<std::string_view, std::string_view> without_shift = {
      {"tanh", "dyt"}, {"isru", "isru"}, {"linear_clip", "linear_clip"}, {"sigmoid", "sigmoid"}};
  for (const kernels::FunctionRow& function : kernels::kFunctions) {
    const auto row = std::ranges::find(norm_table(), function.name, &NormRow::function);
    ASSERT_NE(row, norm_table().end()) << function.name;
    const auto plain = without_shift.find(function.name);
    const std::string_view with_shift = function.name == "erf" ? "derf" : function.name;
    EXPECT_EQ(row->name, plain == without_shift.end() ? with_shift : plain->second);
    EXPECT_EQ(row->shift, plain == without_shift.end()) << row->name;
    EXPECT_NE(std::ranges::find(kSlots, row->name), kSlots.end()) << row->name;
  }
}

struct ParameterCase {
  std::string slot;
  std::vector<std::string> names;
};

TEST(Norm, ParametersHaveOfficialNamesAndShapes) {
  const ParameterCase cases[] = {{"layer_norm", {"weight", "bias"}},
                                 {"layer_norm:bias=false", {"weight"}},
                                 {"rms_norm", {"weight"}},
                                 {"none", {}},
                                 {"dyt", {"alpha", "weight", "bias"}},
                                 {"dyt:bias=false", {"alpha", "weight"}},     // LLaMA
                                 {"dyt:weight=false:bias=false", {"alpha"}},  // DiT
                                 {"derf", {"alpha", "weight", "bias", "shift"}},
                                 {"derf:weight=false:bias=false", {"alpha", "shift"}}};  // DiT
  for (const ParameterCase& c : cases) {
    const auto norm = make(c.slot);
    EXPECT_EQ(norm->named_parameters().keys(), c.names) << c.slot;
    for (const auto& item : norm->named_parameters()) {
      const bool one = item.key() == "alpha" || item.key() == "shift";
      EXPECT_EQ(item.value().sizes(), at::IntArrayRef({one ? 1 : kChannels})) << c.slot;
      EXPECT_TRUE(item.value().requires_grad()) << c.slot;
    }
  }
}

TEST(Norm, StartValues) {
  const auto norm = make_norm(parse_norm_spec("derf:alpha0=0.25:shift0=0.5"), 3, Site::kStem);
  const auto parameters = norm->named_parameters();
  EXPECT_TRUE(at::equal(parameters["alpha"], torch::full({1}, 0.25)));
  EXPECT_TRUE(at::equal(parameters["weight"], torch::ones({3})));
  EXPECT_TRUE(at::equal(parameters["bias"], torch::zeros({3})));
  EXPECT_TRUE(at::equal(parameters["shift"], torch::full({1}, 0.5)));
  fill_module(*norm, 1);
  norm->reset();
  EXPECT_TRUE(at::equal(norm->alpha(), torch::full({1}, 0.25)));
}

TEST(Norm, AlphaThatIsMeasuredStartsAsNan) {
  const auto norm = make_norm(parse_norm_spec("dyt:alpha0=auto"), 3, Site::kStem);
  EXPECT_TRUE(norm->measures_alpha());
  EXPECT_TRUE(std::isnan(norm->alpha().item<double>()));
  EXPECT_FALSE(make_norm(parse_norm_spec("dyt"), 3, Site::kStem)->measures_alpha());
  EXPECT_FALSE(make_norm(parse_norm_spec("layer_norm"), 3, Site::kStem)->measures_alpha());
}

TEST(Norm, AlphaGoesWithTheModuleToDouble) {
  const auto norm = make_norm(parse_norm_spec("dyt"), 3, Site::kStem);
  norm->to(at::kDouble);
  EXPECT_EQ(norm->alpha().scalar_type(), at::kDouble);
  EXPECT_TRUE(norm->alpha().is_same(norm->named_parameters()["alpha"]));
  EXPECT_EQ(norm->forward(torch::ones({2, 3}, at::kDouble)).scalar_type(), at::kDouble);
}

TEST(Norm, ObserverSeesTheSlotsInput) {
  const auto norm = make("dyt");
  std::vector<at::Tensor> seen;
  norm->set_observer([&](const Norm& slot, const at::Tensor& input) {
    EXPECT_EQ(&slot, norm.get());
    seen.push_back(input);
  });
  const at::Tensor x = fill_values("x", {2, kChannels});
  const at::Tensor observed = norm->forward_add(x, x).y;
  norm->forward(x);
  norm->set_observer(nullptr);
  norm->forward(x);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(at::equal(seen[0], x + x)) << "forward_add: the sum";
  EXPECT_TRUE(at::equal(seen[1], x));
  EXPECT_TRUE(at::equal(observed, norm->forward_add(x, x).y)) << "watching changes nothing";
}

TEST(Norm, GradientsReachEveryParameter) {
  for (const std::string& slot : kSlots) {
    const auto norm = make(slot);
    const at::Tensor x = fill_values("x", {4, kChannels}).requires_grad_();
    norm->forward_add(x, x).y.square().sum().backward();
    EXPECT_TRUE(x.grad().defined()) << slot;
    for (const auto& item : norm->named_parameters()) {
      EXPECT_TRUE(item.value().grad().defined()) << slot << " " << item.key();
    }
  }
}

}  // namespace
}  // namespace dyt::nn

// dyt::norm and dyt::norm_add against LibTorch's own norms.
#include "dyt/ops/norm.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "dyt/core/error.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

constexpr double kEps = 1e-6;

at::Tensor wave(at::IntArrayRef sizes, double frequency, at::ScalarType type) {
  const int64_t count = c10::multiply_integers(sizes);
  return torch::sin(torch::arange(count, torch::kDouble) * frequency + 0.4).to(type).view(sizes);
}

struct NormInputs {
  at::Tensor x;
  std::optional<at::Tensor> weight, bias;
};

NormInputs make_inputs(at::IntArrayRef sizes, int present, at::ScalarType type) {
  NormInputs made{.x = 3 * wave(sizes, 12.9, type) + 0.5};
  if (present & 1) {
    made.weight = wave({sizes.back()}, 0.9, type) + 0.5;
  }
  if (present & 2) {
    made.bias = wave({sizes.back()}, 1.3, type);
  }
  return made;
}

at::Tensor plain(const NormInputs& in, std::string_view kind) {
  const int64_t width = in.x.size(-1);
  if (kind == "layer_norm") {
    return at::layer_norm(in.x, {width}, in.weight, in.bias, kEps);
  }
  const at::Tensor y = at::rms_norm(in.x, {width}, in.weight, kEps);
  return in.bias ? y + *in.bias : y;
}

at::Tensor ours(const NormInputs& in, std::string_view kind) {
  return norm(in.x, in.weight, in.bias, kind, kEps);
}

TEST(Norm, EqualsLibTorchsNorms) {
  for (const char* kind : {"layer_norm", "rms_norm"}) {
    for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
      for (const std::vector<int64_t>& sizes :
           {std::vector<int64_t>{4, 7}, {2, 3, 64}, {5, 1}, {1, 1023}, {0, 7}, {33, 768}}) {
        for (int present = 0; present < 4; ++present) {
          SCOPED_TRACE(std::string(kind) + " " + c10::toString(type));
          const NormInputs in = make_inputs(sizes, present, type);
          const double tolerance = type == at::kFloat ? 1e-5 : 1e-12;
          EXPECT_TRUE(torch::allclose(ours(in, kind), plain(in, kind), tolerance, tolerance));
        }
      }
    }
  }
}

TEST(Norm, SixteenBitsWithParametersOfBothTypes) {
  for (const at::ScalarType type : {at::kBFloat16, at::kHalf}) {
    for (const bool wide : {false, true}) {
      NormInputs in = make_inputs({6, 100}, 3, type);
      NormInputs exact{in.x.to(at::kDouble), in.weight->to(at::kDouble), in.bias->to(at::kDouble)};
      if (wide) {
        in.weight = in.weight->to(at::kFloat);
        in.bias = in.bias->to(at::kFloat);
      }
      const at::Tensor y = ours(in, "layer_norm");
      EXPECT_EQ(y.scalar_type(), type);
      const double tolerance = type == at::kHalf ? 1e-3 : 1e-2;
      EXPECT_TRUE(
          torch::allclose(y.to(at::kDouble), plain(exact, "layer_norm"), tolerance, tolerance));
    }
  }
}

TEST(Norm, ResidualFormEqualsTheTwoStepsBitForBit) {
  for (const char* kind : {"layer_norm", "rms_norm"}) {
    for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf}) {
      NormInputs in = make_inputs({9, 101}, 3, type);
      const at::Tensor residual = wave({9, 101}, 5.1, type);
      const auto [y, sum] = norm_add(in.x, residual, in.weight, in.bias, kind, kEps);
      in.x = in.x + residual;
      EXPECT_TRUE(torch::equal(sum, in.x)) << kind << type;
      EXPECT_TRUE(torch::equal(y, ours(in, kind))) << kind << type;
    }
  }
}

std::vector<at::Tensor> leaves(const NormInputs& in) {
  std::vector<at::Tensor> tensors{in.x};
  for (const auto& tensor : {in.weight, in.bias}) {
    if (tensor) {
      tensors.push_back(*tensor);
    }
  }
  return tensors;
}

NormInputs with_tensors(NormInputs in, const std::vector<at::Tensor>& tensors) {
  size_t next = 1;
  in.x = tensors[0];
  for (auto* tensor : {&in.weight, &in.bias}) {
    if (*tensor) {
      *tensor = tensors[next++];
    }
  }
  return in;
}

TEST(Norm, GradientsEqualFiniteDifferences) {
  for (const char* kind : {"layer_norm", "rms_norm"}) {
    for (int present = 0; present < 4; ++present) {
      const NormInputs in = make_inputs({3, 5}, present, at::kDouble);
      EXPECT_TRUE(test_support::gradients_match(
          [&](const auto& moved) { return ours(with_tensors(in, moved), kind); }, leaves(in)))
          << kind << present;
    }
  }
}

TEST(Norm, GradientsOfTheResidualForm) {
  for (const char* kind : {"layer_norm", "rms_norm"}) {
    const NormInputs in = make_inputs({3, 5}, 3, at::kDouble);
    std::vector<at::Tensor> tensors = leaves(in);
    tensors.push_back(wave({3, 5}, 5.1, at::kDouble));
    EXPECT_TRUE(test_support::gradients_match(
        [&](const auto& moved) {
          const NormInputs now = with_tensors(in, moved);
          const auto [y, sum] = norm_add(now.x, moved.back(), now.weight, now.bias, kind, kEps);
          return y + 0.3 * sum * sum;
        },
        tensors));
  }
}

TEST(Norm, NonContiguousInputAndExpandedGradient) {
  NormInputs in = make_inputs({6, 4}, 3, at::kDouble);
  in.x = in.x.view({4, 6}).t();
  EXPECT_TRUE(test_support::gradients_match(
      [&](const auto& moved) {
        return ours(with_tensors(in, moved), "layer_norm").sum().view({1});
      },
      leaves(in)));
}

// The order of sums depends on the shape only.
TEST(Norm, SameBitsForEveryNumberOfThreadsAndRun) {
  NormInputs in = make_inputs({300, 1000}, 3, at::kFloat);
  std::vector<at::Tensor> tensors = leaves(in);
  for (at::Tensor& tensor : tensors) {
    tensor.set_requires_grad(true);
  }
  const at::Tensor weights = wave({300, 1000}, 1.7, at::kFloat);
  const auto results = [&] {
    const at::Tensor y = ours(in, "layer_norm");
    auto found = torch::autograd::grad({(y * weights).sum()}, tensors);
    found.push_back(y.detach());
    return found;
  };
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const auto expected = results();
  for (const int threads : {2, 2, 3}) {
    at::set_num_threads(threads);
    const auto found = results();
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_TRUE(torch::equal(found[n], expected[n])) << "result " << n;
    }
  }
  at::set_num_threads(before);
}

TEST(Norm, RowsDoNotDependOnTheirNeighbours) {
  const NormInputs in = make_inputs({7, 130}, 3, at::kFloat);
  const at::Tensor whole = ours(in, "rms_norm");
  for (int64_t row = 0; row < 7; ++row) {
    NormInputs alone = in;
    alone.x = in.x[row];
    EXPECT_TRUE(torch::equal(ours(alone, "rms_norm"), whole[row]));
  }
}

void expect_error(const NormInputs& in, std::string_view kind, const std::string& words) {
  try {
    ours(in, kind);
    FAIL() << "no error: " << words;
  } catch (const core::Error& error) {
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

TEST(Norm, ErrorsNameTheArgument) {
  NormInputs in = make_inputs({3, 4}, 3, at::kFloat);
  expect_error(in, "group", "kind");
  NormInputs wrong = in;
  wrong.weight = torch::ones({5});
  expect_error(wrong, "layer_norm", "shape of weight");
  wrong = in;
  wrong.bias = torch::ones({4}, at::kDouble);
  expect_error(wrong, "layer_norm", "type of bias");
  wrong = in;
  wrong.x = torch::ones({3, 4}, at::kLong);
  expect_error(wrong, "layer_norm", "type of x");
  wrong.x = torch::ones({});
  expect_error(wrong, "layer_norm", "shape of x");
}

TEST(Norm, SecondDerivativeRefuses) {
  NormInputs in = make_inputs({3, 4}, 3, at::kDouble);
  in.x.set_requires_grad(true);
  try {
    torch::autograd::grad({ours(in, "layer_norm").sum()}, {in.x}, {}, std::nullopt, true);
    FAIL() << "no error";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("impl=torch"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace dyt::ops::test

// SPDX-License-Identifier: Apache-2.0
// Forward of dyt::norm and dyt::norm_add against LibTorch's own norms; types, layouts, Meta.
#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include "tests/ops/norm_expression.h"

namespace dyt::ops::test {
namespace {

constexpr at::ScalarType kNormTypes[] = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

TEST(Norm, EqualsLibTorchsNorms) {
  for (const char* kind : kKinds) {
    for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
      for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{7},
                                                {4, 7},
                                                {2, 3, 64},
                                                {5, 1},
                                                {1, 1},
                                                {1, 1023},
                                                {0, 7},
                                                {33, 768}}) {
        for (int present = 0; present < 4; ++present) {
          SCOPED_TRACE(std::string(kind) + " " + c10::toString(type));
          const NormInputs in = make_norm_inputs(sizes, present, type);
          const at::Tensor y = our_norm(in, kind);
          EXPECT_EQ(y.sizes(), in.x.sizes());
          EXPECT_EQ(y.scalar_type(), type);
          const double tolerance = type == at::kFloat ? 1e-5 : 1e-12;
          EXPECT_TRUE(torch::allclose(y, libtorch_norm(in, kind), tolerance, tolerance));
        }
      }
    }
  }
}

TEST(Norm, SixteenBitsWithParametersOfBothTypes) {
  for (const char* kind : kKinds) {
    for (const at::ScalarType type : {at::kBFloat16, at::kHalf}) {
      for (int present = 0; present < 4; ++present) {
        const NormInputs narrow = make_norm_inputs({6, 100}, present, type);
        const NormInputs wide = to_types(narrow, type, at::kFloat);
        const at::Tensor y = our_norm(narrow, kind);
        EXPECT_EQ(y.scalar_type(), type);
        EXPECT_TRUE(torch::equal(y, our_norm(wide, kind)));
        const at::Tensor exact = libtorch_norm(to_types(narrow, at::kDouble, at::kDouble), kind);
        const double tolerance = type == at::kHalf ? 1e-3 : 1e-2;
        EXPECT_TRUE(torch::allclose(y.to(at::kDouble), exact, tolerance, tolerance));
      }
    }
  }
}

TEST(Norm, ResidualFormEqualsTheTwoStepsBitForBit) {
  for (const char* kind : kKinds) {
    for (const at::ScalarType type : kNormTypes) {
      for (const std::vector<int64_t>& sizes :
           {std::vector<int64_t>{101}, {9, 101}, {4, 1}, {2, 3, 64}, {0, 7}, {3, 0}}) {
        for (int present = 0; present < 4; ++present) {
          NormInputs in = make_norm_inputs(sizes, present, type);
          const at::Tensor residual = wave(sizes, 5.1, type);
          const auto [y, sum] = our_norm_add(in, residual, kind);
          in.x = in.x + residual;
          EXPECT_TRUE(torch::equal(sum, in.x)) << kind << type;
          EXPECT_TRUE(torch::equal(y, our_norm(in, kind))) << kind << type;
        }
      }
    }
  }
}

TEST(Norm, NonContiguousTensorsGiveTheSameBitsContiguous) {
  for (const char* kind : kKinds) {
    NormInputs in = make_norm_inputs({6, 5, 10}, 0, at::kFloat);
    in.x = in.x.transpose(0, 2).slice(1, 0, 5, 2);  // (10, 3, 6)
    in.weight = torch::linspace(-1, 1, 12).slice(0, 0, 12, 2);
    in.bias = torch::full({1}, 0.3F).expand({6});
    NormInputs plain = in;
    plain.x = in.x.contiguous();
    plain.weight = in.weight->contiguous();
    plain.bias = in.bias->contiguous();
    EXPECT_TRUE(our_norm(in, kind).is_contiguous());
    EXPECT_TRUE(torch::equal(our_norm(in, kind), our_norm(plain, kind)));
    const auto [y, sum] = our_norm_add(in, in.x, kind);
    EXPECT_TRUE(sum.is_contiguous());
    EXPECT_TRUE(torch::equal(y, std::get<0>(our_norm_add(plain, plain.x, kind))));
  }
}

TEST(Norm, RowsDoNotDependOnTheirNeighbours) {
  for (const char* kind : kKinds) {
    for (const at::ScalarType type : kNormTypes) {
      const NormInputs in = make_norm_inputs({7, 130}, 3, type);
      const at::Tensor whole = our_norm(in, kind);
      for (int64_t row = 0; row < 7; ++row) {
        NormInputs alone = in;
        alone.x = in.x[row];
        EXPECT_TRUE(torch::equal(our_norm(alone, kind), whole[row])) << kind << type;
      }
    }
  }
}

TEST(Norm, MetaGivesShapesAndTypes) {
  for (const at::ScalarType type : kNormTypes) {
    NormInputs in = make_norm_inputs({2, 3, 5}, 3, type);
    in = {in.x.to(at::kMeta), in.weight->to(at::kMeta), in.bias->to(at::kMeta)};
    const auto [y, sum] = our_norm_add(in, in.x, "layer_norm");
    for (const at::Tensor& found : {y, sum, our_norm(in, "rms_norm")}) {
      EXPECT_TRUE(found.is_meta());
      EXPECT_EQ(found.sizes(), in.x.sizes());
      EXPECT_EQ(found.scalar_type(), type);
    }
  }
}

TEST(Norm, AutocastPassesThrough) {
  const NormInputs in =
      to_types(make_norm_inputs({4, 40}, 3, at::kFloat), at::kBFloat16, at::kFloat);
  const at::Tensor expected = our_norm(in, "layer_norm");
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const at::Tensor found = our_norm(in, "layer_norm");
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_EQ(found.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(torch::equal(found, expected));
}

}  // namespace
}  // namespace dyt::ops::test

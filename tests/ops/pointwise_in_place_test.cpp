// SPDX-License-Identifier: Apache-2.0
// dyt::pointwise_ and dyt::pointwise.out: the bits of dyt::pointwise, written where they belong.
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

constexpr at::ScalarType kTypes[] = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

void write_in_place(PointwiseInputs& in, const std::string& function) {
  pointwise_(in.x, in.alpha, in.shift, in.weight, in.bias, function, in.channel_dim);
}

void write_out(const PointwiseInputs& in, const std::string& function, const at::Tensor& out) {
  static const auto out_operator =
      c10::Dispatcher::singleton().findSchemaOrThrow("dyt::pointwise", "out");
  torch::jit::Stack stack{in.x,     in.alpha,       in.shift, in.weight, in.bias,
                          function, in.channel_dim, false,    out};
  out_operator.callBoxed(&stack);
}

TEST(PointwiseInPlace, SameBitsInThePlaceOfX) {
  for (const at::ScalarType type : kTypes) {
    for (const std::string& function : kFunctionNames) {
      for (const int64_t channel_dim : {0, -1}) {
        PointwiseInputs in = make_inputs({7, 33}, channel_dim, 7, type);
        const at::Tensor expected = operator_output(in, function);
        const void* place = in.x.const_data_ptr();
        const auto version = in.x._version();
        write_in_place(in, function);
        EXPECT_TRUE(torch::equal(in.x, expected)) << function << " " << type;
        EXPECT_EQ(in.x.const_data_ptr(), place);
        EXPECT_GT(in.x._version(), version);
      }
    }
  }
}

TEST(PointwiseInPlace, NonContiguousX) {
  PointwiseInputs in = make_inputs({6, 5}, -1, 0, at::kFloat);
  in.x = in.x.t();
  const at::Tensor expected = operator_output(in, "tanh");
  write_in_place(in, "tanh");
  EXPECT_TRUE(torch::equal(in.x, expected));
}

// Rows and columns cut from a larger tensor, at addresses that no vector likes.
TEST(PointwiseInPlace, NeighboursInTheSameStorageStay) {
  for (const at::ScalarType type : kTypes) {
    for (const bool rows : {true, false}) {
      const at::Tensor whole = make_inputs({9, 41}, -1, 0, type).x;
      const at::Tensor before = whole.clone();
      PointwiseInputs in = make_inputs({7, 41}, -1, 0, type);
      in.x = rows ? whole.slice(0, 1, 8) : whole.slice(1, 1, 40);
      const at::Tensor expected = operator_output(in, "tanh");
      write_in_place(in, "tanh");
      EXPECT_TRUE(torch::equal(in.x, expected));
      in.x.copy_(rows ? before.slice(0, 1, 8) : before.slice(1, 1, 40));
      EXPECT_TRUE(torch::equal(whole, before));
    }
  }
}

// The parameters are read before x is overwritten.
TEST(PointwiseInPlace, ParametersThatLieInX) {
  PointwiseInputs in = make_inputs({300, 40}, -1, 0, at::kFloat);
  PointwiseInputs apart = in;
  apart.alpha = in.x.view({-1}).slice(0, 0, 1).clone();
  apart.weight = in.x[1].clone();
  const at::Tensor expected = operator_output(apart, "tanh");
  in.alpha = in.x.view({-1}).slice(0, 0, 1);
  in.weight = in.x[1];
  write_in_place(in, "tanh");
  EXPECT_TRUE(torch::equal(in.x, expected));
}

TEST(PointwiseInPlace, ElementsThatShareMemoryAreAnError) {
  PointwiseInputs in = make_inputs({1, 4}, -1, 0, at::kFloat);
  in.x = in.x.expand({3, 4});
  EXPECT_THROW(write_in_place(in, "tanh"), c10::Error);
}

// x, alpha, shift, weight, bias: whichever wants a gradient.
TEST(PointwiseInPlace, RefusesWhereAGradientNeedsX) {
  for (size_t n = 0; n < 5; ++n) {
    PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
    leaves(in)[n].set_requires_grad(true);
    EXPECT_THROW(write_in_place(in, "tanh"), core::Error) << n;
    EXPECT_THROW(write_out(in, "tanh", torch::empty({3, 4})), core::Error) << n;
    const torch::NoGradGuard no_grad;
    EXPECT_NO_THROW(write_in_place(in, "tanh")) << n;
    EXPECT_NO_THROW(write_out(in, "tanh", torch::empty({3, 4}))) << n;
  }
}

TEST(PointwiseInPlace, RefusesAViewOfWhatWantsAGradient) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  const at::Tensor leaf = in.x.clone().set_requires_grad(true);
  in.x = leaf.slice(0, 0, 2);
  EXPECT_THROW(write_in_place(in, "tanh"), core::Error);
}

using Write = void (*)(const at::Tensor& place);

const Write kWrites[] = {
    [](const at::Tensor& place) {
      PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
      in.x = place;
      write_in_place(in, "tanh");
    },
    [](const at::Tensor& place) {
      write_out(make_inputs({3, 4}, -1, 0, at::kFloat), "tanh", place);
    },
};

// A product saves its factor: overwritten, backward has to complain, not to use the new numbers.
TEST(PointwiseInPlace, OverwritingASavedTensorMakesBackwardComplain) {
  for (const Write write : kWrites) {
    const at::Tensor factor = torch::full({3, 4}, 2.0F);
    const at::Tensor leaf = torch::ones({3, 4}).set_requires_grad(true);
    const at::Tensor product = leaf * factor;
    write(factor);
    EXPECT_THROW(product.sum().backward(), c10::Error);
  }
}

// Inference mode switches autograd off, not the versions of tensors from outside of it.
TEST(PointwiseInPlace, OverwritingInInferenceModeMakesBackwardComplainToo) {
  for (const Write write : kWrites) {
    const at::Tensor factor = torch::full({3, 4}, 2.0F);
    const at::Tensor leaf = torch::ones({3, 4}).set_requires_grad(true);
    const at::Tensor product = leaf * factor;
    {
      const c10::InferenceMode inference;
      write(factor);
    }
    EXPECT_THROW(product.sum().backward(), c10::Error);
  }
}

TEST(PointwiseInPlace, WorksOnTensorsOfInferenceMode) {
  const c10::InferenceMode inference;
  PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
  const at::Tensor expected = operator_output(in, "tanh");
  write_in_place(in, "tanh");
  EXPECT_TRUE(torch::equal(in.x, expected));
}

TEST(PointwiseInPlace, CountsOneVersion) {
  for (const Write write : kWrites) {
    const at::Tensor place = torch::ones({3, 4});
    const auto version = place._version();
    write(place);
    EXPECT_EQ(place._version(), version + 1);
  }
}

TEST(PointwiseOut, WritesWhereItIsTold) {
  for (const at::ScalarType type : kTypes) {
    for (const bool contiguous : {true, false}) {
      const PointwiseInputs in = make_inputs({6, 5}, -1, 7, type);
      const at::Tensor out =
          contiguous ? torch::empty({6, 5}, type) : torch::empty({5, 6}, type).t();
      const at::Tensor before = in.x.clone();
      write_out(in, "tanh", out);
      EXPECT_TRUE(torch::equal(out, operator_output(in, "tanh")));
      EXPECT_TRUE(torch::equal(in.x, before));
    }
  }
}

TEST(PointwiseOut, MayBeXItselfOrXTransposed) {
  for (const bool transposed : {false, true}) {
    const PointwiseInputs in = make_inputs({5, 5}, -1, 7, at::kFloat);
    const at::Tensor expected = operator_output(in, "erf");
    const at::Tensor out = transposed ? in.x.t() : in.x;
    write_out(in, "erf", out);
    EXPECT_TRUE(torch::equal(out, expected));
  }
}

// out a little further on in the same memory, or before: no element may be overwritten unread.
TEST(PointwiseOut, MayLieAcrossX) {
  for (const at::ScalarType type : kTypes) {
    for (const int64_t shift : {-40, -1, 0, 1, 40}) {
      PointwiseInputs in = make_inputs({400, 40}, -1, 7, type);
      const at::Tensor expected = operator_output(in, "tanh");
      const at::Tensor memory = torch::empty({400 * 40 + 80}, type);
      const auto place = [&](int64_t at) {
        return memory.slice(0, at, at + 400 * 40).view({400, 40});
      };
      in.x = place(40).copy_(in.x);
      write_out(in, "tanh", place(40 + shift));
      EXPECT_TRUE(torch::equal(place(40 + shift), expected)) << type << " " << shift;
    }
  }
}

TEST(PointwiseOut, OfAnotherShapeTypeOrDeviceIsAnError) {
  const PointwiseInputs in = make_inputs({6, 5}, -1, 7, at::kFloat);
  EXPECT_THROW(write_out(in, "tanh", torch::empty({5, 6})), core::Error);
  EXPECT_THROW(write_out(in, "tanh", torch::empty({0})), core::Error);
  EXPECT_THROW(write_out(in, "tanh", torch::empty({6, 5}, at::kDouble)), core::Error);
  EXPECT_THROW(write_out(in, "tanh", torch::empty({6, 5}, at::kMeta)), core::Error);
}

TEST(PointwiseOut, MetaChecksAndLeavesItAtThat) {
  PointwiseInputs in = make_inputs({6, 5}, -1, 0, at::kFloat);
  in.x = in.x.to(at::kMeta);
  in.alpha = in.alpha.to(at::kMeta);
  const auto version = in.x._version();
  EXPECT_NO_THROW(write_in_place(in, "tanh"));
  EXPECT_GT(in.x._version(), version);
  EXPECT_NO_THROW(write_out(in, "tanh", torch::empty({6, 5}, at::kMeta)));
  EXPECT_THROW(write_out(in, "tanh", torch::empty({5, 6}, at::kMeta)), core::Error);
  EXPECT_THROW(write_in_place(in, "tahn"), core::Error);
}

}  // namespace
}  // namespace dyt::ops::test

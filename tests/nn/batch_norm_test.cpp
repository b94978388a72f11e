// SPDX-License-Identifier: Apache-2.0
// batch_norm against LibTorch's own modules; group_norm_per_token where it cannot be built.
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/normalization.h>
#include <torch/types.h>

#include "dyt/nn/norm.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::nn {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

std::shared_ptr<Norm> batch_norm(Layout layout, const std::string& spec = "batch_norm:eps=1e-5") {
  auto norm = make_norm(parse_norm_spec(spec), 5, Site::kFfn, layout, at::kDouble);
  fill_module(*norm, 0.3);
  return norm;
}

template <class Peer>
void take_parameters(Peer& peer, const Norm& norm) {
  peer->to(at::kDouble);
  const auto from = norm.named_parameters();
  const at::NoGradGuard no_grad;
  peer->weight.copy_(from["weight"]);
  peer->bias.copy_(from["bias"]);
}

// Two training steps, then evaluation: outputs, gradients and buffers are the same bits.
template <class Peer, class ToPeer>
void expect_equal(Norm& norm, Peer& peer, at::IntArrayRef shape, const ToPeer& to_peer) {
  take_parameters(peer, norm);
  for (const char* name : {"a", "b", "c"}) {
    const bool training = name[0] != 'c';
    norm.train(training);
    peer->train(training);
    const at::Tensor x = fill_values(name, shape).requires_grad_();
    const at::Tensor y = norm.forward(x);
    const at::Tensor other = peer->forward(to_peer(x));
    EXPECT_TRUE(at::equal(to_peer(y), other)) << name;
    const at::Tensor grad = fill_values("g", shape);
    const at::Tensor own = torch::autograd::grad({y}, {x}, {grad})[0];
    const at::Tensor theirs = torch::autograd::grad({other}, {x}, {to_peer(grad)})[0];
    EXPECT_TRUE(at::equal(own, theirs)) << name;
  }
  const auto buffers = norm.named_buffers();
  EXPECT_TRUE(at::equal(buffers["running_mean"], peer->running_mean));
  EXPECT_TRUE(at::equal(buffers["running_var"], peer->running_var));
  EXPECT_EQ(buffers["num_batches_tracked"].item().toLong(), 2);
}

TEST(BatchNorm, ChannelsFirstIsBatchNorm2d) {
  const auto norm = batch_norm(Layout::kChannelsFirst);
  torch::nn::BatchNorm2d peer(5);
  expect_equal(*norm, peer, {3, 5, 2, 4}, [](const at::Tensor& x) { return x; });
}

TEST(BatchNorm, TokensAreRowsOfBatchNorm1d) {
  const auto norm = batch_norm(Layout::kChannelsLast);
  torch::nn::BatchNorm1d peer(5);
  expect_equal(*norm, peer, {3, 4, 5}, [](const at::Tensor& x) { return x.reshape({-1, 5}); });
}

TEST(BatchNorm, ResetAndRefusals) {
  const auto norm = batch_norm(Layout::kChannelsLast);
  norm->forward(fill_values("x", {4, 5}));
  EXPECT_NE(norm->named_buffers()["running_mean"].abs().max().item<double>(), 0);
  expect_error(core::ErrorKind::kUsage, "more than one value of a channel", [&] {
    norm->forward(fill_values("x", {1, 5}));
  });
  norm->eval();
  norm->forward(fill_values("x", {1, 5}));
}

TEST(GroupNorm, GroupsDivideTheChannels) {
  for (const char* part :
       {"slot group_norm_per_token of the site ffn", "a number of groups that divides 48",
        "32, the default", "slots=group_norm_per_token:groups=16"}) {
    expect_error(core::ErrorKind::kUsage, part,
                 [] { make_norm(parse_norm_spec("group_norm_per_token"), 48, Site::kFfn); });
  }
  expect_error(core::ErrorKind::kUsage, "model.norm=group_norm_per_token:groups=1,",
               [] { make_norm(parse_norm_spec("group_norm_per_token:groups=3"), 7, Site::kStem); });
}

// PyTorch's GroupNorm takes the pixels of an image together; one pixel shows the same numbers.
TEST(GroupNorm, OnePixelIsLibTorchs) {
  const auto norm = make_norm(parse_norm_spec("group_norm_per_token:groups=3:eps=1e-5"), 12,
                              Site::kFfn, Layout::kChannelsFirst, at::kDouble);
  fill_module(*norm, 0.3);
  torch::nn::GroupNorm peer(3, 12);
  take_parameters(peer, *norm);
  const at::Tensor x = fill_values("x", {4, 12, 1, 1});
  EXPECT_TRUE(at::allclose(norm->forward(x), peer->forward(x), 1e-14, 1e-14));
}

}  // namespace
}  // namespace dyt::nn

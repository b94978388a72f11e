// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/inception.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "dyt/core/error.h"
#include "dyt/models/inception_blocks.h"

namespace dyt::models {
namespace {

constexpr int64_t kSide = 299;
constexpr int64_t kOutputs = 1008;
constexpr int64_t kFeatures = 2048;
constexpr int64_t kSpatialChannels = 7;
constexpr size_t kSpatialBlock = 6;  // Mixed_6d among Mixed_5b .. 7c

at::Tensor halving_pool(const at::Tensor& x) { return at::max_pool2d(x, {3, 3}, {2, 2}); }

// Where the output pixels of one axis lie in the input.
struct Places {
  at::Tensor low, high;  // (out) int64
  at::Tensor fraction;   // (out), of the way from low to high
};

Places places(int64_t in, int64_t out, const at::TensorOptions& options) {
  const at::Tensor low = at::empty({out}, at::kLong), high = at::empty({out}, at::kLong);
  const at::Tensor fraction = at::empty({out}, at::kDouble);
  // A float32 number in TensorFlow.
  const double scale = static_cast<float>(in) / static_cast<float>(out);
  for (int64_t o = 0; o < out; ++o) {
    const double place = static_cast<double>(o) * scale;
    const auto pixel = std::min(static_cast<int64_t>(place), in - 1);
    low.mutable_data_ptr<int64_t>()[o] = pixel;
    high.mutable_data_ptr<int64_t>()[o] = std::min(pixel + 1, in - 1);
    fraction.mutable_data_ptr<double>()[o] = place - static_cast<double>(pixel);
  }
  return {low.to(options.device()), high.to(options.device()), fraction.to(options)};
}

at::Tensor resize_axis(const at::Tensor& images, int64_t dim, int64_t out) {
  const Places p = places(images.size(dim), out, images.options());
  const at::Tensor low = images.index_select(dim, p.low), high = images.index_select(dim, p.high);
  const at::Tensor fraction = dim == 3 ? p.fraction : p.fraction.unsqueeze(1);
  return low + (high - low) * fraction;
}

}  // namespace

Inception::Inception(const at::TensorOptions& options) {
  const auto unit = [&](const char* name, int64_t in, int64_t out, const InceptionKernel& kernel) {
    stem_.push_back(
        register_module(name, std::make_shared<InceptionUnit>(in, out, kernel, options)));
  };
  unit("Conv2d_1a_3x3", 3, 32, {.size = {3, 3}, .stride = 2});
  unit("Conv2d_2a_3x3", 32, 32, {.size = {3, 3}});
  unit("Conv2d_2b_3x3", 32, 64, {.size = {3, 3}, .padding = {1, 1}});
  unit("Conv2d_3b_1x1", 64, 80, {});
  unit("Conv2d_4a_3x3", 80, 192, {.size = {3, 3}});
  const auto block = [&](const char* name, const InceptionBlockPtr& module) {
    blocks_.push_back(register_module(name, module));
  };
  block("Mixed_5b", make_mixed_5(192, 32, options));
  block("Mixed_5c", make_mixed_5(256, 64, options));
  block("Mixed_5d", make_mixed_5(288, 64, options));
  block("Mixed_6a", make_mixed_6a(288, options));
  block("Mixed_6b", make_mixed_6(128, options));
  block("Mixed_6c", make_mixed_6(160, options));
  block("Mixed_6d", make_mixed_6(160, options));
  block("Mixed_6e", make_mixed_6(192, options));
  block("Mixed_7a", make_mixed_7a(options));
  block("Mixed_7b", make_mixed_7(1280, /*max_pool=*/false, options));
  block("Mixed_7c", make_mixed_7(2048, /*max_pool=*/true, options));
  fc_ = register_module("fc", std::make_shared<nn::Linear>(kFeatures, kOutputs, options));
  eval();
}

InceptionFeatures Inception::forward(const at::Tensor& pictures) const {
  if (pictures.dim() != 4 || pictures.size(1) != 3) {
    std::ostringstream found;
    found << pictures.sizes();
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "Inception takes RGB pictures", .expected = "(B, 3, H, W)", .found = found.str()});
  }
  const at::Tensor resized = resize_tf1(pictures.to(fc_->weight().scalar_type()), kSide);
  at::Tensor x = (resized - 128) / 128;
  for (size_t i = 0; i < stem_.size(); ++i) {
    x = stem_[i]->forward(x);
    if (i == 2 || i == 4) {  // after 2b and 4a
      x = halving_pool(x);
    }
  }
  InceptionFeatures features;
  for (size_t i = 0; i < blocks_.size(); ++i) {
    x = blocks_[i]->forward(x);
    if (i == kSpatialBlock) {
      features.spatial = x.slice(1, 0, kSpatialChannels).permute({0, 2, 3, 1}).flatten(1);
    }
  }
  features.pooled = x.mean({2, 3});
  return features;
}

at::Tensor Inception::logits(const at::Tensor& pooled) const {
  return at::linear(pooled, fc_->weight());
}

at::Tensor resize_tf1(const at::Tensor& images, int64_t side) {
  return resize_axis(resize_axis(images, 3, side), 2, side);
}

}  // namespace dyt::models

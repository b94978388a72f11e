// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/inception_blocks.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>

#include <string>
#include <vector>

namespace dyt::models {
namespace {

constexpr double kBatchNormEps = 1e-3;

// For its parameters' names alone.
class Holder final : public torch::nn::Module {};

constexpr InceptionKernel k1x1{};
constexpr InceptionKernel k3x3{.size = {3, 3}, .padding = {1, 1}};
constexpr InceptionKernel k5x5{.size = {5, 5}, .padding = {2, 2}};
constexpr InceptionKernel kHalving{.size = {3, 3}, .stride = 2};
constexpr InceptionKernel k1x3{.size = {1, 3}, .padding = {0, 1}};
constexpr InceptionKernel k3x1{.size = {3, 1}, .padding = {1, 0}};
constexpr InceptionKernel k1x7{.size = {1, 7}, .padding = {0, 3}};
constexpr InceptionKernel k7x1{.size = {7, 1}, .padding = {3, 0}};

at::Tensor average_pool(const at::Tensor& x) {
  return at::avg_pool2d(x, {3, 3}, {1, 1}, {1, 1}, /*ceil_mode=*/false,
                        /*count_include_pad=*/false);
}
at::Tensor max_pool(const at::Tensor& x) { return at::max_pool2d(x, {3, 3}, {1, 1}, {1, 1}); }
at::Tensor halving_max_pool(const at::Tensor& x) { return at::max_pool2d(x, {3, 3}, {2, 2}); }

// Units one after the other.
class Chain {
 public:
  struct Link {
    std::string name;
    int64_t out;
    InceptionKernel kernel;
  };

  Chain() = default;
  Chain(torch::nn::Module& parent, int64_t in, const std::vector<Link>& links,
        const at::TensorOptions& options) {
    for (const Link& link : links) {
      units_.push_back(parent.register_module(
          link.name, std::make_shared<InceptionUnit>(in, link.out, link.kernel, options)));
      in = link.out;
    }
  }

  at::Tensor operator()(at::Tensor x) const {
    for (const auto& unit : units_) {
      x = unit->forward(x);
    }
    return x;
  }

 private:
  std::vector<std::shared_ptr<InceptionUnit>> units_;
};

class Mixed5 final : public InceptionBlock {
 public:
  Mixed5(int64_t in, int64_t pool, const at::TensorOptions& options)
      : branch1_(*this, in, {{"branch1x1", 64, k1x1}}, options),
        branch5_(*this, in, {{"branch5x5_1", 48, k1x1}, {"branch5x5_2", 64, k5x5}}, options),
        branch3_(*this, in,
                 {{"branch3x3dbl_1", 64, k1x1},
                  {"branch3x3dbl_2", 96, k3x3},
                  {"branch3x3dbl_3", 96, k3x3}},
                 options),
        pool_(*this, in, {{"branch_pool", pool, k1x1}}, options) {}

  at::Tensor forward(const at::Tensor& x) const override {
    return at::cat({branch1_(x), branch5_(x), branch3_(x), pool_(average_pool(x))}, 1);
  }

 private:
  Chain branch1_, branch5_, branch3_, pool_;
};

class Mixed6a final : public InceptionBlock {
 public:
  Mixed6a(int64_t in, const at::TensorOptions& options)
      : branch3_(*this, in, {{"branch3x3", 384, kHalving}}, options),
        double3_(*this, in,
                 {{"branch3x3dbl_1", 64, k1x1},
                  {"branch3x3dbl_2", 96, k3x3},
                  {"branch3x3dbl_3", 96, kHalving}},
                 options) {}

  at::Tensor forward(const at::Tensor& x) const override {
    return at::cat({branch3_(x), double3_(x), halving_max_pool(x)}, 1);
  }

 private:
  Chain branch3_, double3_;
};

class Mixed6 final : public InceptionBlock {
 public:
  Mixed6(int64_t width, const at::TensorOptions& options)
      : branch1_(*this, 768, {{"branch1x1", 192, k1x1}}, options),
        branch7_(*this, 768,
                 {{"branch7x7_1", width, k1x1},
                  {"branch7x7_2", width, k1x7},
                  {"branch7x7_3", 192, k7x1}},
                 options),
        double7_(*this, 768,
                 {{"branch7x7dbl_1", width, k1x1},
                  {"branch7x7dbl_2", width, k7x1},
                  {"branch7x7dbl_3", width, k1x7},
                  {"branch7x7dbl_4", width, k7x1},
                  {"branch7x7dbl_5", 192, k1x7}},
                 options),
        pool_(*this, 768, {{"branch_pool", 192, k1x1}}, options) {}

  at::Tensor forward(const at::Tensor& x) const override {
    return at::cat({branch1_(x), branch7_(x), double7_(x), pool_(average_pool(x))}, 1);
  }

 private:
  Chain branch1_, branch7_, double7_, pool_;
};

class Mixed7a final : public InceptionBlock {
 public:
  explicit Mixed7a(const at::TensorOptions& options)
      : branch3_(*this, 768, {{"branch3x3_1", 192, k1x1}, {"branch3x3_2", 320, kHalving}}, options),
        branch7_(*this, 768,
                 {{"branch7x7x3_1", 192, k1x1},
                  {"branch7x7x3_2", 192, k1x7},
                  {"branch7x7x3_3", 192, k7x1},
                  {"branch7x7x3_4", 192, kHalving}},
                 options) {}

  at::Tensor forward(const at::Tensor& x) const override {
    return at::cat({branch3_(x), branch7_(x), halving_max_pool(x)}, 1);
  }

 private:
  Chain branch3_, branch7_;
};

class Mixed7 final : public InceptionBlock {
 public:
  Mixed7(int64_t in, bool max_pool, const at::TensorOptions& options)
      : max_pool_(max_pool),
        branch1_(*this, in, {{"branch1x1", 320, k1x1}}, options),
        branch3_(*this, in, {{"branch3x3_1", 384, k1x1}}, options),
        branch3_wide_(*this, 384, {{"branch3x3_2a", 384, k1x3}}, options),
        branch3_high_(*this, 384, {{"branch3x3_2b", 384, k3x1}}, options),
        double3_(*this, in, {{"branch3x3dbl_1", 448, k1x1}, {"branch3x3dbl_2", 384, k3x3}},
                 options),
        double3_wide_(*this, 384, {{"branch3x3dbl_3a", 384, k1x3}}, options),
        double3_high_(*this, 384, {{"branch3x3dbl_3b", 384, k3x1}}, options),
        pool_(*this, in, {{"branch_pool", 192, k1x1}}, options) {}

  at::Tensor forward(const at::Tensor& x) const override {
    const at::Tensor single = branch3_(x), twice = double3_(x);
    return at::cat({branch1_(x), branch3_wide_(single), branch3_high_(single), double3_wide_(twice),
                    double3_high_(twice), pool_(max_pool_ ? max_pool(x) : average_pool(x))},
                   1);
  }

 private:
  bool max_pool_;
  Chain branch1_, branch3_, branch3_wide_, branch3_high_, double3_, double3_wide_, double3_high_;
  Chain pool_;
};

}  // namespace

InceptionUnit::InceptionUnit(int64_t in, int64_t out, const InceptionKernel& kernel,
                             const at::TensorOptions& options)
    : kernel_(kernel) {
  const auto conv = register_module("conv", std::make_shared<Holder>());
  conv_ = conv->register_parameter("weight",
                                   at::zeros({out, in, kernel.size[0], kernel.size[1]}, options));
  const auto bn = register_module("bn", std::make_shared<Holder>());
  weight_ = bn->register_parameter("weight", at::ones({out}, options));
  bias_ = bn->register_parameter("bias", at::zeros({out}, options));
  running_mean_ = bn->register_buffer("running_mean", at::zeros({out}, options));
  running_var_ = bn->register_buffer("running_var", at::ones({out}, options));
  bn->register_buffer("num_batches_tracked", at::zeros({}, options.dtype(at::kLong)));
}

at::Tensor InceptionUnit::forward(const at::Tensor& x) const {
  const at::Tensor y =
      at::conv2d(x, conv_, {}, {kernel_.stride, kernel_.stride}, at::IntArrayRef(kernel_.padding));
  return at::relu(at::batch_norm(y, weight_, bias_, running_mean_, running_var_,
                                 /*training=*/false, /*momentum=*/0, kBatchNormEps,
                                 /*cudnn_enabled=*/true));
}

InceptionBlockPtr make_mixed_5(int64_t in, int64_t pool, const at::TensorOptions& options) {
  return std::make_shared<Mixed5>(in, pool, options);
}
InceptionBlockPtr make_mixed_6a(int64_t in, const at::TensorOptions& options) {
  return std::make_shared<Mixed6a>(in, options);
}
InceptionBlockPtr make_mixed_6(int64_t width, const at::TensorOptions& options) {
  return std::make_shared<Mixed6>(width, options);
}
InceptionBlockPtr make_mixed_7a(const at::TensorOptions& options) {
  return std::make_shared<Mixed7a>(options);
}
InceptionBlockPtr make_mixed_7(int64_t in, bool max_pool, const at::TensorOptions& options) {
  return std::make_shared<Mixed7>(in, max_pool, options);
}

}  // namespace dyt::models

// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/convnext.h"

#include <ATen/ops/full.h>
#include <torch/nn/modules/container/modulelist.h>

#include <numeric>

#include "dyt/core/error.h"
#include "dyt/models/conv_unit.h"
#include "dyt/models/weight_streams.h"
#include "dyt/nn/fold.h"

namespace dyt::models {

// x <- x + drop_path(gamma * fc2(GELU(fc1(norm(conv_dw(x))))))
class ConvNextBlock final : public torch::nn::Module {
 public:
  ConvNextBlock(const ConvNextConfig& config, int64_t dim, double drop_path,
                const nn::NormSpec& norm, const at::TensorOptions& options)
      : init_value_(config.init_values) {
    if (init_value_ != 0) {
      gamma_ = register_parameter("gamma", at::full({dim}, init_value_, options));
    }
    conv_ = register_module(
        "conv_dw", std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = dim,
                                                                  .out_channels = dim,
                                                                  .kernel = config.kernel_size,
                                                                  .padding = config.kernel_size / 2,
                                                                  .groups = dim},
                                                options));
    norm_ = register_module("norm", make_pixel_slot(norm, dim, nn::Site::kFfn, options));
    const auto hidden = static_cast<int64_t>(static_cast<double>(dim) * config.mlp_ratio);
    mlp_ = register_module("mlp", std::make_shared<nn::Mlp>(dim, hidden, options));
    drop_path_ = register_module("drop_path", std::make_shared<nn::DropPath>(drop_path));
  }

  at::Tensor forward(const at::Tensor& x) const {  // (B, C, H, W) -> the same
    at::Tensor branch = mlp_->forward(norm_->forward(channels_last(conv_->forward(x))));
    branch = gamma_.defined() ? branch * gamma_ : branch;
    return x + drop_path_->forward(channels_first(branch));
  }

  void reset() {
    if (gamma_.defined()) {
      gamma_.detach().fill_(init_value_);
    }
  }

  void fold() {
    nn::fold(*norm_, {&mlp_->input_layer()});
    norm_->set_in_place(true);
  }

 private:
  double init_value_;
  at::Tensor gamma_;  // undefined without layer scale
  std::shared_ptr<nn::Conv2d> conv_;
  std::shared_ptr<nn::Norm> norm_;
  std::shared_ptr<nn::Mlp> mlp_;
  std::shared_ptr<nn::DropPath> drop_path_;
};

// A slot and a convolution that halves the image, but for the first stage; then blocks.
class ConvNextStage final : public torch::nn::Module {
 public:
  ConvNextStage(const ConvNextConfig& config, size_t stage, const std::vector<double>& drop_paths,
                const nn::NormSpec& norm, const at::TensorOptions& options) {
    const int64_t dim = config.dims[stage];
    if (stage > 0) {
      const int64_t before = config.dims[stage - 1];
      const auto downsample =
          register_module("downsample", std::make_shared<torch::nn::ModuleListImpl>());
      downsample_norm_ = make_pixel_slot(norm, before, nn::Site::kDownsample, options);
      downsample_conv_ = std::make_shared<nn::Conv2d>(
          nn::Conv2dOptions{.in_channels = before, .out_channels = dim, .kernel = 2, .stride = 2},
          options);
      downsample->push_back(downsample_norm_);
      downsample->push_back(downsample_conv_);
    }
    const auto list = register_module("blocks", std::make_shared<torch::nn::ModuleListImpl>());
    for (const double rate : drop_paths) {
      blocks_.push_back(std::make_shared<ConvNextBlock>(config, dim, rate, norm, options));
      list->push_back(blocks_.back());
    }
  }

  at::Tensor forward(at::Tensor x) const {
    if (downsample_conv_) {
      x = downsample_conv_->forward(normalized(*downsample_norm_, x));
    }
    for (const auto& block : blocks_) {
      x = block->forward(x);
    }
    return x;
  }

  void fold() {
    for (const auto& block : blocks_) {
      block->fold();
    }
  }

 private:
  std::shared_ptr<nn::Norm> downsample_norm_;    // null in the first stage
  std::shared_ptr<nn::Conv2d> downsample_conv_;  // the same
  std::vector<std::shared_ptr<ConvNextBlock>> blocks_;
};

// For its children's names alone.
class Head final : public torch::nn::Module {};

ConvNext::ConvNext(const ConvNextConfig& config, const at::TensorOptions& options)
    : config_(config) {
  config.validate();
  const nn::NormSpec norm = nn::parse_norm_spec(config.norm);
  const auto stem = register_module("stem", std::make_shared<torch::nn::ModuleListImpl>());
  stem_conv_ = std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = config.channels,
                                                              .out_channels = config.dims[0],
                                                              .kernel = config.patch_size,
                                                              .stride = config.patch_size},
                                            options);
  stem_norm_ = make_pixel_slot(norm, config.dims[0], nn::Site::kStem, options);
  stem->push_back(stem_conv_);
  stem->push_back(stem_norm_);

  const std::vector<double> rates = nn::drop_path_rates(
      config.drop_path, std::accumulate(config.depths.begin(), config.depths.end(), int64_t{0}));
  auto rate = rates.begin();
  const auto list = register_module("stages", std::make_shared<torch::nn::ModuleListImpl>());
  for (size_t stage = 0; stage < config.depths.size(); ++stage) {
    const std::vector<double> own(rate, rate + config.depths[stage]);
    rate += config.depths[stage];
    stages_.push_back(std::make_shared<ConvNextStage>(config, stage, own, norm, options));
    list->push_back(stages_.back());
  }

  const auto head = register_module("head", std::make_shared<Head>());
  head_norm_ = head->register_module(
      "norm", make_pixel_slot(norm, config.dims.back(), nn::Site::kFinal, options));
  head_ = head->register_module(
      "fc", std::make_shared<nn::Linear>(config.dims.back(), config.num_classes, options));
}

at::Tensor ConvNext::forward_features(const at::Tensor& images) {
  at::Tensor x = stem_conv_->forward(images.contiguous(at::MemoryFormat::ChannelsLast));
  x = normalized(*stem_norm_, x);
  for (const auto& stage : stages_) {
    x = stage->forward(x);
  }
  return x;
}

at::Tensor ConvNext::pooled(const at::Tensor& images) {
  return head_norm_->forward(forward_features(images).mean({2, 3}));
}

at::Tensor ConvNext::logits(const at::Tensor& pooled) const { return head_->forward(pooled); }

void ConvNext::fold() {
  for (const auto& stage : stages_) {
    stage->fold();
  }
  nn::fold(*head_norm_, {head_.get()});
  head_norm_->set_in_place(true);
}

void initialize(ConvNext& model, const ConvNextInit& init, uint64_t seed) {
  const auto truncated = [&](core::RandomStream& stream) {
    return stream.trunc_normal(init.linear_std);
  };
  for (const auto& item : model.named_modules("", /*include_self=*/false)) {
    torch::nn::Module* module = item.value().get();
    if (auto* linear = dynamic_cast<nn::Linear*>(module)) {
      fill_from_stream(linear->weight(), seed, item.key() + ".weight", truncated);
      linear->bias().detach().zero_();
    } else if (auto* conv = dynamic_cast<nn::Conv2d*>(module)) {
      fill_from_stream(conv->weight(), seed, item.key() + ".weight", truncated);
      conv->bias().detach().zero_();
    } else if (auto* norm = dynamic_cast<nn::Norm*>(module)) {
      norm->reset();
    } else if (auto* block = dynamic_cast<ConvNextBlock*>(module)) {
      block->reset();
    }
  }
  model.named_parameters()["head.fc.weight"].detach().mul_(init.head_scale);
}

}  // namespace dyt::models

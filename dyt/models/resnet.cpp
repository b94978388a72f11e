// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/resnet.h"

#include <ATen/ops/max_pool2d.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cmath>

#include "dyt/models/conv_unit.h"
#include "dyt/models/weight_streams.h"

namespace dyt::models {
namespace {

constexpr int64_t kExpansion = 4;  // of a bottleneck's output over its 3x3 convolution

bool is_bottleneck(const ResNetConfig& config) { return config.block == "bottleneck"; }

}  // namespace

struct ResNetBlockSizes {
  bool bottleneck = false;
  int64_t in = 0, width = 0, stride = 1;

  int64_t out() const { return bottleneck ? kExpansion * width : width; }
};

// x <- relu(slot(conv(... relu(slot(conv(x))))) + shortcut(x))
class ResNetBlock final : public torch::nn::Module {
 public:
  ResNetBlock(const ResNetBlockSizes& sizes, const nn::NormSpec& norm,
              const at::TensorOptions& options)
      : norm_(norm), options_(options) {
    if (sizes.bottleneck) {
      add(sizes.in, sizes.width, {.kernel = 1});
      add(sizes.width, sizes.width, {.kernel = 3, .stride = sizes.stride, .padding = 1});
      add(sizes.width, sizes.out(), {.kernel = 1});
    } else {
      add(sizes.in, sizes.width, {.kernel = 3, .stride = sizes.stride, .padding = 1});
      add(sizes.width, sizes.out(), {.kernel = 3, .padding = 1});
    }
    if (sizes.stride != 1 || sizes.in != sizes.out()) {
      const auto shortcut =
          register_module("downsample", std::make_shared<torch::nn::ModuleListImpl>());
      shortcut_ = made(sizes.in, sizes.out(), {.kernel = 1, .stride = sizes.stride});
      shortcut->push_back(shortcut_->conv);
      shortcut->push_back(shortcut_->norm);
    }
  }

  at::Tensor forward(const at::Tensor& x) const {  // (B, in, H, W) -> (B, out, H', W')
    at::Tensor branch = x;
    for (const Unit& unit : units_) {
      branch = &unit == &units_.front() ? branch : branch.relu();
      branch = unit.forward(branch);
    }
    return (branch + (shortcut_ ? shortcut_->forward(x) : x)).relu();
  }

 private:
  struct Unit {
    std::shared_ptr<nn::Conv2d> conv;
    std::shared_ptr<nn::Norm> norm;

    at::Tensor forward(const at::Tensor& x) const { return normalized(*norm, conv->forward(x)); }
  };

  Unit made(int64_t in, int64_t out, nn::Conv2dOptions conv) const {
    conv.in_channels = in;
    conv.out_channels = out;
    conv.bias = false;
    return {std::make_shared<nn::Conv2d>(conv, options_),
            make_pixel_slot(norm_, out, nn::Site::kConv, options_)};
  }

  void add(int64_t in, int64_t out, const nn::Conv2dOptions& conv) {
    units_.push_back(made(in, out, conv));
    const std::string number = std::to_string(units_.size());
    register_module("conv" + number, units_.back().conv);
    register_module("bn" + number, units_.back().norm);
  }

  nn::NormSpec norm_;
  at::TensorOptions options_;
  std::vector<Unit> units_;
  std::optional<Unit> shortcut_;  // nothing: the input as it is
};

ResNet::ResNet(const ResNetConfig& config, const at::TensorOptions& options) : config_(config) {
  config.validate();
  const nn::NormSpec norm = nn::parse_norm_spec(config.norm);
  const bool large = config.stem == "large";
  conv_ = register_module(
      "conv1", std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = config.channels,
                                                              .out_channels = config.width,
                                                              .kernel = large ? 7 : 3,
                                                              .stride = large ? 2 : 1,
                                                              .padding = large ? 3 : 1,
                                                              .bias = false},
                                            options));
  norm_ = register_module("bn1", make_pixel_slot(norm, config.width, nn::Site::kStem, options));
  int64_t channels = config.width;
  for (size_t stage = 0; stage < config.depths.size(); ++stage) {
    const auto list = register_module("layer" + std::to_string(stage + 1),
                                      std::make_shared<torch::nn::ModuleListImpl>());
    for (int64_t block = 0; block < config.depths[stage]; ++block) {
      const ResNetBlockSizes sizes{.bottleneck = is_bottleneck(config),
                                   .in = channels,
                                   .width = config.width << stage,
                                   .stride = block == 0 && stage > 0 ? 2 : 1};
      blocks_.push_back(std::make_shared<ResNetBlock>(sizes, norm, options));
      list->push_back(blocks_.back());
      channels = sizes.out();
    }
  }
  head_ =
      register_module("fc", std::make_shared<nn::Linear>(channels, config.num_classes, options));
}

at::Tensor ResNet::pooled(const at::Tensor& images) {
  at::Tensor x = conv_->forward(images.contiguous(at::MemoryFormat::ChannelsLast));
  x = normalized(*norm_, x).relu();
  x = config_.stem == "large" ? at::max_pool2d(x, 3, 2, 1) : x;
  for (const auto& block : blocks_) {
    x = block->forward(x);
  }
  return x.mean({2, 3});
}

at::Tensor ResNet::logits(const at::Tensor& pooled) const { return head_->forward(pooled); }

void initialize(ResNet& model, const ResNetInit&, uint64_t seed) {
  for (const auto& item : model.named_modules("", /*include_self=*/false)) {
    torch::nn::Module* module = item.value().get();
    if (auto* conv = dynamic_cast<nn::Conv2d*>(module)) {
      fill_he(*conv, seed, item.key() + ".weight");
    } else if (auto* linear = dynamic_cast<nn::Linear*>(module)) {
      const double bound = 1 / std::sqrt(static_cast<double>(linear->weight().size(1)));
      const auto draw = [&](core::RandomStream& stream) { return stream.uniform(-bound, bound); };
      fill_from_stream(linear->weight(), seed, item.key() + ".weight", draw);
      fill_from_stream(linear->bias(), seed, item.key() + ".bias", draw);
    } else if (auto* norm = dynamic_cast<nn::Norm*>(module)) {
      norm->reset();
    }
  }
}

}  // namespace dyt::models

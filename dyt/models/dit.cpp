// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/dit.h"

#include <ATen/ops/silu.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cmath>
#include <sstream>

#include "dyt/core/error.h"
#include "dyt/models/dit_layers.h"
#include "dyt/models/positions.h"
#include "dyt/models/weight_streams.h"
#include "dyt/nn/norm_table.h"

namespace dyt::models {
namespace {

constexpr double kEmbeddingStd = 0.02;

// The modulation follows the slot, so that weight and bias of its own would be one too many.
nn::NormSpec slot_spec(const std::string& text) {
  nn::NormSpec spec = nn::parse_norm_spec(text);
  spec.weight = spec.bias = false;
  return spec;
}

void check_conditions(const at::Tensor& x, const at::Tensor& timesteps, const at::Tensor& labels,
                      int64_t null_label) {
  const int64_t B = x.size(0);
  const auto fail = [](const std::string& what, const std::string& expected, const auto& value) {
    std::ostringstream found;
    found << value;
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = what, .expected = expected, .found = found.str()});
  };
  if (timesteps.sizes() != at::IntArrayRef({B})) {
    fail("DiT: one timestep for each sample", std::to_string(B), timesteps.sizes());
  }
  if (labels.sizes() != at::IntArrayRef({B}) || labels.scalar_type() != at::kLong) {
    fail("DiT: one label for each sample", std::to_string(B) + " of type int64", labels.sizes());
  }
  if (labels.is_cpu() && B > 0) {  // elsewhere looking would wait for the device
    const int64_t low = labels.min().item<int64_t>(), high = labels.max().item<int64_t>();
    if (low < 0 || high > null_label) {
      fail("DiT: a label that the table has no row for",
           "0 to " + std::to_string(null_label) + ", the last for no class", low < 0 ? low : high);
    }
  }
}

struct ZeroRule {
  bool blocks = false;  // their modulations
  bool output = false;  // the final layer's modulation and matrix
};

ZeroRule zero_rule(const DitConfig& config) {
  const bool pointwise = !nn::norm_row(nn::parse_norm_spec(config.norm).kind).function.empty();
  const bool on = config.zero_init == "on" || (config.zero_init == "auto" && !pointwise);
  return {.blocks = on || config.zero_init == "blocks", .output = on};
}

bool starts_at_zero(const ZeroRule& rule, const std::string& module) {
  if (module.starts_with("final_layer.")) {
    return rule.output;
  }
  return rule.blocks && module.find(".adaLN_modulation.") != std::string::npos;
}

void fill_normal(const at::Tensor& weight, uint64_t seed, const std::string& name) {
  fill_from_stream(weight, seed, name,
                   [](core::RandomStream& stream) { return kEmbeddingStd * stream.normal(); });
}

// Xavier, Glorot: uniform(-b, b), b = sqrt(6 / (in + out)); of a convolution as a matrix.
void fill_xavier(const at::Tensor& weight, uint64_t seed, const std::string& name) {
  const int64_t out = weight.size(0);
  const double bound = std::sqrt(6 / static_cast<double>(out + weight.numel() / out));
  fill_from_stream(weight, seed, name,
                   [&](core::RandomStream& stream) { return stream.uniform(-bound, bound); });
}

void initialize_linear(const nn::Linear& linear, const ZeroRule& rule, uint64_t seed,
                       const std::string& module) {
  linear.bias().detach().zero_();
  if (starts_at_zero(rule, module)) {
    linear.weight().detach().zero_();
  } else if (module.starts_with("t_embedder.")) {
    fill_normal(linear.weight(), seed, module + ".weight");
  } else {
    fill_xavier(linear.weight(), seed, module + ".weight");
  }
}

}  // namespace

Dit::Dit(const DitConfig& config, const at::TensorOptions& options) : config_(config) {
  config.validate();
  const nn::NormSpec norm = slot_spec(config.norm);
  const nn::PatchEmbedShape patches{.image_size = config.image_size,
                                    .patch_size = config.patch_size,
                                    .channels = config.channels,
                                    .dim = config.dim};
  const at::Tensor positions = sincos_positions(config.dim, patches.grid_side(), false);
  pos_embed_ = register_parameter("pos_embed", positions.to(options), /*requires_grad=*/false);
  x_embedder_ = register_module("x_embedder", std::make_shared<nn::PatchEmbed>(patches, options));
  t_embedder_ =
      register_module("t_embedder", std::make_shared<DitTimestepEmbedding>(config.dim, options));
  y_embedder_ = register_module(
      "y_embedder", std::make_shared<DitLabelEmbedding>(config.num_classes, config.dim, options));
  const auto list = register_module("blocks", std::make_shared<torch::nn::ModuleListImpl>());
  for (int64_t i = 0; i < config.depth; ++i) {
    blocks_.push_back(std::make_shared<DitBlock>(config, norm, options));
    list->push_back(blocks_.back());
  }
  final_layer_ =
      register_module("final_layer", std::make_shared<DitFinalLayer>(config, norm, options));
}

at::Tensor Dit::forward(const at::Tensor& x, const at::Tensor& timesteps,
                        const at::Tensor& labels) {
  nn::Stream stream{.branch = x_embedder_->forward(x) + pos_embed_};  // (B, T, D)
  check_conditions(x, timesteps, labels, null_label());
  // Every modulation begins with the SiLU of the same condition.
  const at::Tensor condition =
      at::silu(t_embedder_->forward(timesteps) + y_embedder_->forward(labels));  // (B, D)
  for (const auto& block : blocks_) {
    stream = block->forward(stream, condition);
  }
  return unpatchify(final_layer_->forward(stream, condition));
}

// (B, T, p*p*C), a patch in the order (row, column, channel) -> (B, C, S, S)
at::Tensor Dit::unpatchify(const at::Tensor& patches) const {
  const int64_t B = patches.size(0), p = config_.patch_size, C = config_.out_channels();
  const int64_t side = config_.image_size, g = side / p;
  return patches.reshape({B, g, g, p, p, C})
      .permute({0, 5, 1, 3, 2, 4})  // (B, C, row, pixel row, column, pixel column)
      .reshape({B, C, side, side});
}

void initialize(Dit& model, uint64_t seed) {
  const ZeroRule rule = zero_rule(model.config());
  for (const auto& item : model.named_modules("", /*include_self=*/false)) {
    torch::nn::Module* module = item.value().get();
    if (const auto* linear = dynamic_cast<nn::Linear*>(module)) {
      initialize_linear(*linear, rule, seed, item.key());
    } else if (const auto* patches = dynamic_cast<nn::PatchProjection*>(module)) {
      fill_xavier(patches->weight(), seed, item.key() + ".weight");
      patches->bias().detach().zero_();
    } else if (auto* norm = dynamic_cast<nn::Norm*>(module)) {
      norm->reset();
    }
  }
  auto parameters = model.named_parameters();
  const std::string table = "y_embedder.embedding_table.weight";
  fill_normal(parameters[table], seed, table);
  const int64_t grid_side = model.config().image_size / model.config().patch_size;
  parameters["pos_embed"].detach().copy_(
      sincos_positions(model.config().dim, grid_side, /*class_entry=*/false));
}

at::Tensor drop_labels(const at::Tensor& labels, const at::Tensor& dropped, int64_t null_label) {
  return labels.masked_fill(dropped, null_label);
}

}  // namespace dyt::models

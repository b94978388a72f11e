// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/table.h"

#include <deque>
#include <vector>

#include "dyt/core/lookup.h"

namespace dyt::models {
namespace {

constexpr int64_t kCountedImageSize = 32;
constexpr int64_t kCountedChannels = 3;
constexpr int64_t kCountedClasses = 1000;

constexpr VitInit kTimmInit{.linear_std = 0.02, .position_std = 0.02, .class_token_std = 1e-6};

struct VitSizes {
  int64_t dim, depth, num_heads, patch_size;
};

// Average pooling, as in the DyT paper.
ModelRow vit_at_224(std::string_view name, std::string_view summary, const VitSizes& sizes) {
  return {.name = name,
          .summary = summary,
          .config = {.name = std::string(name),
                     .family = VitModel{.sizes = {.image_size = 224,
                                                  .patch_size = sizes.patch_size,
                                                  .dim = sizes.dim,
                                                  .depth = sizes.depth,
                                                  .num_heads = sizes.num_heads},
                                        .init = kTimmInit}}};
}

ModelRow convnext_at_224(std::string_view name, std::string_view summary,
                         std::vector<int64_t> depths, int64_t dim) {
  return {.name = name,
          .summary = summary,
          .config = {.name = std::string(name),
                     .family = ConvNextModel{.sizes = {.image_size = 224,
                                                       .depths = std::move(depths),
                                                       .dims = {dim, 2 * dim, 4 * dim, 8 * dim},
                                                       .patch_size = 4}}}};
}

// The row of a published pre-training network, its channels the data's.
template <class Model, class Row>
ModelRow pretraining_row(const Row& row) {
  Model model{.sizes = row.config};
  model.sizes.channels = 0;
  return {.name = row.name,
          .summary = row.summary,
          .config = {.name = std::string(row.name), .family = model}};
}

// A head for small data; the published one is made for ImageNet.
DinoConfig small_dino() {
  return {.out_dim = 1024, .head_hidden_dim = 256, .head_bottleneck_dim = 64};
}

std::string latent_summary(const DitConfig& sizes) {
  return "DiT on latents of 4 x 32 x 32, patch " + std::to_string(sizes.patch_size) + ": " +
         std::to_string(sizes.dim) + " wide, " + std::to_string(sizes.depth) + " blocks, " +
         std::to_string(sizes.num_heads) + " heads";
}

void append_pretraining(std::vector<ModelRow>& rows) {
  rows.push_back({.name = "mae",
                  .summary = "masked autoencoder of any size: 64 wide, 4 blocks, a decoder of 2 "
                             "blocks unless said otherwise",
                  .config = {.name = "mae", .family = MaeModel{}}});
  for (const MaeRow& row : mae_table()) {
    rows.push_back(pretraining_row<MaeModel>(row));
  }
  rows.push_back({.name = "dino",
                  .summary = "self-distillation of any size: 64 wide, 4 blocks, a head to 1024 "
                             "unless said otherwise",
                  .config = {.name = "dino", .family = DinoModel{.sizes = small_dino()}}});
  for (const DinoRow& row : dino_table()) {
    rows.push_back(pretraining_row<DinoModel>(row));
  }
  rows.push_back({.name = "dit",
                  .summary = "diffusion Transformer of any size, on pixels: 192 wide, 6 blocks, 3 "
                             "heads unless said otherwise",
                  .config = {.name = "dit", .family = DitModel{}}});
  static std::deque<std::string> summaries;  // the rows point into it
  for (const DitSize& size : dit_sizes()) {
    DitModel model{.sizes = dit_config(size.name)};
    model.sizes.num_classes = 0;
    summaries.push_back(latent_summary(model.sizes));
    rows.push_back({.name = size.name,
                    .summary = summaries.back(),
                    .config = {.name = std::string(size.name), .family = model}});
  }
}

std::vector<ModelRow> made_rows() {
  std::vector<ModelRow> rows = {
      {.name = "vit",
       .summary = "ViT of any size: 64 wide, 4 blocks, 4 heads unless said otherwise",
       .config = {.name = "vit", .family = VitModel{}}},
      vit_at_224("vit_tiny_patch16_224", "ViT-Ti/16: 192 wide, 12 blocks, 3 heads",
                 {.dim = 192, .depth = 12, .num_heads = 3, .patch_size = 16}),
      vit_at_224("vit_small_patch16_224", "ViT-S/16: 384 wide, 12 blocks, 6 heads",
                 {.dim = 384, .depth = 12, .num_heads = 6, .patch_size = 16}),
      vit_at_224("vit_base_patch16_224", "ViT-B/16: 768 wide, 12 blocks, 12 heads",
                 {.dim = 768, .depth = 12, .num_heads = 12, .patch_size = 16}),
      vit_at_224("vit_large_patch16_224", "ViT-L/16: 1024 wide, 24 blocks, 16 heads",
                 {.dim = 1024, .depth = 24, .num_heads = 16, .patch_size = 16}),
      vit_at_224("vit_huge_patch14_224", "ViT-H/14: 1280 wide, 32 blocks, 16 heads",
                 {.dim = 1280, .depth = 32, .num_heads = 16, .patch_size = 14}),
      {.name = "convnext",
       .summary = "ConvNeXt of any size: 3 stages of 2 blocks, 32 to 128 wide unless said "
                  "otherwise; timm's "
                  "class loads weights of 4 stages and model.patch_size=4 alone",
       .config = {.name = "convnext", .family = ConvNextModel{}}},
      convnext_at_224("convnext_tiny", "ConvNeXt-T: 18 blocks, 96 to 768 wide", {3, 3, 9, 3}, 96),
      convnext_at_224("convnext_small", "ConvNeXt-S: 36 blocks, 96 to 768 wide", {3, 3, 27, 3}, 96),
      convnext_at_224("convnext_base", "ConvNeXt-B: 36 blocks, 128 to 1024 wide", {3, 3, 27, 3},
                      128),
      convnext_at_224("convnext_large", "ConvNeXt-L: 36 blocks, 192 to 1536 wide", {3, 3, 27, 3},
                      192),
      convnext_at_224("convnext_xlarge", "ConvNeXt-XL: 36 blocks, 256 to 2048 wide", {3, 3, 27, 3},
                      256),
      {.name = "resnet",
       .summary =
           "ResNet of any size: 3 stages of 2 basic blocks, 16 to 64 wide unless said otherwise",
       .config = {.name = "resnet", .family = ResNetModel{}}},
      {.name = "resnet50",
       .summary = "ResNet-50: 16 bottleneck blocks, 64 to 512 wide",
       .config = {.name = "resnet50",
                  .family = ResNetModel{.sizes = {.image_size = 224,
                                                  .block = "bottleneck",
                                                  .depths = {3, 4, 6, 3},
                                                  .width = 64,
                                                  .stem = "large"}}}},
      {.name = "vgg",
       .summary = "VGG of any size: 4 convolutions, 16 to 64 wide unless said otherwise",
       .config = {.name = "vgg", .family = VggModel{}}},
      {.name = "vgg19",
       .summary = "VGG19: 16 convolutions, 64 to 512 wide, each with a norm slot behind it",
       .config = {.name = "vgg19",
                  .family = VggModel{.sizes = {.image_size = 224,
                                               .depths = {2, 2, 4, 4, 4},
                                               .dims = {64, 128, 256, 512, 512},
                                               .pool_size = 7,
                                               .hidden_dim = 4096,
                                               .dropout = 0.5}}}},
  };
  append_pretraining(rows);
  return rows;
}

}  // namespace

std::span<const ModelRow> model_table() {
  static const std::vector<ModelRow> kRows = made_rows();
  return kRows;
}

const ModelConfig& find_model(std::string_view name) {
  return core::find_row(model_table(), std::string(name), "model").config;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  size_t family = std::variant_npos;
  for (const ModelRow& row : model_table()) {
    if (row.config.family.index() != family) {
      names.emplace_back(row.name);
      family = row.config.family.index();
    }
  }
  return names;
}

int64_t parameter_count(const ModelRow& row, const std::string& norm) {
  ModelConfig config = row.config;
  config.image_size() = config.image_size() > 0 ? config.image_size() : kCountedImageSize;
  config.channels() = config.channels() > 0 ? config.channels() : kCountedChannels;
  if (config.has_classes()) {
    config.num_classes() = kCountedClasses;
  }
  config.norm() = norm;
  return parameter_count(*make_network(config, at::TensorOptions(at::kMeta)));
}

}  // namespace dyt::models

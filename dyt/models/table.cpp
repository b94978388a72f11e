#include "dyt/models/table.h"

#include <vector>

namespace dyt::models {
namespace {

constexpr int64_t kCountedImageSize = 32;
constexpr int64_t kCountedChannels = 3;
constexpr int64_t kCountedClasses = 1000;

VitConfig vit_at_224(std::string name, int64_t dim, int64_t depth, int64_t num_heads,
                     int64_t patch_size = 16) {
  return {.name = std::move(name),
          .image_size = 224,
          .patch_size = patch_size,
          .dim = dim,
          .depth = depth,
          .num_heads = num_heads};
}

constexpr InitConfig kTimmInit{.linear_std = 0.02, .position_std = 0.02, .class_token_std = 1e-6};

const std::vector<ModelRow>& rows() {
  static const std::vector<ModelRow> kRows = {
      {.name = "vit",
       .summary = "ViT of any size: 64 wide, 4 blocks, 4 heads unless said otherwise"},
      {.name = "vit_tiny_patch16_224",
       .summary = "ViT-Ti/16: 192 wide, 12 blocks, 3 heads",
       .config = vit_at_224("vit_tiny_patch16_224", 192, 12, 3),
       .init = kTimmInit},
      {.name = "vit_small_patch16_224",
       .summary = "ViT-S/16: 384 wide, 12 blocks, 6 heads",
       .config = vit_at_224("vit_small_patch16_224", 384, 12, 6),
       .init = kTimmInit},
      {.name = "vit_base_patch16_224",
       .summary = "ViT-B/16: 768 wide, 12 blocks, 12 heads",
       .config = vit_at_224("vit_base_patch16_224", 768, 12, 12),
       .init = kTimmInit},
      {.name = "vit_large_patch16_224",
       .summary = "ViT-L/16: 1024 wide, 24 blocks, 16 heads",
       .config = vit_at_224("vit_large_patch16_224", 1024, 24, 16),
       .init = kTimmInit},
      {.name = "vit_huge_patch14_224",
       .summary = "ViT-H/14: 1280 wide, 32 blocks, 16 heads",
       .config = vit_at_224("vit_huge_patch14_224", 1280, 32, 16, 14),
       .init = kTimmInit},
  };
  return kRows;
}

}  // namespace

std::span<const ModelRow> model_table() { return rows(); }

int64_t parameter_count(const ModelRow& row, const std::string& norm) {
  VitConfig config = row.config;
  config.image_size = config.image_size > 0 ? config.image_size : kCountedImageSize;
  config.channels = kCountedChannels;
  config.num_classes = kCountedClasses;
  config.norm = norm;
  return parameter_count(VisionTransformer(config, at::TensorOptions(at::kMeta)));
}

}  // namespace dyt::models

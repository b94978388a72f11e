// SPDX-License-Identifier: Apache-2.0
// Images to patch tokens: a convolution with kernel = stride = patch side and a bias, patches in
// row-major order of the grid.
//
//   PatchEmbed({.image_size = 224, .patch_size = 16, .channels = 3, .dim = 768});   // 196 tokens
#pragma once

#include <torch/nn/module.h>

#include <memory>

namespace dyt::nn {

struct PatchEmbedShape {
  int64_t image_size = 0;  // side
  int64_t patch_size = 0;  // side; divides image_size
  int64_t channels = 0;
  int64_t dim = 0;

  int64_t grid_side() const { return image_size / patch_size; }
  int64_t num_patches() const { return grid_side() * grid_side(); }
  int64_t patch_values() const { return channels * patch_size * patch_size; }
};

// The convolution's parameters: weight (D, C, p, p), bias (D); zero until initialized.
class PatchProjection final : public torch::nn::Module {
 public:
  PatchProjection(const PatchEmbedShape& shape, const at::TensorOptions& options);

  // Patches (..., C*p*p) -> (..., D). With stride = kernel the convolution is this product.
  at::Tensor forward(const at::Tensor& patches) const;

  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }

 private:
  at::Tensor weight_, bias_;
};

class PatchEmbed final : public torch::nn::Module {
 public:
  // Error(kUsage) if the patch does not divide the image.
  explicit PatchEmbed(const PatchEmbedShape& shape, const at::TensorOptions& options = {});

  // (B, C, H, W) -> (B, L, D), L patches. Error(kUsage) on images of another shape.
  at::Tensor forward(const at::Tensor& images) const;

  // Images of other sides too, (B, C, H, W) -> (B, H/p * W/p, D). Error(kUsage) unless the patch
  // divides both.
  at::Tensor forward_any_size(const at::Tensor& images) const;

  const PatchEmbedShape& shape() const { return shape_; }
  PatchProjection& proj() { return *proj_; }

 private:
  PatchEmbedShape shape_;
  std::shared_ptr<PatchProjection> proj_;
};

}  // namespace dyt::nn

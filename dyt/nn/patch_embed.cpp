// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/patch_embed.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include <sstream>

#include "dyt/core/error.h"

namespace dyt::nn {
namespace {

std::string shape_text(at::IntArrayRef shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

}  // namespace

PatchProjection::PatchProjection(const PatchEmbedShape& shape, const at::TensorOptions& options)
    : weight_(register_parameter(
          "weight",
          at::zeros({shape.dim, shape.channels, shape.patch_size, shape.patch_size}, options))),
      bias_(register_parameter("bias", at::zeros({shape.dim}, options))) {}

at::Tensor PatchProjection::forward(const at::Tensor& patches) const {
  return at::linear(patches, weight_.flatten(1), bias_);
}

PatchEmbed::PatchEmbed(const PatchEmbedShape& shape, const at::TensorOptions& options)
    : shape_(shape) {
  if (shape.patch_size < 1 || shape.image_size < 1 || shape.image_size % shape.patch_size != 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the image size is not divisible by the patch size",
                       .expected = "a patch size that divides " + std::to_string(shape.image_size),
                       .found = std::to_string(shape.patch_size)});
  }
  proj_ = register_module("proj", std::make_shared<PatchProjection>(shape, options));
}

at::Tensor PatchEmbed::forward(const at::Tensor& images) const {
  const int64_t side = shape_.image_size;
  const int64_t C = shape_.channels;
  const int64_t B = images.dim() > 0 ? images.size(0) : 0;
  if (images.sizes() != at::IntArrayRef({B, C, side, side})) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "images of a shape that the model was not built for",
                       .expected = shape_text({B, C, side, side}) + ", (B, C, H, W)",
                       .found = shape_text(images.sizes())});
  }
  return forward_any_size(images);
}

at::Tensor PatchEmbed::forward_any_size(const at::Tensor& images) const {
  const int64_t C = shape_.channels, p = shape_.patch_size;
  if (images.dim() != 4 || images.size(1) != C || images.size(2) % p != 0 ||
      images.size(3) % p != 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "images that cannot be cut into patches",
                       .expected = "(B, C, H, W) with C = " + std::to_string(C) +
                                   ", H and W divisible by " + std::to_string(p),
                       .found = shape_text(images.sizes())});
  }
  const int64_t B = images.size(0), rows = images.size(2) / p, columns = images.size(3) / p;
  const at::Tensor patches = images.reshape({B, C, rows, p, columns, p})
                                 .permute({0, 2, 4, 1, 3, 5})  // (B, row, column, C, p, p)
                                 .reshape({B, rows * columns, C * p * p});
  return proj_->forward(patches);
}

}  // namespace dyt::nn

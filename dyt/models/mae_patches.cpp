// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/mae_patches.h"

#include <ATen/ops/where.h>

#include <cmath>
#include <sstream>

#include "dyt/core/error.h"

namespace dyt::models {
namespace {

constexpr double kVarianceEps = 1e-6;

[[noreturn]] void throw_shape(const char* what, std::string expected, at::IntArrayRef shape) {
  std::ostringstream found;
  found << shape;
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = what, .expected = std::move(expected), .found = found.str()});
}

// Of each patch, (B, L, 1).
at::Tensor mean_of(const at::Tensor& patches) { return patches.mean(-1, /*keepdim=*/true); }

at::Tensor deviation_of(const at::Tensor& patches) {
  return (patches.var(-1, /*unbiased=*/true, /*keepdim=*/true) + kVarianceEps).sqrt();
}

}  // namespace

at::Tensor patchify(const at::Tensor& images, int64_t patch_size) {
  const int64_t p = patch_size;
  if (p < 1 || images.dim() != 4 || images.size(2) % p != 0 || images.size(3) % p != 0) {
    throw_shape("images that cannot be cut into patches",
                "(B, C, H, W), H and W divisible by " + std::to_string(p), images.sizes());
  }
  const int64_t B = images.size(0), C = images.size(1);
  const int64_t rows = images.size(2) / p, columns = images.size(3) / p;
  return images.reshape({B, C, rows, p, columns, p})
      .permute({0, 2, 4, 3, 5, 1})  // (B, row, column, pixel row, pixel column, C)
      .reshape({B, rows * columns, p * p * C});
}

at::Tensor unpatchify(const at::Tensor& patches, int64_t patch_size) {
  const int64_t p = patch_size;
  const int64_t L = patches.dim() == 3 ? patches.size(1) : 0;
  const auto g = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(L))));
  if (p < 1 || L == 0 || g * g != L || patches.size(2) % (p * p) != 0) {
    throw_shape("patches that make no square image", "(B, g*g, C * " + std::to_string(p * p) + ")",
                patches.sizes());
  }
  const int64_t B = patches.size(0), C = patches.size(2) / (p * p);
  return patches.reshape({B, g, g, p, p, C})
      .permute({0, 5, 1, 3, 2, 4})  // (B, C, row, pixel row, column, pixel column)
      .reshape({B, C, g * p, g * p});
}

Masking mask_patches(const at::Tensor& noise, int64_t keep) {
  if (noise.dim() != 2 || keep < 1 || keep >= noise.size(1)) {
    throw_shape("noise that decides nothing",
                "(B, L) with L above the number of kept patches, " + std::to_string(keep),
                noise.sizes());
  }
  const at::Tensor order = noise.argsort(/*stable=*/true, /*dim=*/1);
  const at::Tensor inverse = order.argsort(/*stable=*/true, /*dim=*/1);
  return {.kept = order.slice(1, 0, keep),
          .inverse = inverse,
          .mask = inverse.ge(keep).to(noise.scalar_type())};
}

at::Tensor patch_targets(const at::Tensor& images, int64_t patch_size, bool norm_pix) {
  const at::Tensor patches = patchify(images, patch_size);
  return norm_pix ? (patches - mean_of(patches)) / deviation_of(patches) : patches;
}

at::Tensor masked_patch_loss(const at::Tensor& pred, const at::Tensor& target,
                             const at::Tensor& mask) {
  const at::Tensor error = (pred - target).square().mean(-1);  // (B, L)
  return (error * mask).sum() / mask.sum();
}

at::Tensor paint_predictions(const at::Tensor& images, const at::Tensor& pred,
                             const at::Tensor& mask, int64_t patch_size, bool norm_pix) {
  const at::Tensor patches = patchify(images, patch_size);
  const at::Tensor painted = norm_pix ? pred * deviation_of(patches) + mean_of(patches) : pred;
  return unpatchify(at::where(mask.unsqueeze(-1).to(at::kBool), painted, patches), patch_size);
}

at::Tensor hide_patches(const at::Tensor& images, const at::Tensor& mask, int64_t patch_size,
                        double value) {
  return unpatchify(
      patchify(images, patch_size).masked_fill(mask.unsqueeze(-1).to(at::kBool), value),
      patch_size);
}

}  // namespace dyt::models

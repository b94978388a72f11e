// SPDX-License-Identifier: Apache-2.0
// What a masked autoencoder does with patches, as pure functions: which are kept, what is to be
// predicted, the loss, and pictures of the result.
//
//   const Masking masking = mask_patches(noise, /*keep=*/49);            // noise (B, 196)
//   const at::Tensor target = patch_targets(images, 16, /*norm_pix=*/true);
//   at::Tensor loss = masked_patch_loss(pred, target, masking.mask);
//
// Patches are numbered by rows of their grid; p is a patch's side, L their number.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyt::models {

// (B, C, H, W) -> (B, L, p*p*C), each patch by pixel row, pixel column, channel: channels last,
// unlike the kernel of a patch projection. Error(kUsage) unless p divides H and W.
at::Tensor patchify(const at::Tensor& images, int64_t patch_size);

// The inverse for square images, (B, g*g, p*p*C) -> (B, C, g*p, g*p). Error(kUsage) on other
// shapes.
at::Tensor unpatchify(const at::Tensor& patches, int64_t patch_size);

struct Masking {
  at::Tensor kept;     // (B, keep) int64: patches in the order of their noise
  at::Tensor inverse;  // (B, L) int64: the place of each patch in that order
  at::Tensor mask;     // (B, L), 1: removed, 0: kept; in the noise's type
};

// Keeps the `keep` patches of least noise, of equal ones the first. noise (B, L), any floating
// type. Error(kUsage) unless 1 <= keep < L.
Masking mask_patches(const at::Tensor& noise, int64_t keep);

// patchify(images); with norm_pix each patch less its mean, over sqrt(variance + 1e-6), the
// variance unbiased (over p*p*C - 1).
at::Tensor patch_targets(const at::Tensor& images, int64_t patch_size, bool norm_pix);

// Sum over the removed patches of a patch's mean squared error, over their number in the batch: ().
at::Tensor masked_patch_loss(const at::Tensor& pred, const at::Tensor& target,
                             const at::Tensor& mask);

// The images with the removed patches painted as predicted, (B, C, H, W), H = W. With norm_pix the
// predictions are brought back to pixels by mean and variance of the true patch, so that such a
// picture shows what was predicted but knows each patch's brightness and contrast.
at::Tensor paint_predictions(const at::Tensor& images, const at::Tensor& pred,
                             const at::Tensor& mask, int64_t patch_size, bool norm_pix);

// The images with the removed patches set to `value`: what the encoder saw.
at::Tensor hide_patches(const at::Tensor& images, const at::Tensor& mask, int64_t patch_size,
                        double value = 0);

}  // namespace dyt::models

// SPDX-License-Identifier: Apache-2.0
// What the convolutional networks are made of: tensors (B, C, H, W) in shape and channels last in
// memory, so that the slots see (B, H, W, C) without a copy.
#pragma once

#include <string>

#include "dyt/nn/conv.h"
#include "dyt/nn/norm.h"

namespace dyt::models {

inline at::Tensor channels_last(const at::Tensor& images) { return images.permute({0, 2, 3, 1}); }
inline at::Tensor channels_first(const at::Tensor& pixels) { return pixels.permute({0, 3, 1, 2}); }

// The slot, made for channels last, on (B, C, H, W).
inline at::Tensor normalized(nn::Norm& norm, const at::Tensor& images) {
  return channels_first(norm.forward(channels_last(images)));
}

inline std::shared_ptr<nn::Norm> make_pixel_slot(const nn::NormSpec& spec, int64_t channels,
                                                 nn::Site site, const at::TensorOptions& options) {
  return nn::make_norm(spec, channels, site, nn::Layout::kChannelsLast, options);
}

// Start of a convolution's weight, He et al., arXiv 1502.01852, by fan out: normal(0, sqrt(2 / (out
// * k * k))) from the stream of `name`.
void fill_he(const nn::Conv2d& conv, uint64_t seed, const std::string& name);

}  // namespace dyt::models

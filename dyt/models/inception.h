// SPDX-License-Identifier: Apache-2.0
// The Inception-v3 of 2015 (Szegedy et al., arXiv 1512.00567) with 1008 outputs that FID, sFID and
// the Inception score are defined by: the TensorFlow graph's arithmetic under the names of its
// public conversion to PyTorch (`pt_inception-2015-12-05-6726825d.pth`). It differs from the usual
// network in three places: average pools do not count the padding, the pool of Mixed_7c is a
// maximum, pictures are resized by TF1's rule. For inference alone.
//
//   Inception inception;                                        // then load weights by name
//   const InceptionFeatures f = inception.forward(pictures);    // uint8 (B, 3, H, W), RGB
//   f.pooled;                                                   // (B, 2048): FID
//   f.spatial;                                                  // (B, 2023): sFID
//   inception.logits(f.pooled);                                 // (B, 1008): Inception score
//
// Parameters and buffers: <unit>.conv.weight, <unit>.bn.{weight, bias, running_mean, running_var,
// num_batches_tracked}, fc.{weight, bias}; the units Conv2d_1a_3x3 ... Mixed_7c.branch_pool.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "dyt/nn/linear.h"

namespace dyt::models {

struct InceptionFeatures {
  at::Tensor pooled;   // (B, 2048): the mean over the last 8 x 8 map
  at::Tensor spatial;  // (B, 17*17*7): the first 7 channels of Mixed_6d.branch1x1 after its ReLU,
                       // in the order (row, column, channel)
};

class InceptionBlock;
class InceptionUnit;

class Inception final : public torch::nn::Module {
 public:
  // Everything is zero (running variances and norms' weights one) until weights are loaded.
  explicit Inception(const at::TensorOptions& options = {});

  // Pictures (B, 3, H, W), RGB, values 0 .. 255, uint8 or floating; computed in the parameters'
  // type. Error(kUsage) on another shape.
  InceptionFeatures forward(const at::Tensor& pictures) const;

  // (B, 2048) -> (B, 1008), WITHOUT the last layer's bias: so the Inception score is defined.
  at::Tensor logits(const at::Tensor& pooled) const;

 private:
  std::vector<std::shared_ptr<InceptionUnit>> stem_;
  std::vector<std::shared_ptr<InceptionBlock>> blocks_;
  std::shared_ptr<nn::Linear> fc_;
};

// (B, C, H, W), floating -> (B, C, side, side) by TF1's bilinear rule without aligned corners:
// output pixel o lies at o * in / side, between floor and the next pixel (the last one at most). No
// shift by half a pixel, no antialiasing, no rounding.
at::Tensor resize_tf1(const at::Tensor& images, int64_t side);

}  // namespace dyt::models

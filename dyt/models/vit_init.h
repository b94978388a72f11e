// SPDX-License-Identifier: Apache-2.0
// Start values of a ViT's weights by named random streams: each parameter draws from the stream
// (seed, "weights/<its name>"), so that two models of one seed differ in nothing but what differs
// in their configurations.
//
//   initialize(*model, VitInit{.linear_std = 0.02, .position_std = 0.02}, seed);   // timm's
#pragma once

#include <cstdint>

#include "dyt/core/config.h"

namespace dyt::models {

class VisionTransformer;

struct VitInit {
  double linear_std = 0.07;
  double position_std = 0.3;
  double class_token_std = 1e-6;

  void visit_fields(core::Fields& fields);
};

// Linear and head weights: normal(0, linear_std) truncated at -2 and 2, biases 0; pos_embed: the
// same with position_std; cls_token: normal(0, class_token_std); patch projection, weight and bias:
// uniform(-b, b), b = 1/sqrt(C p^2), LibTorch's default for a convolution; norm slots and layer
// scales: their own start.
void initialize(VisionTransformer& model, const VitInit& init, uint64_t seed);

}  // namespace dyt::models

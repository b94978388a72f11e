// SPDX-License-Identifier: Apache-2.0
// Where a Vision Transformer's last block looks, as a picture.
#pragma once

#include "dyt/train/task.h"

namespace dyt::tasks {

// Who looks: the class token, or, where the patches' mean is what is pooled, all patches together.
enum class Looker { kClassToken, kPatches };

// One row an image: the image, then a map a head (at most six), each brightest where the weight is
// largest. pixels: uint8 (B, C, H, W); weights: (B, h, 1 + L, 1 + L) of the last block's attention,
// L a square.
train::Picture attention_picture(const at::Tensor& pixels, const at::Tensor& weights,
                                 Looker looker);

}  // namespace dyt::tasks

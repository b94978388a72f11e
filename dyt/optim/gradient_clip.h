// Clipping of gradients, in place.
#pragma once

#include "dyt/optim/optimizer.h"

namespace dyt::optim {

// config.clip_norm 0: nothing. Else, with n the norm over all gradients (clip_each: of each by
// itself), g <- g min(1, clip_norm / (n + 1e-6)), as torch.nn.utils.clip_grad_norm_ and, each by
// itself, the released DINO code. Parameters without a gradient are left out.
void clip_gradients(const torch::nn::Module& module, const OptimConfig& config);

}  // namespace dyt::optim

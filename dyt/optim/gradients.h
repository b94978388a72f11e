// SPDX-License-Identifier: Apache-2.0
// What some recipes do to gradients between backward and the optimizer's step.
//
//   clip_each_gradient(parameters, 0.3);             // DINO: every tensor by itself
//   drop_gradients(parameters, "last_layer");        // of the first epochs
#pragma once

#include <span>
#include <string_view>

#include "dyt/optim/optimizer.h"

namespace dyt::optim {

// g <- g * min(1, limit / (|g|_2 + 1e-6)) for each parameter's gradient by itself, not by the norm
// of all. Parameters without a gradient are passed over.
void clip_each_gradient(std::span<const NamedTensor> parameters, double limit);

// As the recipe says: config.clip_norm 0: nothing; clip_each: clip_each_gradient(); else by n, the
// norm over all gradients, g <- g min(1, clip_norm / (n + 1e-6)), as PyTorch's clip_grad_norm_.
// Parameters without a gradient are passed over.
void clip_gradients(const torch::nn::Module& module, const OptimConfig& config);

// Removes the gradient of every parameter whose name contains `part`: removed, not zeroed, so that
// an optimizer with `skip_missing_gradients` neither moves nor decays it.
void drop_gradients(std::span<const NamedTensor> parameters, std::string_view part);

}  // namespace dyt::optim

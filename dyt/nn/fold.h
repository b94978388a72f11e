// SPDX-License-Identifier: Apache-2.0
// Folding for inference: the affine step of a norm slot goes into the matrices that read its
// output.
//
//   W (weight * t + bias) + b  =  (W diag(weight)) t + (W bias + b)
//
//   fold(*norm1, {&attn->input_layer()});   // the slot is then f(alpha * x) alone, in place
#pragma once

#include <initializer_list>

#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"

namespace dyt::nn {

// Afterwards the slot has neither weight nor bias, and in its state dict neither has it. `readers`
// are all that read its output: (out, C) matrices. Formed in fp64 and rounded once to the type of
// the reader's parameters. What had neither stays as it is. Error(kInternal) for a reader of
// another width or a slot with channels first.
void fold(Norm& norm, std::initializer_list<Linear*> readers);

}  // namespace dyt::nn

// SPDX-License-Identifier: Apache-2.0
// The deterministic fill of the conformance vectors: values that every implementation of a network
// can give its parameters and inputs without a file.
//
//   fill_module(*model, 0.3);                              // by the parameters' dotted names
//   at::Tensor x = fill_values("x", {2, 3, 32, 32});       // an input
//
// phase(s) = sum of k * byte_k over the bytes of s, k from 1, mod 65521. h(s, j), j = 0, 1, ... in
// 32-bit unsigned arithmetic: u = (j+1)*2654435761 + phase(s)*40503; u ^= u>>16; u *= 73244475; u
// ^= u>>16; u *= 73244475; u ^= u>>16; h = u/2^31 - 1.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string_view>

namespace dyt::testing {

uint32_t fill_phase(std::string_view name);

// h(name, j) in row-major order, float64, from -1 to 1.
at::Tensor fill_values(std::string_view name, at::IntArrayRef shape);

// Each parameter by its name: `...alpha` 0.5 + 0.1 h, `...weight_g` 1, 1-d `...weight` 1 + 0.2 h,
// a frozen `...pos_embed` stays, all others amplitude * h.
void fill_module(torch::nn::Module& module, double amplitude);

}  // namespace dyt::testing

// SPDX-License-Identifier: Apache-2.0
// Where in a network numbers stopped being finite.
#pragma once

#include <functional>
#include <string>

namespace torch::nn {
class Module;
}

namespace dyt::analysis {

struct NonFiniteOrigin {
  std::string layer;  // dotted path of the parameter or norm slot where it shows first; "" where it
                      // shows in no slot: then it began after the last one, in the head or the loss
  std::string words;  // one sentence
};

bool parameters_are_finite(const torch::nn::Module& module);

// To be asked after a loss or an update that was not finite. `forward` runs the same batch again,
// without gradient; it is not called where a parameter is not finite already. Looks at the
// parameters, then at the input of every norm slot in the order in which they are reached.
NonFiniteOrigin find_nonfinite(torch::nn::Module& module, const std::function<void()>& forward);

}  // namespace dyt::analysis

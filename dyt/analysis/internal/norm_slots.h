// SPDX-License-Identifier: Apache-2.0
// The norm slots of a network with their names, and watching them; not for users.
#pragma once

#include <torch/nn/module.h>

#include <string>
#include <utility>
#include <vector>

#include "dyt/nn/norm.h"

namespace dyt::analysis {

using NamedSlot = std::pair<std::string, nn::Norm*>;

inline std::vector<NamedSlot> norm_slots(torch::nn::Module& module) {
  std::vector<NamedSlot> slots;
  for (const auto& item : module.named_modules()) {
    if (auto* norm = dynamic_cast<nn::Norm*>(item.value().get())) {
      slots.emplace_back(item.key(), norm);
    }
  }
  return slots;
}

// Observers of slots, taken away again on every way out.
class SlotWatch {
 public:
  SlotWatch() = default;
  ~SlotWatch() {
    for (nn::Norm* norm : norms_) {
      norm->set_observer(nullptr);
    }
  }
  SlotWatch(const SlotWatch&) = delete;
  SlotWatch& operator=(const SlotWatch&) = delete;

  void watch(nn::Norm* norm, nn::Norm::Observer observer) {
    norms_.push_back(norm);
    norm->set_observer(std::move(observer));
  }

 private:
  std::vector<nn::Norm*> norms_;
};

}  // namespace dyt::analysis

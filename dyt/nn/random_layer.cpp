// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/random_layer.h"

#include "dyt/core/error.h"

namespace dyt::nn {

RandomLayer::RandomLayer(std::string kind, double rate) : kind_(std::move(kind)), rate_(rate) {
  if (!(rate >= 0 && rate < 1)) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "a " + kind_ + " rate out of bounds",
                                                .expected = "at least 0, below 1",
                                                .found = std::to_string(rate)});
  }
}

void RandomLayer::set_place(uint64_t seed, uint64_t step, std::string site) {
  place_ = Place{seed, step, std::move(site)};
}

core::RandomStream RandomLayer::stream() const {
  if (!place_) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = kind_ + " in training without a place in the random streams",
                       .todo = "call set_random_place before the forward"});
  }
  return {place_->seed, kind_ + "/" + place_->site, {place_->step, place_->streams++}};
}

void set_random_place(torch::nn::Module& module, uint64_t seed, int64_t step) {
  for (const auto& item : module.named_modules()) {
    if (auto* layer = dynamic_cast<RandomLayer*>(item.value().get())) {
      layer->set_place(seed, static_cast<uint64_t>(step), item.key());
    }
  }
}

}  // namespace dyt::nn

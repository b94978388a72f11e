// SPDX-License-Identifier: Apache-2.0
// Where the time of a step goes: LibTorch's operators of this thread, by what they do.
//
//   OpClock clock;
//   step();
//   const PartTimes parts = clock.taken();   // seconds of each part since the last call
#pragma once

#include <array>
#include <cstdint>

namespace dyt::bench {

enum class Part { kSlots, kMatrices, kAttention, kActivation, kOptimizer, kOther };
inline constexpr std::array kPartNames = {"norm slots", "matrices",  "attention",
                                          "activation", "optimizer", "other"};
using PartTimes = std::array<double, kPartNames.size()>;

// An operator called by another counts as the outer one's part, if that has one. LibTorch's
// RMSNorm has no operator of its own in backward: that time is "other". One clock a thread.
class OpClock {
 public:
  OpClock();
  ~OpClock();
  OpClock(const OpClock&) = delete;
  OpClock& operator=(const OpClock&) = delete;

  PartTimes taken();

 private:
  uint64_t handle_;
};

}  // namespace dyt::bench

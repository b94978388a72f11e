// SPDX-License-Identifier: Apache-2.0
// A request to stop, set by a signal handler or another thread and looked at between steps.
#pragma once

#include <atomic>

namespace dyt::core {

class StopFlag {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};  // lock-free, so a signal handler may set it
};

}  // namespace dyt::core

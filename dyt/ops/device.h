// SPDX-License-Identifier: Apache-2.0
// Where tensors live: what the key `device` means on this machine.
#pragma once

#include <c10/core/Device.h>

#include <string>

namespace dyt::ops {

// "auto": the first GPU where one can be used, else the CPU. "cpu", "cuda" (the first GPU),
// "cuda:i". A GPU that is asked for gets dyt's operators and deterministic algorithms of LibTorch.
// Error(kUsage) for another word, Error(kResources) for a GPU that is not there: it says why.
c10::Device device_of(const std::string& text);

// "cpu" or "cuda": what results depend on.
std::string device_kind(const c10::Device& device);

// Waits until the device has done what was queued; nothing to wait for on a CPU.
void synchronize(const c10::Device& device);

}  // namespace dyt::ops

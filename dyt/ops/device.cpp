// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/device.h"

#include <ATen/Context.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <charconv>
#include <cstdlib>
#include <optional>

#include "dyt/core/error.h"
#include "dyt/ops/load_cuda.h"

namespace dyt::ops {
namespace {

constexpr std::string_view kNumbered = "cuda:";

core::Error unknown(const std::string& text) {
  return core::Error(core::ErrorKind::kUsage, {.what = "'device' is not a device",
                                               .expected = "auto, cpu, cuda or cuda:i (i from 0)",
                                               .found = text});
}

// The i of "cuda:i"; 0 for "cuda".
int index_of(const std::string& text) {
  if (text == "cuda") {
    return 0;
  }
  int index = -1;
  const char* begin = text.data() + std::min(text.size(), kNumbered.size());
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, index);
  if (!text.starts_with(kNumbered) || error != std::errc() || stop != end || index < 0) {
    throw unknown(text);
  }
  return index;
}

// A run gives the same bits again only if every operator does.
void be_deterministic() {
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);  // read at cuBLAS' first call
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
  at::globalContext().setBenchmarkCuDNN(false);
}

c10::Device gpu(int index) {
  be_deterministic();
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

c10::Device asked_gpu(const std::string& text) {
  const int index = index_of(text);
  const CudaSupport& cuda = load_cuda();
  const auto count = static_cast<int>(cuda.devices.size());
  if (!cuda.why_not.empty()) {
    throw core::Error(core::ErrorKind::kResources,
                      {.what = "device=" + text + " cannot be used: " + cuda.why_not,
                       .todo = "device=cpu trains without a GPU"});
  }
  if (index >= count) {
    throw core::Error(core::ErrorKind::kResources,
                      {.what = "device=" + text + " is not there",
                       .expected = "cuda:0 to cuda:" + std::to_string(count - 1),
                       .found = text});
  }
  return gpu(index);
}

}  // namespace

c10::Device device_of(const std::string& text) {
  if (text == "cpu") {
    return c10::kCPU;
  }
  if (text == "auto") {
    return load_cuda().why_not.empty() ? gpu(0) : c10::Device(c10::kCPU);
  }
  return asked_gpu(text);
}

std::string device_kind(const c10::Device& device) { return device.is_cuda() ? "cuda" : "cpu"; }

void synchronize(const c10::Device& device) {
  if (device.is_cuda()) {
    c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.index());
  }
}

}  // namespace dyt::ops

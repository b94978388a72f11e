// SPDX-License-Identifier: Apache-2.0
// Device memory for the GPU tests, and host arrays mirrored in it.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <list>
#include <stdexcept>
#include <string>

namespace dyt::kernels::cuda::test {

inline void expect_done(cudaError_t error) {
  if (error != cudaSuccess) {
    throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(error));
  }
}

class DeviceMemory {
 public:
  explicit DeviceMemory(int64_t bytes) { expect_done(cudaMalloc(&data_, bytes + 16)); }
  ~DeviceMemory() { (void)cudaFree(data_); }
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  char* data() const { return static_cast<char*>(data_); }

 private:
  void* data_ = nullptr;
};

// Host arrays on the device, on the same places relative to 16 bytes; one host array has one
// mirror.
class Mirrors {
 public:
  void* of(const void* host, int64_t bytes) {
    if (host == nullptr) {
      return nullptr;
    }
    for (const Mirror& mirror : mirrors_) {
      if (mirror.host == host) {
        return mirror.device;
      }
    }
    Mirror& made = mirrors_.emplace_back(host, bytes);
    made.device = made.memory.data() + reinterpret_cast<uintptr_t>(host) % 16;
    expect_done(cudaMemcpy(made.device, host, bytes, cudaMemcpyHostToDevice));
    return made.device;
  }

  // Waits for the device.
  void copy_back() {
    expect_done(cudaDeviceSynchronize());
    for (const Mirror& mirror : mirrors_) {
      expect_done(cudaMemcpy(const_cast<void*>(mirror.host), mirror.device, mirror.bytes,
                             cudaMemcpyDeviceToHost));
    }
  }

 private:
  struct Mirror {
    Mirror(const void* array, int64_t size) : host(array), bytes(size), memory(size) {}
    const void* host;
    int64_t bytes;
    DeviceMemory memory;
    void* device = nullptr;
  };
  std::list<Mirror> mirrors_;
};

}  // namespace dyt::kernels::cuda::test

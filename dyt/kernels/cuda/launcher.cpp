// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/launcher.h"

#include <cuda_runtime_api.h>

namespace dyt::kernels::cuda {
namespace {

Status status_of(cudaError_t error, const std::string& what) {
  if (error == cudaSuccess) {
    return {};
  }
  (void)cudaGetLastError();  // it has been reported: the caller's next call is not to meet it again
  return {what + ": " + cudaGetErrorString(error) + " (" + cudaGetErrorName(error) + ")"};
}

}  // namespace

Status probe(int& devices) {
  devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error == cudaErrorInsufficientDriver) {
    int driver = 0, runtime = 0;
    (void)cudaDriverGetVersion(&driver);
    (void)cudaRuntimeGetVersion(&runtime);
    (void)cudaGetLastError();
    if (driver == 0) {
      return {"no NVIDIA driver is installed on this machine"};
    }
    return {"the NVIDIA driver serves CUDA " + std::to_string(driver / 1000) + "." +
            std::to_string(driver % 1000 / 10) + ", this build needs CUDA " +
            std::to_string(runtime / 1000) + ": install a newer driver"};
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && devices == 0)) {
    (void)cudaGetLastError();
    return {"no CUDA device was found (CUDA_VISIBLE_DEVICES may hide it)"};
  }
  return status_of(error, "looking for CUDA devices");
}

Status device_name(int device, std::string& name) {
  cudaDeviceProp properties = {};
  const cudaError_t error = cudaGetDeviceProperties(&properties, device);
  name = error == cudaSuccess ? properties.name : "";
  return status_of(error, "asking for the name of CUDA device " + std::to_string(device));
}

Status multiprocessors_of_device(int& multiprocessors) {
  int device = 0;
  cudaError_t error = cudaGetDevice(&device);
  if (error == cudaSuccess) {
    error = cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
  }
  return status_of(error, "asking the CUDA device for its size");
}

Status launch_kernel(Kernel kernel, const Grid& grid, const void* arguments, const char* what,
                     const Launch& launch) {
  void* packed[] = {const_cast<void*>(arguments)};
  const dim3 blocks(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y));
  const cudaError_t error =
      cudaLaunchKernel(kernel, blocks, dim3(static_cast<unsigned>(grid.threads)), packed, 0,
                       static_cast<cudaStream_t>(launch.stream));
  return status_of(error, std::string("starting the CUDA kernel of ") + what);
}

Status check_workspace(int64_t needed, const Launch& launch) {
  if (needed == 0 || (launch.workspace != nullptr && launch.bytes >= needed)) {
    return {};
  }
  return {"workspace of a CUDA kernel: " + std::to_string(needed) +
          " bytes needed (workspace_bytes tells), " +
          std::to_string(launch.workspace == nullptr ? 0 : launch.bytes) + " given"};
}

}  // namespace dyt::kernels::cuda

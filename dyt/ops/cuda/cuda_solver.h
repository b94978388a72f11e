// SPDX-License-Identifier: Apache-2.0
// The Solver of PointwiseBackend and NormBackend for CUDA: on the tensor's device and its current
// stream, with a workspace from LibTorch's allocator. Nothing waits for the device.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "dyt/core/error.h"
#include "dyt/kernels/cuda/cuda.h"

namespace dyt::ops::internal {

struct CudaSolver {
  template <class Problem>
  static void forward(const Problem& problem, const at::Tensor& on) {
    solve(problem, on, kernels::cuda::forward);
  }
  template <class Problem>
  static void backward(const Problem& problem, const at::Tensor& on) {
    solve(problem, on, kernels::cuda::backward);
  }

 private:
  template <class Problem>
  static void solve(const Problem& problem, const at::Tensor& on,
                    kernels::cuda::Status (*call)(const Problem&, const kernels::cuda::Launch&)) {
    const c10::cuda::CUDAGuard guard(on.device());
    const int64_t bytes = kernels::cuda::workspace_bytes(problem);
    // The allocator gives it to later work of this stream only, so it outlives the kernels.
    const at::Tensor workspace = at::empty({bytes}, on.options().dtype(at::kByte));
    const auto stream = c10::cuda::getCurrentCUDAStream(on.device().index());
    const kernels::cuda::Status status = call(
        problem,
        {.stream = stream.stream(), .workspace = workspace.mutable_data_ptr(), .bytes = bytes});
    if (!status.ok()) {
      throw core::Error(core::ErrorKind::kResources, {.what = "dyt on CUDA: " + status.problem});
    }
  }
};

}  // namespace dyt::ops::internal

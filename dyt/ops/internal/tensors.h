// SPDX-License-Identifier: Apache-2.0
// Between tensors and the kernels' raw pointers.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "dyt/kernels/types.h"

namespace dyt::ops::internal {

inline bool present(const std::optional<at::Tensor>& tensor) {
  return tensor.has_value() && tensor->defined();
}

inline std::optional<at::Tensor> contiguous(const std::optional<at::Tensor>& tensor) {
  return present(tensor) ? std::optional(tensor->contiguous()) : std::nullopt;
}

inline const void* data_of(const std::optional<at::Tensor>& tensor) {
  return present(tensor) ? tensor->const_data_ptr() : nullptr;
}

inline void* data_to(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.mutable_data_ptr() : nullptr;
}

// Whether forward-mode differentiation carries a derivative beside one of them: no kernel here
// passes it on, and without a refusal it would silently be lost.
inline bool has_tangent(std::initializer_list<std::optional<at::Tensor>> tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const std::optional<at::Tensor>& tensor) {
    return present(tensor) && tensor->_fw_grad(/*level=*/0).defined();
  });
}

// The type is one of the four; the checks have seen to it.
inline kernels::DType dtype_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kDouble:
      return kernels::DType::kFloat64;
    case at::kBFloat16:
      return kernels::DType::kBFloat16;
    case at::kHalf:
      return kernels::DType::kFloat16;
    default:
      return kernels::DType::kFloat32;
  }
}

// LibTorch's own threads.
inline kernels::ParallelFor at_parallel_for() {
  return {.run = [](void*, int64_t count, kernels::ParallelFor::Task task, void* data) {
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        task(data, i);
      }
    });
  }};
}

}  // namespace dyt::ops::internal

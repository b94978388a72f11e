// SPDX-License-Identifier: Apache-2.0
// libdyt_ops_cuda.so: dyt's operators for CUDA tensors. Loading the library registers them.
#include <torch/library.h>

#include <array>
#include <string>
#include <vector>

#include "dyt/ops/cuda/cuda_solver.h"
#include "dyt/ops/internal/cuda_library.h"
#include "dyt/ops/internal/norm_backend.h"
#include "dyt/ops/internal/pointwise_backend.h"

namespace dyt::ops {
namespace {

using internal::OptionalTensor;

OptionalTensor on_cpu(const OptionalTensor& tensor) {
  return internal::present(tensor) ? OptionalTensor(tensor->cpu()) : std::nullopt;
}

// Second derivatives are for checks, not for speed: the CPU's exact ones, there and back.
internal::Gradients double_backward(
    const OptionalTensor& tangent_x, const OptionalTensor& tangent_alpha,
    const OptionalTensor& tangent_shift, const OptionalTensor& tangent_weight,
    const OptionalTensor& tangent_bias, const at::Tensor& grad_output, const at::Tensor& x,
    const at::Tensor& alpha, const OptionalTensor& shift, const OptionalTensor& weight,
    std::string_view function, int64_t channel_dim) {
  const std::array<OptionalTensor, 5> tangents = {on_cpu(tangent_x), on_cpu(tangent_alpha),
                                                  on_cpu(tangent_shift), on_cpu(tangent_weight),
                                                  on_cpu(tangent_bias)};
  const internal::Gradients gradients =
      internal::call_double_backward(tangents, grad_output.cpu(), x.cpu(), alpha.cpu(),
                                     on_cpu(shift), on_cpu(weight), function, channel_dim);
  const auto back = [&x](const at::Tensor& gradient) {
    return gradient.defined() ? gradient.to(x.device()) : gradient;
  };
  return std::apply([&](const auto&... gradient) { return internal::Gradients(back(gradient)...); },
                    gradients);
}

TORCH_LIBRARY_IMPL(dyt, CUDA, library) {
  internal::PointwiseBackend<internal::CudaSolver>::implement(library);
  internal::NormBackend<internal::CudaSolver>::implement(library);
  library.impl("pointwise_double_backward", double_backward);
}

}  // namespace
}  // namespace dyt::ops

extern "C" void dyt_ops_cuda_probe(std::vector<std::string>& devices, std::string& why_not) {
  int count = 0;
  why_not = dyt::kernels::cuda::probe(count).problem;
  devices.resize(count);
  for (int device = 0; device < count && why_not.empty(); ++device) {
    why_not = dyt::kernels::cuda::device_name(device, devices[device]).problem;
  }
}

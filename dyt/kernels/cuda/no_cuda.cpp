// SPDX-License-Identifier: Apache-2.0
// What cuda.h promises, where no CUDA toolkit was there to build it with.
#include "dyt/kernels/cuda/cuda.h"

namespace dyt::kernels::cuda {
namespace {

Status not_built() {
  return {
      "not built with CUDA: install a CUDA toolkit (nvcc 12.8 or newer), then configure with "
      "-DDYT_WITH_CUDA=ON and build again"};
}

}  // namespace

Status probe(int& devices) {
  devices = 0;
  return not_built();
}

Status device_name(int, std::string& name) {
  name.clear();
  return not_built();
}

int64_t workspace_bytes(const ForwardProblem&) { return 0; }
int64_t workspace_bytes(const BackwardProblem&) { return 0; }
int64_t workspace_bytes(const NormForwardProblem&) { return 0; }
int64_t workspace_bytes(const NormBackwardProblem&) { return 0; }

Status forward(const ForwardProblem&, const Launch&) { return not_built(); }
Status backward(const BackwardProblem&, const Launch&) { return not_built(); }
Status forward(const NormForwardProblem&, const Launch&) { return not_built(); }
Status backward(const NormBackwardProblem&, const Launch&) { return not_built(); }

}  // namespace dyt::kernels::cuda

// SPDX-License-Identifier: Apache-2.0
// The kernels on a GPU, or the words that say why not.
#include <cstdio>

#include "dyt/kernels/cuda/cuda.h"

int main() {
  int devices = 0;
  const dyt::kernels::cuda::Status status = dyt::kernels::cuda::probe(devices);
  std::printf("%d CUDA devices. %s\n", devices, status.problem.c_str());
  return status.ok() == (devices > 0) ? 0 : 1;
}

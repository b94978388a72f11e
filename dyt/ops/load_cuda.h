// SPDX-License-Identifier: Apache-2.0
// The operators of dyt/ops for CUDA tensors. They are a library of their own, libdyt_ops_cuda.so,
// built where a CUDA toolkit was found and loaded when a GPU is asked for, so that nothing else
// needs CUDA.
//
//   const CudaSupport& cuda = load_cuda();
//   if (!cuda.why_not.empty()) { show(cuda.why_not); }   // no driver, not built, not found
#pragma once

#include <string>
#include <vector>

namespace dyt::ops {

struct CudaSupport {
  bool registered = false;           // dyt's operators take CUDA tensors; true without a GPU too
  std::vector<std::string> devices;  // their names
  std::string why_not;               // empty: registered, and there is a GPU that LibTorch can use
};

// Looks once, at the first call; later calls tell the same. $DYT_CUDA_LIBRARY names the library's
// file; else it is looked for beside this library or program, in ../lib and ../../lib from there.
const CudaSupport& load_cuda();

}  // namespace dyt::ops

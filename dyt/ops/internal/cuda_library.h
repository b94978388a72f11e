// SPDX-License-Identifier: Apache-2.0
// What load_cuda() asks of libdyt_ops_cuda.so once it is loaded.
#pragma once

#include <string>
#include <vector>

namespace dyt::ops::internal {

inline constexpr char kCudaLibrary[] = "libdyt_ops_cuda.so";
inline constexpr char kCudaProbe[] = "dyt_ops_cuda_probe";

// The devices' names, and why none can be used: empty if there is one.
using CudaProbe = void (*)(std::vector<std::string>& devices, std::string& why_not);

}  // namespace dyt::ops::internal

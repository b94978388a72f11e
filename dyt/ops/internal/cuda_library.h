// What load_cuda() asks of libdyt_ops_cuda.so once it is loaded.
#pragma once

namespace dyt::ops::internal {

inline constexpr char kCudaLibrary[] = "libdyt_ops_cuda.so";
inline constexpr char kCudaProbe[] = "dyt_ops_cuda_probe";

// The number of devices, and why there is none: null if there is one, else words that stay valid.
using CudaProbe = const char* (*)(int* devices);

}  // namespace dyt::ops::internal

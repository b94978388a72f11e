// SPDX-License-Identifier: Apache-2.0
// The code of the kernels is compiled twice: by nvcc for the GPU, and by the host's compiler for
// the tests, which run whole kernels on the CPU (tests/kernels/cuda/emulator.h). This is the one
// place that knows which of the two is at work.
#pragma once

#ifdef __CUDACC__
#define DYT_DEVICE __device__ __forceinline__
#define DYT_HOST_DEVICE __host__ __device__ constexpr
#define DYT_UNROLL _Pragma("unroll")
#define DYT_UNROLL_BY_4 _Pragma("unroll 4")
#define DYT_NO_UNROLL _Pragma("unroll 1")
#include "dyt/kernels/cuda/internal/device_machine.h"
#else
#define DYT_DEVICE inline
#define DYT_HOST_DEVICE constexpr
#define DYT_UNROLL
#define DYT_UNROLL_BY_4
#define DYT_NO_UNROLL
#include "dyt/kernels/cuda/internal/host_machine.h"
#endif

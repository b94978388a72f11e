// SPDX-License-Identifier: Apache-2.0
// The kernels on an NVIDIA GPU: the problems of pointwise.h and norm.h with every pointer in the
// memory of the current device, queued on a stream. Nothing waits, nothing allocates, nothing is
// read on the host, so calls can be captured in a CUDA graph.
//
//   const int64_t bytes = cuda::workspace_bytes(problem);      // from the shape alone
//   const cuda::Status status =
//       cuda::backward(problem, {.stream = stream, .workspace = w, .bytes = bytes});
//   if (!status.ok()) { report(status.problem); }
//
// Bounds: those of functions.h, pointwise.h and norm.h. The bits depend on the shape, the types and
// the number of the device's multiprocessors only; forward's on the element or row itself only.
// This header needs no CUDA; built without it, every call answers so in words.
#pragma once

#include <string>

#include "dyt/kernels/norm.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::cuda {

// Empty: done, which for a launch means queued.
struct [[nodiscard]] Status {
  std::string problem;
  bool ok() const { return problem.empty(); }
};

struct Launch {
  void* stream = nullptr;     // a cudaStream_t
  void* workspace = nullptr;  // device memory on a 16-byte boundary, the call's until it has run
  int64_t bytes = 0;          // of it: at least workspace_bytes(problem)
};

// Whether there is a driver and a device, else why not. `devices` is their number.
Status probe(int& devices);

// "NVIDIA H100 80GB HBM3"; device from 0 to probe's number - 1.
Status device_name(int device, std::string& name);

// What a launch needs: a function of shape, types and wanted gradients, enough for any device.
int64_t workspace_bytes(const ForwardProblem& problem);
int64_t workspace_bytes(const BackwardProblem& problem);
int64_t workspace_bytes(const NormForwardProblem& problem);
int64_t workspace_bytes(const NormBackwardProblem& problem);

Status forward(const ForwardProblem& problem, const Launch& launch);
Status backward(const BackwardProblem& problem, const Launch& launch);
Status forward(const NormForwardProblem& problem, const Launch& launch);
Status backward(const NormBackwardProblem& problem, const Launch& launch);

}  // namespace dyt::kernels::cuda

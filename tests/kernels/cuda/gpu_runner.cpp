// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda/gpu_runner.h"

#include <vector>

#include "dyt/kernels/cuda/cuda.h"
#include "tests/kernels/cuda/device_memory.h"

namespace dyt::kernels::cuda::test {
namespace {

void expect_ok(const Status& status) {
  if (!status.ok()) {
    throw std::runtime_error(status.problem);
  }
}

// Replaces each pointer by its mirror's.
class Moved {
 public:
  Moved(Mirrors& mirrors, int64_t bytes) : mirrors_(mirrors), bytes_(bytes) {}
  template <class Pointer>
  const Moved& operator()(Pointer& pointer) const {
    pointer = mirrors_.of(pointer, bytes_);
    return *this;
  }

 private:
  Mirrors& mirrors_;
  int64_t bytes_;
};

template <class Problem>
void solve(const Problem& problem, Mirrors& mirrors,
           Status (*call)(const Problem&, const Launch&)) {
  const DeviceMemory workspace(workspace_bytes(problem));
  expect_ok(call(problem, {.workspace = workspace.data(), .bytes = workspace_bytes(problem)}));
  mirrors.copy_back();
}

class GpuRunner final : public Runner {
 public:
  GpuRunner() {
    for (const FunctionRow& row : kFunctions) {
      names_.push_back(row.name);
    }
  }
  std::span<const std::string_view> functions() const override { return names_; }

  void run(const ForwardProblem& problem) override {
    Mirrors mirrors;
    ForwardProblem moved = problem;
    move_parameters(mirrors, parameter_type(problem), problem.shape.channels, moved.parameters);
    Moved(mirrors, problem.shape.count() * size_of(problem.dtype))(moved.input)(moved.output)(
        moved.residual)(moved.sum);
    solve(moved, mirrors, forward);
  }

  void run(const BackwardProblem& problem) override {
    Mirrors mirrors;
    BackwardProblem moved = problem;
    const int64_t size = size_of(parameter_type(problem));
    move_parameters(mirrors, parameter_type(problem), problem.shape.channels, moved.parameters);
    Moved(mirrors, problem.shape.count() * size_of(problem.dtype))(moved.input)(moved.grad_output)(
        moved.grad_input)(moved.grad_sum);
    Moved(mirrors, size)(moved.grad_alpha)(moved.grad_shift);
    Moved(mirrors, size * problem.shape.channels)(moved.grad_weight)(moved.grad_bias);
    solve(moved, mirrors, backward);
  }

  void run(const NormForwardProblem& problem) override {
    Mirrors mirrors;
    NormForwardProblem moved = problem;
    const int64_t size = size_of(problem.parameter_dtype.value_or(problem.dtype));
    Moved(mirrors, problem.rows * problem.channels * size_of(problem.dtype))(moved.input)(
        moved.output)(moved.residual)(moved.sum);
    Moved(mirrors, problem.channels * size)(moved.weight)(moved.bias);
    Moved(mirrors, problem.rows * statistics_size(problem.dtype))(moved.mean)(moved.rstd);
    solve(moved, mirrors, forward);
  }

  void run(const NormBackwardProblem& problem) override {
    Mirrors mirrors;
    NormBackwardProblem moved = problem;
    const int64_t size = size_of(problem.parameter_dtype.value_or(problem.dtype));
    Moved(mirrors, problem.rows * problem.channels * size_of(problem.dtype))(moved.input)(
        moved.grad_output)(moved.grad_input)(moved.grad_sum);
    Moved(mirrors, problem.channels * size)(moved.weight)(moved.grad_weight)(moved.grad_bias);
    Moved(mirrors, problem.rows * statistics_size(problem.dtype))(moved.mean)(moved.rstd);
    solve(moved, mirrors, backward);
  }

 private:
  static int64_t statistics_size(DType dtype) { return dtype == DType::kFloat64 ? 8 : 4; }

  static void move_parameters(Mirrors& mirrors, DType type, int64_t channels,
                              Parameters& parameters) {
    Moved(mirrors, size_of(type))(parameters.alpha)(parameters.shift);
    Moved(mirrors, size_of(type) * channels)(parameters.weight)(parameters.bias);
  }

  std::vector<std::string_view> names_;
};

}  // namespace

std::unique_ptr<Runner> gpu_runner(std::string& why) {
  int devices = 0;
  why = probe(devices).problem;
  return why.empty() ? std::make_unique<GpuRunner>() : nullptr;
}

}  // namespace dyt::kernels::cuda::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda/emulated_runner.h"

#include <array>
#include <vector>

#include "dyt/kernels/cuda/internal/norm_arguments.h"
#include "dyt/kernels/cuda/internal/tables.h"
#include "tests/kernels/cuda/emulator.h"

namespace dyt::kernels::cuda::test {
namespace {

constexpr int kMultiprocessors = 2;

// A function with a fast form, one without, one that is not odd: every instance costs compile time,
// and functions_test.cpp sees to the functions themselves.
using Emulable = FunctionList<Tanh, LinearClip, Sigmoid>;
constexpr std::array<std::string_view, 3> kNames = {Tanh::kName, LinearClip::kName, Sigmoid::kName};

template <class T, bool kExact, bool kWhole, class... F>
void emulate_forward(std::string_view name, const ForwardArguments& arguments, FunctionList<F...>) {
  const auto body = [&]<class G>(G) {
    emulate(blocks_x_of(arguments.walk), arguments.walk.groups, threads_of(arguments.walk),
            [&](Emulated machine) {
              forward_thread<G, T, precision_of<T, kExact, G>(), kWhole>(arguments, machine);
            });
  };
  ((F::kName == name ? body(F{}) : void()), ...);
}

template <class T, bool kExact, bool kWhole, class... F>
void emulate_backward(std::string_view name, const BackwardArguments& arguments,
                      FunctionList<F...>) {
  const auto body = [&]<class G>(G) {
    std::vector<Arithmetic<T>> shared(kBlock * kVector<T>);
    emulate(blocks_x_of(arguments.walk), arguments.walk.groups, threads_of(arguments.walk),
            [&](Emulated machine) {
              backward_thread<G, T, precision_of<T, kExact, G>(), kWhole>(arguments, machine,
                                                                          shared.data());
            });
  };
  ((F::kName == name ? body(F{}) : void()), ...);
}

// Calls call.operator()<T, kExact, kWhole>().
template <class Call>
void with_form(DType dtype, bool exact, bool whole, Call call) {
  internal::with_type(dtype, [&](auto type) {
    using T = decltype(type);
    if (exact) {
      whole ? call.template operator()<T, true, true>()
            : call.template operator()<T, true, false>();
    } else {
      whole ? call.template operator()<T, false, true>()
            : call.template operator()<T, false, false>();
    }
  });
}

// Calls call.operator()<T, kWhole>().
template <class Call>
void with_norm_form(DType dtype, bool whole, Call call) {
  internal::with_type(dtype, [&](auto type) {
    using T = decltype(type);
    whole ? call.template operator()<T, true>() : call.template operator()<T, false>();
  });
}

void emulate_finish(const FinishArguments& arguments, bool in_double) {
  std::vector<double> shared(kBlock);
  emulate(finish_blocks(arguments.channels), 1, kBlock, [&](Emulated machine) {
    in_double ? finish_thread<double>(arguments, machine, shared.data())
              : finish_thread<float>(arguments, machine, shared.data());
  });
}

class EmulatedRunner final : public Runner {
 public:
  std::span<const std::string_view> functions() const override { return kNames; }

  void run(const ForwardProblem& problem) override {
    const Walk walk = forward_walk(problem.shape, problem.dtype, kMultiprocessors);
    const ForwardArguments arguments = arguments_of(problem, walk);
    with_form(problem.dtype, problem.exact, is_whole(walk, problem),
              [&]<class T, bool kExact, bool kWhole>() {
                emulate_forward<T, kExact, kWhole>(name_of(problem.function), arguments,
                                                   Emulable{});
              });
  }

  void run(const BackwardProblem& problem) override {
    const Walk walk = backward_walk(problem.shape, problem.dtype, kMultiprocessors);
    std::vector<char> workspace(partial_bytes(walk, problem.dtype));
    const BackwardArguments arguments = arguments_of(problem, walk, workspace.data());
    with_form(problem.dtype, problem.exact, is_whole(walk, problem),
              [&]<class T, bool kExact, bool kWhole>() {
                emulate_backward<T, kExact, kWhole>(name_of(problem.function), arguments,
                                                    Emulable{});
              });
    emulate_finish(finish_of(problem, arguments), problem.dtype == DType::kFloat64);
  }

  void run(const NormForwardProblem& problem) override {
    const NormWalk walk = norm_forward_walk(problem.rows, problem.channels, problem.dtype);
    const NormForwardArguments arguments = arguments_of(problem, walk);
    with_norm_form(problem.dtype, is_whole(walk, problem), [&]<class T, bool kWhole>() {
      std::vector<Arithmetic<T>> shared(kTeamWords);
      emulate(walk.groups, 1, walk.lanes * walk.teams, [&](Emulated machine) {
        norm_forward_thread<T, kWhole>(arguments, machine, shared.data());
      });
    });
  }

  void run(const NormBackwardProblem& problem) override {
    const NormWalk walk =
        norm_backward_walk(problem.rows, problem.channels, problem.dtype, kMultiprocessors);
    std::vector<char> workspace(partial_bytes(walk, problem.dtype));
    const NormBackwardArguments arguments = arguments_of(problem, walk, workspace.data());
    with_norm_form(problem.dtype, is_whole(walk, problem), [&]<class T, bool kWhole>() {
      std::vector<Arithmetic<T>> shared(kMaxLanes * kVector<T>);
      emulate(walk.groups, 1, walk.lanes * walk.teams, [&](Emulated machine) {
        norm_backward_thread<T, kWhole>(arguments, machine, shared.data());
      });
    });
    emulate_finish(finish_of(problem, arguments), problem.dtype == DType::kFloat64);
  }
};

}  // namespace

std::unique_ptr<Runner> emulated_runner() { return std::make_unique<EmulatedRunner>(); }

}  // namespace dyt::kernels::cuda::test

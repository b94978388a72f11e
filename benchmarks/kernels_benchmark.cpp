// SPDX-License-Identifier: Apache-2.0
// Google Benchmark for the kernels alone, without LibTorch and autograd: every implementation that
// this CPU has, against a plain copy of the same array. Arrays are reused.
//
//   kernels_benchmark --benchmark_filter='forward/tanh/float32'
//   kernels_benchmark --benchmark_list_tests
//
// Names: operation/function/type/implementation/ROWSxCHANNELS/threads:N. bytes_per_second counts
// each array once, so that a share of the copy's is a share of the memory's speed.
#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "dyt/kernels/internal/storage.h"
#include "dyt/kernels/norm.h"
#include "dyt/kernels/pointwise.h"
#include "dyt/kernels/threads.h"

namespace dyt::kernels {
namespace {

struct Case {
  DType dtype;
  int64_t rows;
  int64_t channels;
  int threads;
  bool residual = false;

  int64_t count() const { return rows * channels; }
};

using Array = std::vector<std::byte>;

// count numbers of that type, normal with that deviation around mean, the same in every run.
Array random_array(DType dtype, int64_t count, float mean, float deviation) {
  std::mt19937 random(static_cast<uint32_t>(count));
  std::normal_distribution<float> normal(mean, deviation);
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& number : numbers) {
    number = normal(random);
  }
  Array array(static_cast<size_t>(count * size_of(dtype)));
  internal::store_all(dtype, numbers.data(), count, array.data());
  return array;
}

Array empty_array(DType dtype, int64_t count) {
  return Array(static_cast<size_t>(count * size_of(dtype)));
}

ParallelFor team(int threads) {
  if (threads == 1) {
    return {};
  }
  static std::map<int, std::unique_ptr<Threads>> teams;
  std::unique_ptr<Threads>& team = teams[threads];
  if (team == nullptr) {
    team = std::make_unique<Threads>(threads);
  }
  return team->parallel_for();
}

void count_work(benchmark::State& state, const Case& of, int arrays) {
  state.SetItemsProcessed(state.iterations() * of.count());
  state.SetBytesProcessed(state.iterations() * of.count() * size_of(of.dtype) * arrays);
}

void run_copy(benchmark::State& state, const Case& of) {
  constexpr int64_t kPiece = 1 << 16;
  const Array input = random_array(of.dtype, of.count(), 0, 1);
  Array output = empty_array(of.dtype, of.count());
  const ParallelFor parallel_for = team(of.threads);
  const auto bytes = static_cast<int64_t>(input.size());
  for (auto _ : state) {
    parallel_for((bytes + kPiece - 1) / kPiece, [&](int64_t piece) {
      const int64_t from = piece * kPiece;
      std::memcpy(output.data() + from, input.data() + from, std::min(kPiece, bytes - from));
    });
    benchmark::ClobberMemory();
  }
  count_work(state, of, 2);
}

// As in a trained network: alpha * x up to about 3.
constexpr float kAlpha = 0.8F;

// What all problems of a Case have in common.
struct Arrays {
  explicit Arrays(const Case& of)
      : input(random_array(of.dtype, of.count(), 0, 1)),
        second(of.residual ? random_array(of.dtype, of.count(), 0, 1) : Array()),
        output(empty_array(of.dtype, of.count())),
        alpha(random_array(of.dtype, 1, kAlpha, 0)),
        weight(random_array(of.dtype, of.channels, 1, 0.1F)),
        bias(random_array(of.dtype, of.channels, 0, 0.1F)),
        mean(random_array(DType::kFloat32, of.rows, 0, 0.1F)),
        rstd(random_array(DType::kFloat32, of.rows, 1, 0.1F)) {}

  void* second_or_null() { return second.empty() ? nullptr : second.data(); }

  Array input, second, output, alpha, weight, bias, mean, rstd;
};

template <class Problem>
void describe(const Case& of, Arrays& arrays, Problem& problem) {
  problem.dtype = of.dtype;
  problem.input = arrays.input.data();
  if constexpr (requires { problem.parameters; }) {
    problem.shape = {of.rows, of.channels};
    problem.parameters = {
        arrays.alpha.data(), nullptr, arrays.weight.data(), arrays.bias.data(), {}};
  } else {
    problem.rows = of.rows;
    problem.channels = of.channels;
    problem.weight = arrays.weight.data();
    problem.mean = arrays.mean.data();
    problem.rstd = arrays.rstd.data();
  }
}

template <class Problem>
void run_forward(benchmark::State& state, const Case& of, Problem problem,
                 const Implementation<Problem>& implementation) {
  Arrays arrays(of);
  Array sum = empty_array(of.dtype, of.residual ? of.count() : 0);
  describe(of, arrays, problem);
  if constexpr (std::is_same_v<Problem, NormForwardProblem>) {
    problem.bias = arrays.bias.data();
  }
  problem.residual = arrays.second_or_null();
  problem.sum = sum.empty() ? nullptr : sum.data();
  problem.output = arrays.output.data();
  const ParallelFor parallel_for = team(of.threads);
  for (auto _ : state) {
    implementation.run(problem, parallel_for);
    benchmark::ClobberMemory();
  }
  count_work(state, of, of.residual ? 4 : 2);
}

template <class Problem>
void run_backward(benchmark::State& state, const Case& of, Problem problem,
                  const Implementation<Problem>& implementation) {
  Arrays arrays(of);
  const Array grad_output = random_array(of.dtype, of.count(), 0, 1);
  Array grad_alpha = empty_array(of.dtype, 1);
  Array grad_weight = empty_array(of.dtype, of.channels);
  Array grad_bias = empty_array(of.dtype, of.channels);
  describe(of, arrays, problem);
  problem.grad_output = grad_output.data();
  problem.grad_sum = arrays.second_or_null();
  problem.grad_input = arrays.output.data();
  if constexpr (std::is_same_v<Problem, BackwardProblem>) {
    problem.grad_alpha = grad_alpha.data();
  }
  problem.grad_weight = grad_weight.data();
  problem.grad_bias = grad_bias.data();
  const ParallelFor parallel_for = team(of.threads);
  for (auto _ : state) {
    implementation.run(problem, parallel_for);
    benchmark::ClobberMemory();
  }
  count_work(state, of, of.residual ? 4 : 3);
}

std::string_view name_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return "float64";
    case DType::kBFloat16:
      return "bfloat16";
    case DType::kFloat16:
      return "float16";
    default:
      return "float32";
  }
}

template <class Run>
void add(const std::string& name, const Case& of, Run run) {
  const std::string full = name + "/" + std::to_string(of.rows) + "x" +
                           std::to_string(of.channels) + "/threads:" + std::to_string(of.threads);
  benchmark::RegisterBenchmark(full.c_str(), run)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

// One benchmark an implementation that takes the problem; `run` is run_forward or run_backward.
template <class Problem, class Run>
void add_all(const std::string& operation, std::string_view function, const Case& of,
             Problem problem, std::span<const Implementation<Problem>> implementations, Run run) {
  problem.dtype = of.dtype;
  for (const Implementation<Problem>& implementation : implementations) {
    if (implementation.accepts(problem)) {
      const std::string name = operation + "/" + std::string(function) + "/" +
                               std::string(name_of(of.dtype)) + "/" +
                               std::string(implementation.name);
      add(name, of, [=](benchmark::State& state) { run(state, of, problem, implementation); });
    }
  }
}

template <class Problem>
using Runner = void (*)(benchmark::State&, const Case&, Problem, const Implementation<Problem>&);

void add_pointwise(const Case& of, const std::string& prefix) {
  for (const FunctionRow& row : kFunctions) {
    add_all(prefix + "forward", row.name, of, ForwardProblem{.function = row.function},
            forward_implementations(), Runner<ForwardProblem>(run_forward));
    add_all(prefix + "backward", row.name, of, BackwardProblem{.function = row.function},
            backward_implementations(), Runner<BackwardProblem>(run_backward));
  }
}

void add_norms(const Case& of, const std::string& prefix) {
  for (const NormKind kind : {NormKind::kLayerNorm, NormKind::kRmsNorm}) {
    const std::string_view name = kind == NormKind::kLayerNorm ? "layer_norm" : "rms_norm";
    add_all(prefix + "forward", name, of, NormForwardProblem{.kind = kind},
            norm_forward_implementations(), Runner<NormForwardProblem>(run_forward));
    add_all(prefix + "backward", name, of, NormBackwardProblem{.kind = kind},
            norm_backward_implementations(), Runner<NormBackwardProblem>(run_backward));
  }
}

// In cache, and the shapes of `dyt bench ops`.
constexpr std::pair<int64_t, int64_t> kShapes[] = {
    {32, 1024}, {197, 768}, {4096, 768}, {16384, 1024}, {2048, 4096}};

void add_benchmarks() {
  std::vector<int> thread_counts{1};
  if (const int all = static_cast<int>(std::thread::hardware_concurrency()); all > 1) {
    thread_counts.push_back(all);
  }
  for (const auto& [rows, channels] : kShapes) {
    for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
      for (const int threads : thread_counts) {
        Case of{dtype, rows, channels, threads};
        add("copy/" + std::string(name_of(dtype)), of,
            [of](benchmark::State& state) { run_copy(state, of); });
        for (const bool residual : {false, true}) {
          of.residual = residual;
          const std::string prefix = residual ? "add_" : "";
          add_pointwise(of, prefix);
          add_norms(of, prefix);
        }
      }
    }
  }
}

}  // namespace
}  // namespace dyt::kernels

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  dyt::kernels::add_benchmarks();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}

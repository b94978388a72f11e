#include "dyt/kernels/reference.h"

#include <cmath>
#include <vector>

#include "dyt/kernels/internal/reference_functions.h"

namespace dyt::kernels {
namespace {

using internal::Wide;

// Parameters of a problem as numbers of type T.
template <class T>
struct Typed {
  using W = Wide<T>;

  explicit Typed(const Parameters& parameters)
      : alpha(*static_cast<const T*>(parameters.alpha)),
        shift(static_cast<const T*>(parameters.shift)),
        weights(static_cast<const T*>(parameters.weight)),
        biases(static_cast<const T*>(parameters.bias)) {}

  W argument(T x) const { return shift != nullptr ? std::fma(alpha, x, *shift) : alpha * x; }
  W weight(int64_t channel) const { return weights != nullptr ? W(weights[channel]) : W(1); }
  // Adding -0 changes no number, -0 included: it stands for no bias.
  W bias(int64_t channel) const { return biases != nullptr ? W(biases[channel]) : W(-0.0); }

  const T alpha;
  const T* const shift;
  const T* const weights;
  const T* const biases;
};

template <class F, class T>
void forward_elements(const ForwardProblem& problem) {
  using W = Wide<T>;
  const Typed<T> parameters(problem.parameters);
  const T* input = static_cast<const T*>(problem.input);
  T* output = static_cast<T*>(problem.output);
  for (int64_t o = 0; o < problem.shape.outer; ++o) {
    for (int64_t c = 0; c < problem.shape.channels; ++c) {
      const W weight = parameters.weight(c);
      const W bias = parameters.bias(c);
      for (int64_t i = 0; i < problem.shape.inner; ++i) {
        const W t = F::value(parameters.argument(*input++));
        *output++ = static_cast<T>(weight * t + bias);
      }
    }
  }
}

// The sums of the reduced gradients, in the wide type.
template <class T>
struct Sums {
  using W = Wide<T>;

  explicit Sums(int64_t channels)
      : weight(static_cast<size_t>(channels)), bias(static_cast<size_t>(channels)) {}

  void store(const BackwardProblem& problem) const {
    store_numbers({&alpha, 1}, problem.grad_alpha);
    store_numbers({&shift, 1}, problem.grad_shift);
    store_numbers(weight, problem.grad_weight);
    store_numbers(bias, problem.grad_bias);
  }

  static void store_numbers(std::span<const W> sums, void* gradient) {
    for (size_t n = 0; gradient != nullptr && n < sums.size(); ++n) {
      static_cast<T*>(gradient)[n] = static_cast<T>(sums[n]);
    }
  }

  W alpha = 0;
  W shift = 0;
  std::vector<W> weight;
  std::vector<W> bias;
};

template <class F, class T>
void backward_elements(const BackwardProblem& problem) {
  using W = Wide<T>;
  const Typed<T> parameters(problem.parameters);
  const T* grad_output = static_cast<const T*>(problem.grad_output);
  const T* input = static_cast<const T*>(problem.input);
  T* grad_input = static_cast<T*>(problem.grad_input);
  Sums<T> sums(problem.shape.channels);
  for (int64_t o = 0; o < problem.shape.outer; ++o) {
    for (int64_t c = 0; c < problem.shape.channels; ++c) {
      const W weight = parameters.weight(c);
      for (int64_t i = 0; i < problem.shape.inner; ++i) {
        const T x = *input++;
        const W g = *grad_output++;
        const internal::Point<W> f = F::point(parameters.argument(x));
        const W k = g * weight * f.slope;
        sums.alpha += k * x;
        sums.shift += k;
        sums.weight[c] += g * f.value;
        sums.bias[c] += g;
        if (grad_input != nullptr) {
          *grad_input++ = static_cast<T>(parameters.alpha * k);
        }
      }
    }
  }
  sums.store(problem);
}

template <class F>
void run(const ForwardProblem& problem) {
  problem.dtype == DType::kFloat32 ? forward_elements<F, float>(problem)
                                   : forward_elements<F, double>(problem);
}

template <class F>
void run(const BackwardProblem& problem) {
  problem.dtype == DType::kFloat32 ? backward_elements<F, float>(problem)
                                   : backward_elements<F, double>(problem);
}

template <class Problem>
void run_function(const Problem& problem) {
  switch (problem.function) {
    case Function::kTanh:
      return run<internal::Tanh>(problem);
    case Function::kErf:
      return run<internal::Erf>(problem);
    case Function::kIsru:
      return run<internal::Isru>(problem);
    case Function::kLinearClip:
      return run<internal::LinearClip>(problem);
    case Function::kSigmoid:
      return run<internal::Sigmoid>(problem);
  }
}

}  // namespace

void forward_reference(const ForwardProblem& problem) { run_function(problem); }

void backward_reference(const BackwardProblem& problem) { run_function(problem); }

}  // namespace dyt::kernels

// SPDX-License-Identifier: Apache-2.0
// Layer norm and RMS norm on vectors, a row at a time. Included once per SIMD target.
#if defined(DYT_KERNELS_NORM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_NORM_INL_H_
#undef DYT_KERNELS_NORM_INL_H_
#else
#define DYT_KERNELS_NORM_INL_H_
#endif

#include <cmath>

#include "dyt/kernels/internal/column_sums-inl.h"
#include "dyt/kernels/norm.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

// Calls pair(n) for whole pairs of vectors, then part(n, count) for what is left of `width`.
template <class WholePair, class Part>
HWY_INLINE void for_columns(int64_t width, const WholePair& pair, const Part& part) {
  const auto one = static_cast<int64_t>(lanes());
  int64_t n = 0;
  for (; n + 2 * one <= width; n += 2 * one) {
    pair(n);
  }
  for (; n < width; n += one) {
    part(n, static_cast<size_t>(std::min(one, width - n)));
  }
}

HWY_INLINE Lanes first_lanes(size_t count, Lanes numbers) {
  return hn::IfThenElseZero(hn::FirstN(Floats(), count), numbers);
}

HWY_INLINE float total(const Pair& sums) {
  return hn::GetLane(hn::SumOfLanes(Floats(), hn::Add(sums.low, sums.high)));
}

HWY_INLINE Pair zero_pair() { return {hn::Zero(Floats()), hn::Zero(Floats())}; }

template <class T>
struct NormForward {
  const T* input;
  const T* residual;  // null: none
  T* sum;
  T* output;
  const float* weight;
  const float* bias;
  int64_t channels;
  bool centered, stream;
  float eps;

  // The row as fp32 numbers: in place where it is that already, else in `buffer`.
  HWY_INLINE const float* row(int64_t first, float* buffer) const {
    const T* from = input + first;
    if constexpr (std::is_same_v<T, float>) {
      if (residual == nullptr) {
        return from;
      }
    }
    for_columns(
        channels,
        [&](int64_t n) HWY_ATTR {
          Pair x = load_pair(from + n);
          if (residual != nullptr) {
            const Pair r = load_pair(residual + first + n);
            x = store_rounded({hn::Add(x.low, r.low), hn::Add(x.high, r.high)}, sum + first + n);
          }
          store_pair(x, buffer + n);
        },
        [&](int64_t n, size_t count) HWY_ATTR {
          Lanes x = load_part(from + n, count);
          if (residual != nullptr) {
            store_part(hn::Add(x, load_part(residual + first + n, count)), sum + first + n, count);
            x = load_part(sum + first + n, count);
          }
          store_part(x, buffer + n, count);
        });
    return buffer;
  }

  HWY_INLINE float mean(const float* x) const {
    if (!centered) {
      return 0;
    }
    Pair sums = zero_pair();
    for_columns(
        channels,
        [&](int64_t n) HWY_ATTR {
          const Pair numbers = load_pair(x + n);
          sums = {hn::Add(sums.low, numbers.low), hn::Add(sums.high, numbers.high)};
        },
        [&](int64_t n, size_t count)
            HWY_ATTR { sums.low = hn::Add(sums.low, load_part(x + n, count)); });
    return total(sums) / static_cast<float>(channels);
  }

  HWY_INLINE float rstd(const float* x, float mean) const {
    const Lanes centre = splat(mean);
    Pair sums = zero_pair();
    for_columns(
        channels,
        [&](int64_t n) HWY_ATTR {
          const Pair numbers = load_pair(x + n);
          const Lanes low = hn::Sub(numbers.low, centre), high = hn::Sub(numbers.high, centre);
          sums = {hn::MulAdd(low, low, sums.low), hn::MulAdd(high, high, sums.high)};
        },
        [&](int64_t n, size_t count) HWY_ATTR {
          const Lanes apart = first_lanes(count, hn::Sub(load_part(x + n, count), centre));
          sums.low = hn::MulAdd(apart, apart, sums.low);
        });
    return 1 / std::sqrt(total(sums) / static_cast<float>(channels) + eps);
  }

  HWY_INLINE void normalize(const float* x, float mean, float rstd, T* y) const {
    const Lanes centre = splat(mean), scale = splat(rstd);
    const bool streams = stream && reinterpret_cast<uintptr_t>(y) % kStreamBytes == 0;
    const auto value = [&](Lanes number, Lanes w, Lanes b) HWY_ATTR {
      return hn::MulAdd(hn::Mul(hn::Sub(number, centre), scale), w, b);
    };
    for_columns(
        channels,
        [&](int64_t n) HWY_ATTR {
          const Pair numbers = load_pair(x + n), w = load_pair(weight + n), b = load_pair(bias + n);
          const Pair found{value(numbers.low, w.low, b.low), value(numbers.high, w.high, b.high)};
          streams ? stream_pair(found, y + n) : store_pair(found, y + n);
        },
        [&](int64_t n, size_t count) HWY_ATTR {
          store_part(value(load_part(x + n, count), load_part(weight + n, count),
                           load_part(bias + n, count)),
                     y + n, count);
        });
  }
};

inline constexpr int64_t kBufferPad = 2 * kMaxLanes;

// Rows of a piece: about kPieceElements elements.
constexpr int64_t rows_in_piece(int64_t channels) {
  return std::max<int64_t>(1, internal::kPieceElements / std::max<int64_t>(1, channels));
}

template <class T>
void norm_forward_typed(const NormForwardProblem& problem, const ParallelFor& parallel_for) {
  const DType type = problem.parameter_dtype.value_or(problem.dtype);
  const Columns weight(type, problem.weight, problem.channels, 1, 1);
  const Columns bias(type, problem.bias, problem.channels, 1, -0.0f);
  const int64_t bytes = problem.rows * problem.channels * static_cast<int64_t>(sizeof(T));
  const NormForward<T> row{static_cast<const T*>(problem.input),
                           static_cast<const T*>(problem.residual),
                           static_cast<T*>(problem.sum),
                           static_cast<T*>(problem.output),
                           weight.data(),
                           bias.data(),
                           problem.channels,
                           problem.kind == NormKind::kLayerNorm,
                           problem.output != problem.input &&
                               internal::streams(bytes, problem.residual == nullptr ? 2 : 4),
                           static_cast<float>(problem.eps)};
  const int64_t in_piece = rows_in_piece(problem.channels);
  parallel_for(internal::ceil_div(problem.rows, in_piece), [&](int64_t piece) HWY_ATTR {
    const internal::Scratch<float> buffer(problem.channels + kBufferPad);
    const NormForward<T> step = row;
    const int64_t end = std::min(problem.rows, (piece + 1) * in_piece);
    for (int64_t r = piece * in_piece; r < end; ++r) {
      const float* x = step.row(r * step.channels, buffer.data());
      const float mean = step.mean(x);
      const float rstd = step.rstd(x, mean);
      step.normalize(x, mean, rstd, step.output + r * step.channels);
      if (problem.mean != nullptr) {
        static_cast<float*>(problem.mean)[r] = mean;
      }
      if (problem.rstd != nullptr) {
        static_cast<float*>(problem.rstd)[r] = rstd;
      }
    }
    hwy::FlushStream();
  });
}

inline void run_norm_forward(const NormForwardProblem& problem, const ParallelFor& parallel_for) {
  switch (problem.dtype) {
    case DType::kBFloat16:
#if HWY_TARGET == HWY_AVX3
      if (internal::has_native_bfloat16()) {
        return norm_forward_typed<NativeBFloat16>(problem, parallel_for);
      }
#endif
      return norm_forward_typed<BFloat16>(problem, parallel_for);
    case DType::kFloat16:
      return norm_forward_typed<Float16>(problem, parallel_for);
    default:
      return norm_forward_typed<float>(problem, parallel_for);
  }
}

// One row. With h = g * weight and x^ the normalized row:
// grad = rstd * (h - mean(h) - x^ * mean(h * x^)); for RMS without mean(h).
template <class T>
struct NormBackward {
  const T* grad_output;
  const T* input;
  const T* grad_sum;  // null: none
  T* grad_input;      // null: not wanted
  const float* weight;
  int64_t channels;
  bool centered, stream;

  // One vector of the first pass: the sums of the row and of the columns.
  struct Sums {
    Lanes h, hx;
  };
  HWY_INLINE static void add(Lanes x, Lanes g, Lanes w, Lanes& columns_weight, Lanes& columns_bias,
                             Sums& sums) {
    const Lanes h = hn::Mul(g, w);
    sums.h = hn::Add(sums.h, h);
    sums.hx = hn::MulAdd(h, x, sums.hx);
    columns_weight = hn::MulAdd(g, x, columns_weight);
    columns_bias = hn::Add(columns_bias, g);
  }

  struct Means {
    float h, hx;
  };
  HWY_INLINE Means reduce(int64_t first, float mean, float rstd, float* sum_weight,
                          float* sum_bias) const {
    const Lanes centre = splat(mean), scale = splat(rstd), zero = hn::Zero(Floats());
    const auto normal = [&](Lanes x) HWY_ATTR { return hn::Mul(hn::Sub(x, centre), scale); };
    Sums low{zero, zero}, high{zero, zero};
    for_columns(
        channels,
        [&](int64_t n) HWY_ATTR {
          const Pair x = load_pair(input + first + n), g = load_pair(grad_output + first + n);
          const Pair w = load_pair(weight + n);
          Pair columns_weight = load_pair(sum_weight + n), columns_bias = load_pair(sum_bias + n);
          add(normal(x.low), g.low, w.low, columns_weight.low, columns_bias.low, low);
          add(normal(x.high), g.high, w.high, columns_weight.high, columns_bias.high, high);
          store_pair(columns_weight, sum_weight + n);
          store_pair(columns_bias, sum_bias + n);
        },
        [&](int64_t n, size_t count) HWY_ATTR {
          Lanes columns_weight = load_part(sum_weight + n, count);
          Lanes columns_bias = load_part(sum_bias + n, count);
          add(normal(load_part(input + first + n, count)),
              load_part(grad_output + first + n, count), load_part(weight + n, count),
              columns_weight, columns_bias, low);
          store_part(columns_weight, sum_weight + n, count);
          store_part(columns_bias, sum_bias + n, count);
        });
    const auto count = static_cast<float>(channels);
    return {centered ? total({low.h, high.h}) / count : 0, total({low.hx, high.hx}) / count};
  }

  HWY_INLINE void write(int64_t first, float mean, float rstd, const Means& means) const {
    const Lanes centre = splat(mean), scale = splat(rstd);
    const Lanes mean_h = splat(means.h), mean_hx = splat(means.hx);
    const auto value = [&](Lanes x, Lanes g, Lanes w) HWY_ATTR {
      const Lanes normal = hn::Mul(hn::Sub(x, centre), scale);
      const Lanes own = hn::NegMulAdd(normal, mean_hx, hn::Sub(hn::Mul(g, w), mean_h));
      return hn::Mul(own, scale);
    };
    for_columns(
        channels,
        [&](int64_t n) HWY_ATTR {
          const Pair x = load_pair(input + first + n), g = load_pair(grad_output + first + n);
          const Pair w = load_pair(weight + n);
          Pair found{value(x.low, g.low, w.low), value(x.high, g.high, w.high)};
          if (grad_sum != nullptr) {
            const Pair more = load_pair(grad_sum + first + n);
            found = {hn::Add(found.low, more.low), hn::Add(found.high, more.high)};
          }
          stream ? stream_pair(found, grad_input + first + n)
                 : store_pair(found, grad_input + first + n);
        },
        [&](int64_t n, size_t count) HWY_ATTR {
          Lanes found =
              value(load_part(input + first + n, count), load_part(grad_output + first + n, count),
                    load_part(weight + n, count));
          if (grad_sum != nullptr) {
            found = hn::Add(found, load_part(grad_sum + first + n, count));
          }
          store_part(found, grad_input + first + n, count);
        });
  }
};

template <class T>
void norm_backward_typed(const NormBackwardProblem& problem, const ParallelFor& parallel_for) {
  const DType type = problem.parameter_dtype.value_or(problem.dtype);
  const int64_t channels = problem.channels;
  const Columns weight(type, problem.weight, channels, 1, 1);
  const auto bytes = static_cast<int64_t>(sizeof(T));
  const bool aligned = reinterpret_cast<uintptr_t>(problem.grad_input) % kStreamBytes == 0 &&
                       channels * bytes % static_cast<int64_t>(kStreamBytes) == 0;
  const bool fresh =
      problem.grad_input != problem.grad_output && problem.grad_input != problem.grad_sum;
  const NormBackward<T> row{
      static_cast<const T*>(problem.grad_output),
      static_cast<const T*>(problem.input),
      static_cast<const T*>(problem.grad_sum),
      static_cast<T*>(problem.grad_input),
      weight.data(),
      channels,
      problem.kind == NormKind::kLayerNorm,
      aligned && fresh &&
          internal::streams(problem.rows * channels * bytes, problem.grad_sum == nullptr ? 3 : 4)};
  const auto chunks = internal::row_chunks(problem.rows, channels);
  internal::ColumnSums sums(chunks.count, channels);
  parallel_for(chunks.count, [&](int64_t chunk) HWY_ATTR {
    const NormBackward<T> step = row;
    sums.clear(chunk);
    const int64_t end = std::min(problem.rows, (chunk + 1) * chunks.rows);
    for (int64_t r = chunk * chunks.rows; r < end; ++r) {
      const float mean = problem.mean != nullptr ? static_cast<const float*>(problem.mean)[r] : 0;
      const float rstd = static_cast<const float*>(problem.rstd)[r];
      const auto means =
          step.reduce(r * channels, mean, rstd, sums.weight(chunk), sums.bias(chunk));
      if (step.grad_input != nullptr) {
        step.write(r * channels, mean, rstd, means);
      }
    }
    hwy::FlushStream();
  });
  store_column_sums(type, sums.weight(0), sums.chunk_stride(), sums.chunks(), channels, 1,
                    problem.grad_weight, parallel_for);
  store_column_sums(type, sums.bias(0), sums.chunk_stride(), sums.chunks(), channels, 1,
                    problem.grad_bias, parallel_for);
}

inline void run_norm_backward(const NormBackwardProblem& problem, const ParallelFor& parallel_for) {
  switch (problem.dtype) {
    case DType::kBFloat16:
#if HWY_TARGET == HWY_AVX3
      if (internal::has_native_bfloat16()) {
        return norm_backward_typed<NativeBFloat16>(problem, parallel_for);
      }
#endif
      return norm_backward_typed<BFloat16>(problem, parallel_for);
    case DType::kFloat16:
      return norm_backward_typed<Float16>(problem, parallel_for);
    default:
      return norm_backward_typed<float>(problem, parallel_for);
  }
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_NORM_INL_H_

// SPDX-License-Identifier: Apache-2.0
// Backward of the point-wise family on vectors, in one pass. Included once per SIMD target.
#if defined(DYT_KERNELS_POINTWISE_BACKWARD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_POINTWISE_BACKWARD_INL_H_
#undef DYT_KERNELS_POINTWISE_BACKWARD_INL_H_
#else
#define DYT_KERNELS_POINTWISE_BACKWARD_INL_H_
#endif

#include "dyt/kernels/internal/column_sums-inl.h"
#include "dyt/kernels/internal/fast_functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

template <class T>
struct BackwardArrays {
  const T* grad_output;
  const T* input;
  const T* grad_sum;  // null: none
  T* grad_input;      // null: not wanted
  bool stream;
};

// What a vector of elements adds to the sums.
struct Terms {
  Lanes weight, bias, shift, alpha;
};

// Sums over many elements, fp64.
struct ScalarSums {
  DoubleSums alpha, shift;

  HWY_INLINE void add(const Terms& terms) {
    alpha.add(terms.alpha);
    shift.add(terms.shift);
  }
};

template <class F, class T, bool kShift>  // kShift: its gradient is wanted
struct BackwardStep {
  BackwardArrays<T> arrays;
  Argument argument;
  F function;

  HWY_INLINE auto prepared(int64_t element) const {
    const Pair x = load_pair(arrays.input + element);
    return prepare_points(function, {argument(x.low), argument(x.high)});
  }

  // The gradient of a pair of vectors.
  template <class Prepared>
  HWY_INLINE Pair pair(int64_t element, const Prepared& ready, const Pair& weight, Terms& low,
                       Terms& high) const {
    const PointPair f = points(function, ready);
    const Pair x = load_pair(arrays.input + element), g = load_pair(arrays.grad_output + element);
    return {add(f.low(), x.low, g.low, weight.low, low),
            add(f.high(), x.high, g.high, weight.high, high)};
  }

  HWY_INLINE void store(const Pair& grad, int64_t element) const {
    Pair whole = grad;
    if (arrays.grad_sum != nullptr) {
      const Pair elsewhere = load_pair(arrays.grad_sum + element);
      whole = {hn::Add(grad.low, elsewhere.low), hn::Add(grad.high, elsewhere.high)};
    }
    arrays.stream ? stream_pair(whole, arrays.grad_input + element)
                  : store_pair(whole, arrays.grad_input + element);
  }

  // One vector with `count` elements at most.
  HWY_INLINE void part(int64_t element, size_t count, Lanes weight, Terms& sums) const {
    const Lanes x = load_part(arrays.input + element, count);
    const Lanes g = load_part(arrays.grad_output + element, count);
    const Lanes grad = add(function.point(argument(x)), x, g, weight, sums);
    if (arrays.grad_input != nullptr) {
      const Lanes whole = arrays.grad_sum == nullptr
                              ? grad
                              : hn::Add(grad, load_part(arrays.grad_sum + element, count));
      store_part(whole, arrays.grad_input + element, count);
    }
  }

 private:
  HWY_INLINE Lanes add(const PointLanes& f, Lanes x, Lanes g, Lanes weight, Terms& sums) const {
    const Lanes k = hn::Mul(hn::Mul(g, weight), f.slope);
    sums.alpha = hn::MulAdd(k, x, sums.alpha);
    if constexpr (kShift) {
      sums.shift = hn::Add(sums.shift, k);
    }
    sums.weight = hn::MulAdd(g, f.value, sums.weight);
    sums.bias = hn::Add(sums.bias, g);
    return hn::Mul(argument.alpha, k);
  }
};

constexpr int64_t kFlushColumns = 2048;

HWY_INLINE Terms no_terms() {
  const Lanes zero = hn::Zero(Floats());
  return {zero, zero, zero, zero};
}

// What belongs to the columns of a row.
struct BackwardColumns {
  const float* weight;
  float* sum_weight;
  float* sum_bias;
};

// Rows from the element `first` on, `stride` elements apart: a column's sums are loaded and stored
// once for all of them.
struct BackwardRows {
  int64_t first, stride;
};

// Whole pairs of vectors of the columns from `begin` to `end`. As in forward: f of a pair is begun
// before the last pair is done. All of a column's rows are loaded before any is stored: a store and
// a load a multiple of 4 KiB apart look the same to the CPU, which would make the load wait. By
// value: the compiler cannot know that no store changes what a reference points to.
template <int kRows, class F, class T, bool kShift>
HWY_INLINE void backward_pairs(const BackwardStep<F, T, kShift> step, const BackwardRows rows,
                               const BackwardColumns columns, int64_t begin, int64_t end,
                               Terms& low, Terms& high) {
  const auto one = static_cast<int64_t>(lanes());
  if (begin == end) {
    return;
  }
  auto next = step.prepared(rows.first + begin);
  for (int64_t n = begin; n < end; n += 2 * one) {
    low.weight = load(columns.sum_weight + n);
    low.bias = load(columns.sum_bias + n);
    high.weight = load(columns.sum_weight + n + one);
    high.bias = load(columns.sum_bias + n + one);
    const Pair w = load_pair(columns.weight + n);
    Pair grad[kRows];
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      const auto now = next;
      const int64_t at = rows.first + n + r * rows.stride;
      if (r + 1 < kRows) {
        next = step.prepared(at + rows.stride);
      } else if (n + 2 * one < end) {
        next = step.prepared(rows.first + n + 2 * one);
      }
      grad[r] = step.pair(at, now, w, low, high);
    }
    if (step.arrays.grad_input != nullptr) {
      HWY_UNROLL(2)
      for (int r = 0; r < kRows; ++r) {
        step.store(grad[r], rows.first + n + r * rows.stride);
      }
    }
    store_pair({low.weight, high.weight}, columns.sum_weight + n);
    store_pair({low.bias, high.bias}, columns.sum_bias + n);
  }
}

// The columns that do not fill a pair, a vector or a part of one at a time.
template <int kRows, class F, class T, bool kShift>
HWY_INLINE void backward_parts(const BackwardStep<F, T, kShift>& step, const BackwardRows& rows,
                               const BackwardColumns& columns, int64_t begin, int64_t end,
                               Terms& sums) {
  const auto one = static_cast<int64_t>(lanes());
  for (int64_t n = begin; n < end; n += one) {
    const auto count = static_cast<size_t>(std::min(one, end - n));
    const Lanes w = load_part(columns.weight + n, count);
    sums.weight = load_part(columns.sum_weight + n, count);
    sums.bias = load_part(columns.sum_bias + n, count);
    for (int r = 0; r < kRows; ++r) {
      step.part(rows.first + r * rows.stride + n, count, w, sums);
    }
    store_part(sums.weight, columns.sum_weight + n, count);
    store_part(sums.bias, columns.sum_bias + n, count);
  }
}

template <int kRows, class F, class T, bool kShift>
HWY_INLINE void backward_rows(const BackwardStep<F, T, kShift>& step, const BackwardRows& rows,
                              int64_t width, const BackwardColumns& columns, ScalarSums& scalars) {
  for (int64_t begin = 0; begin < width; begin += kFlushColumns) {
    const int64_t end = std::min(width, begin + kFlushColumns);
    const int64_t pairs = end - (end - begin) % static_cast<int64_t>(2 * lanes());
    Terms low = no_terms(), high = no_terms();
    backward_pairs<kRows>(step, rows, columns, begin, pairs, low, high);
    backward_parts<kRows>(step, rows, columns, pairs, end, low);
    scalars.add(low);
    scalars.add(high);
  }
}

// A chunk of rows: row r of its first half beside row r of its second one, so that every array is
// two long streams, which the CPU fetches ahead.
template <class F, class T, bool kShift>
HWY_NOINLINE void backward_chunk(const BackwardStep<F, T, kShift>& step, int64_t begin, int64_t end,
                                 int64_t width, const BackwardColumns& columns,
                                 ScalarSums& scalars) {
  const int64_t half = (end - begin) / 2;
  for (int64_t row = begin; row < begin + half; ++row) {
    backward_rows<2>(step, {row * width, half * width}, width, columns, scalars);
  }
  for (int64_t row = begin + 2 * half; row < end; ++row) {
    backward_rows<1>(step, {row * width, 0}, width, columns, scalars);
  }
}

// The rest after the whole wide rows.
template <class F, class T, bool kShift>
HWY_NOINLINE void backward_rest(const BackwardStep<F, T, kShift>& step, int64_t element,
                                int64_t count, const BackwardColumns& columns,
                                ScalarSums& scalars) {
  BackwardStep<F, T, kShift> ordinary = step;
  ordinary.arrays.stream = false;  // the last row may end within a cache line
  backward_rows<1>(ordinary, {element, 0}, count, columns, scalars);
}

// Channels last: every chunk of rows has sums of its own for each column.
template <class F, class T, bool kShift>
void backward_columns(const BackwardProblem& problem, const BackwardStep<F, T, kShift>& step,
                      const ParallelFor& parallel_for) {
  const Shape& shape = problem.shape;
  const auto rows = internal::wide_rows(shape.outer, shape.channels);
  const Columns weight(parameter_type(problem), problem.parameters.weight, shape.channels,
                       rows.repeats, 1);
  const auto chunks = internal::row_chunks(rows.rows, rows.width);
  internal::ColumnSums sums(chunks.count + (rows.rest > 0 ? 1 : 0), rows.width);
  parallel_for(sums.chunks(), [&](int64_t chunk) HWY_ATTR {
    sums.clear(chunk);
    ScalarSums scalars{DoubleSums::zero(), DoubleSums::zero()};
    const BackwardColumns columns{weight.data(), sums.weight(chunk), sums.bias(chunk)};
    if (chunk < chunks.count) {
      const int64_t begin = chunk * chunks.rows;
      backward_chunk(step, begin, std::min(rows.rows, begin + chunks.rows), rows.width, columns,
                     scalars);
    } else {
      backward_rest(step, rows.rows * rows.width, rows.rest, columns, scalars);
    }
    hwy::FlushStream();
    sums.set_scalars(chunk, scalars.alpha.total(), scalars.shift.total());
  });
  const DType type = parameter_type(problem);
  sums.store_scalars(type, problem.grad_alpha, problem.grad_shift);
  store_column_sums(type, sums.weight(0), sums.chunk_stride(), sums.chunks(), shape.channels,
                    rows.repeats, problem.grad_weight, parallel_for);
  store_column_sums(type, sums.bias(0), sums.chunk_stride(), sums.chunks(), shape.channels,
                    rows.repeats, problem.grad_bias, parallel_for);
}

// Channels first: every piece of a plane has four sums.
template <class F, class T, bool kShift>
void backward_planes(const BackwardProblem& problem, const BackwardStep<F, T, kShift>& step,
                     const ParallelFor& parallel_for) {
  const Shape& shape = problem.shape;
  const Columns weight(parameter_type(problem), problem.parameters.weight, shape.channels, 1, 1);
  internal::PlaneSums sums(shape);
  parallel_for(sums.pieces(), [&](int64_t piece) {
    sums.for_each_run(piece, [&](int64_t plane, int64_t element, int64_t count, auto add) {
      const Lanes w = splat(weight.data()[plane % shape.channels]);
      const auto one = static_cast<int64_t>(lanes());
      Terms low = no_terms(), high = no_terms();
      int64_t n = 0;
      for (; n + 2 * one <= count; n += 2 * one) {
        const Pair grad = step.pair(element + n, step.prepared(element + n), {w, w}, low, high);
        if (step.arrays.grad_input != nullptr) {
          step.store(grad, element + n);
        }
      }
      for (; n < count; n += one) {
        step.part(element + n, static_cast<size_t>(std::min(one, count - n)), w, low);
      }
      add(sum_of(low.weight) + sum_of(high.weight), sum_of(low.bias) + sum_of(high.bias),
          sum_of(low.alpha) + sum_of(high.alpha), sum_of(low.shift) + sum_of(high.shift));
    });
    hwy::FlushStream();
  });
  sums.finish(problem, store_sums);
}

template <bool kShift, class T, class F>
void backward_shifted(const BackwardProblem& problem, const F& function,
                      const ParallelFor& parallel_for) {
  const DType type = parameter_type(problem);
  const Parameters& parameters = problem.parameters;
  const int64_t width = internal::wide_rows(1, problem.shape.channels).width;
  const bool aligned = reinterpret_cast<uintptr_t>(problem.grad_input) % kStreamBytes == 0 &&
                       problem.shape.inner == 1 && width * sizeof(T) % kStreamBytes == 0;
  const bool fresh =
      problem.grad_input != problem.grad_output && problem.grad_input != problem.grad_sum;
  const BackwardStep<F, T, kShift> step{
      .arrays = {static_cast<const T*>(problem.grad_output), static_cast<const T*>(problem.input),
                 static_cast<const T*>(problem.grad_sum), static_cast<T*>(problem.grad_input),
                 aligned && fresh &&
                     internal::streams(problem.shape.count() * static_cast<int64_t>(sizeof(T)),
                                       problem.grad_sum == nullptr ? 3 : 4)},
      .argument = {splat(internal::scalar(type, parameters.alpha, 1)),
                   splat(internal::scalar(type, parameters.shift, -0.0f)),
                   parameters.shift != nullptr},
      .function = function};
  if (problem.shape.inner == 1) {
    backward_columns(problem, step, parallel_for);
  } else {
    backward_planes(problem, step, parallel_for);
  }
}

template <class T, class F>
void backward_typed(const BackwardProblem& problem, const F& function,
                    const ParallelFor& parallel_for) {
  if (problem.grad_shift != nullptr) {
    backward_shifted<true, T>(problem, function, parallel_for);
  } else {
    backward_shifted<false, T>(problem, function, parallel_for);
  }
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_POINTWISE_BACKWARD_INL_H_

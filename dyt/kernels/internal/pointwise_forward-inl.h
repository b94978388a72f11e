// SPDX-License-Identifier: Apache-2.0
// Forward of the point-wise family on vectors. Included once per SIMD target.
#if defined(DYT_KERNELS_POINTWISE_FORWARD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_POINTWISE_FORWARD_INL_H_
#undef DYT_KERNELS_POINTWISE_FORWARD_INL_H_
#else
#define DYT_KERNELS_POINTWISE_FORWARD_INL_H_
#endif

#include "dyt/kernels/internal/fast_functions-inl.h"
#include "dyt/kernels/internal/parameters-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

// A run of elements within one row (weight and bias: one a column) or one plane (one for all), or
// the same columns of several rows.
template <class T>
struct ForwardRun {
  const T* input;
  const T* residual;  // null: none
  T* sum;
  T* output;
  const float* weight;
  const float* bias;
  int64_t count;  // in a row
  bool stream;
  int64_t stride = 0;  // from a row to the next

  ForwardRun from(int64_t element) const {
    ForwardRun run = *this;
    run.input += element;
    run.output += element;
    if (residual != nullptr) {
      run.residual += element;
      run.sum += element;
    }
    return run;
  }
};

// Whether weight and bias lie beside the elements (channels last) or are one number for the run.
enum class Affine { kColumns, kOne };

template <Affine kAffine>
HWY_INLINE Pair affine_at(const float* numbers, int64_t n) {
  if constexpr (kAffine == Affine::kColumns) {
    return load_pair(numbers + n);
  } else {
    return {splat(*numbers), splat(*numbers)};
  }
}

// The argument of f for a pair of vectors; with a residual their sum, which is stored.
template <bool kResidual, class T>
HWY_INLINE Pair argument_at(const ForwardRun<T>& run, const Argument& argument, int64_t n) {
  Pair x = load_pair(run.input + n);
  if constexpr (kResidual) {
    const Pair more = load_pair(run.residual + n);
    x = store_rounded({hn::Add(x.low, more.low), hn::Add(x.high, more.high)}, run.sum + n);
  }
  return {argument(x.low), argument(x.high)};
}

template <bool kStream, Affine kAffine, class T>
HWY_INLINE void store_affine(const ForwardRun<T>& run, const Pair& t, int64_t column, int64_t n) {
  const Pair weight = affine_at<kAffine>(run.weight, column);
  const Pair bias = affine_at<kAffine>(run.bias, column);
  const Pair y{hn::MulAdd(weight.low, t.low, bias.low), hn::MulAdd(weight.high, t.high, bias.high)};
  kStream ? stream_pair(y, run.output + n) : store_pair(y, run.output + n);
}

// Columns from 0 to `end` of kRows rows, a pair of vectors of each row at a time. f of a pair is
// begun before f of the last one is done: a CPU looks only so far ahead for work that does not wait
// for other work. By value: the compiler cannot know that no store changes what a reference points
// to.
template <int kRows, bool kResidual, bool kStream, Affine kAffine, class F, class T>
HWY_INLINE void forward_loop(const ForwardRun<T> run, const Argument argument, const F function,
                             int64_t end) {
  const auto step = static_cast<int64_t>(2 * lanes());
  auto next = prepare(function, argument_at<kResidual>(run, argument, 0));
  for (int64_t n = 0; n < end; n += step) {
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      const auto now = next;
      const int64_t at = n + r * run.stride;
      if (r + 1 < kRows) {
        next = prepare(function, argument_at<kResidual>(run, argument, at + run.stride));
      } else if (n + step < end) {
        next = prepare(function, argument_at<kResidual>(run, argument, n + step));
      }
      store_affine<kStream, kAffine>(run, values(function, now), n, at);
    }
  }
}

// Whole pairs of vectors of kRows rows; the number of columns done.
template <int kRows, class F, class T, Affine kAffine>
HWY_INLINE int64_t forward_pairs(const ForwardRun<T>& run, const Argument& argument,
                                 const F& function) {
  const int64_t end = run.count - run.count % static_cast<int64_t>(2 * lanes());
  if (end == 0) {
    return 0;
  }
  const auto loop = [&]<bool kResidual, bool kStream>() HWY_ATTR {
    forward_loop<kRows, kResidual, kStream, kAffine>(run, argument, function, end);
  };
  const bool residual = run.residual != nullptr;
  if (run.stream && reinterpret_cast<uintptr_t>(run.output) % kStreamBytes == 0 &&
      run.stride * sizeof(T) % kStreamBytes == 0) {
    residual ? loop.template operator()<true, true>() : loop.template operator()<false, true>();
  } else {
    residual ? loop.template operator()<true, false>() : loop.template operator()<false, false>();
  }
  return end;
}

template <int kRows, class F, class T, Affine kAffine>
HWY_INLINE void forward_run(const ForwardRun<T>& run, const Argument& argument, const F& function) {
  const int64_t done = forward_pairs<kRows, F, T, kAffine>(run, argument, function);
  const auto most = static_cast<int64_t>(lanes());
  constexpr bool kColumns = kAffine == Affine::kColumns;
  for (int r = 0; r < kRows; ++r) {
    const ForwardRun<T> row = run.from(r * run.stride);
    for (int64_t n = done; n < run.count; n += most) {
      const auto count = static_cast<size_t>(std::min(most, run.count - n));
      Lanes x = load_part(row.input + n, count);
      if (row.residual != nullptr) {
        store_part(hn::Add(x, load_part(row.residual + n, count)), row.sum + n, count);
        x = load_part(row.sum + n, count);
      }
      const Lanes weight = kColumns ? load_part(row.weight + n, count) : splat(*row.weight);
      const Lanes bias = kColumns ? load_part(row.bias + n, count) : splat(*row.bias);
      store_part(hn::MulAdd(weight, function.value(argument(x)), bias), row.output + n, count);
    }
  }
}

// Cuts the elements into pieces of kPieceElements, each piece at the borders of rows of `width`
// elements; run(row, column, element, count) for each run.
template <class Run>
void for_each_run(int64_t elements, int64_t width, const ParallelFor& parallel_for,
                  const Run& run) {
  parallel_for(internal::ceil_div(elements, internal::kPieceElements), [&](int64_t piece) {
    int64_t element = piece * internal::kPieceElements;
    const int64_t end = std::min(elements, element + internal::kPieceElements);
    while (element < end) {
      const int64_t column = element % width;
      const int64_t count = std::min(width - column, end - element);
      run(element / width, column, element, count);
      element += count;
    }
    hwy::FlushStream();
  });
}

// Two rows at a time, so that weight and bias come from a farther cache half as often.
template <class F, class T>
HWY_NOINLINE void forward_wide(const ForwardRun<T>& all, const Argument& argument,
                               const F& function, int64_t width, const ParallelFor& parallel_for) {
  const int64_t rows = all.count / width;
  parallel_for(internal::ceil_div(rows, 2), [&](int64_t piece) {
    ForwardRun<T> run = all.from(2 * piece * width);
    run.count = width;
    run.stride = width;
    if (2 * piece + 1 < rows) {
      forward_run<2, F, T, Affine::kColumns>(run, argument, function);
    } else {
      forward_run<1, F, T, Affine::kColumns>(run, argument, function);
    }
    hwy::FlushStream();
  });
}

template <class F, class T>
HWY_NOINLINE void forward_columns(const ForwardRun<T>& all, const Argument& argument,
                                  const F& function, int64_t width,
                                  const ParallelFor& parallel_for) {
  for_each_run(all.count, width, parallel_for,
               [&](int64_t, int64_t column, int64_t element, int64_t count) {
                 ForwardRun<T> run = all.from(element);
                 run.weight += column;
                 run.bias += column;
                 run.count = count;
                 forward_run<1, F, T, Affine::kColumns>(run, argument, function);
               });
}

template <class F, class T>
HWY_NOINLINE void forward_planes(const ForwardRun<T>& all, const Argument& argument,
                                 const F& function, const Shape& shape,
                                 const ParallelFor& parallel_for) {
  for_each_run(all.count, shape.inner, parallel_for,
               [&](int64_t plane, int64_t, int64_t element, int64_t count) {
                 ForwardRun<T> run = all.from(element);
                 run.weight += plane % shape.channels;
                 run.bias += plane % shape.channels;
                 run.count = count;
                 forward_run<1, F, T, Affine::kOne>(run, argument, function);
               });
}

template <class T, class F>
void forward_typed(const ForwardProblem& problem, const F& function,
                   const ParallelFor& parallel_for) {
  if (problem.shape.count() == 0) {
    return;
  }
  const DType type = parameter_type(problem);
  const Parameters& parameters = problem.parameters;
  const bool plain = parameters.weight == nullptr && parameters.bias == nullptr;
  // Without weight and bias an array is one plane.
  const Shape shape = plain ? Shape{1, 1, problem.shape.count()} : problem.shape;
  const bool columns = shape.inner == 1;
  const auto rows = internal::wide_rows(shape.outer, shape.channels);
  const int64_t repeats = columns ? rows.repeats : 1;
  const Columns weight(type, parameters.weight, shape.channels, repeats, 1);
  const Columns bias(type, parameters.bias, shape.channels, repeats, -0.0f);
  const Argument argument{splat(internal::scalar(type, parameters.alpha, 1)),
                          splat(internal::scalar(type, parameters.shift, -0.0f)),
                          parameters.shift != nullptr};
  const int64_t bytes = shape.count() * static_cast<int64_t>(sizeof(T));
  const ForwardRun<T> all{static_cast<const T*>(problem.input),
                          static_cast<const T*>(problem.residual),
                          static_cast<T*>(problem.sum),
                          static_cast<T*>(problem.output),
                          weight.data(),
                          bias.data(),
                          shape.count(),
                          problem.output != problem.input &&
                              internal::streams(bytes, problem.residual == nullptr ? 2 : 4)};
  if (columns && internal::pairs_rows(rows)) {
    forward_wide<F>(all, argument, function, rows.width, parallel_for);
  } else if (columns) {
    forward_columns<F>(all, argument, function, rows.width, parallel_for);
  } else {
    forward_planes<F>(all, argument, function, shape, parallel_for);
  }
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_POINTWISE_FORWARD_INL_H_

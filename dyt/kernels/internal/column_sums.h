// SPDX-License-Identifier: Apache-2.0
// Partial sums of the reduced gradients: one part for each piece of the problem, added in the order
// of the pieces.
#pragma once

#include <algorithm>

#include "dyt/kernels/internal/call.h"

namespace dyt::kernels::internal {

// Channels last: of each chunk of rows a sum for every column, for weight and bias, and the sums of
// alpha and shift. column_sums-inl.h adds them.
class ColumnSums {
 public:
  ColumnSums(int64_t chunks, int64_t width)
      : chunks_(chunks),
        width_(width),
        stride_(ceil_div(width, kLine) * kLine),
        columns_(chunks * 2 * stride_),
        scalars_(2 * static_cast<size_t>(chunks)) {}

  int64_t chunks() const { return chunks_; }
  int64_t width() const { return width_; }

  float* weight(int64_t chunk) const { return columns_.data() + chunk * 2 * stride_; }
  float* bias(int64_t chunk) const { return weight(chunk) + stride_; }
  int64_t chunk_stride() const { return 2 * stride_; }

  void clear(int64_t chunk) { std::fill_n(weight(chunk), 2 * stride_, 0.0f); }

  void set_scalars(int64_t chunk, double alpha, double shift) {
    scalars_[2 * chunk] = alpha;
    scalars_[2 * chunk + 1] = shift;
  }

  void store_scalars(DType type, void* grad_alpha, void* grad_shift) const {
    double alpha = 0, shift = 0;
    for (int64_t chunk = 0; chunk < chunks_; ++chunk) {
      alpha += scalars_[2 * chunk];
      shift += scalars_[2 * chunk + 1];
    }
    store_all(type, &alpha, 1, grad_alpha);
    store_all(type, &shift, 1, grad_shift);
  }

 private:
  static constexpr int64_t kLine = 32;  // floats: whole pairs of vectors
  int64_t chunks_, width_, stride_;
  Scratch<float> columns_;
  std::vector<double> scalars_;
};

// Channels first: of each run of elements within a plane and a piece the four sums.
class PlaneSums {
 public:
  explicit PlaneSums(const Shape& shape)
      : shape_(shape),
        runs_in_plane_(std::max<int64_t>(1, ceil_div(shape.inner, kPieceElements))),
        planes_in_piece_(std::max<int64_t>(1, kPieceElements / std::max<int64_t>(1, shape.inner))),
        sums_(static_cast<size_t>(planes() * runs_in_plane_)) {}

  int64_t pieces() const { return ceil_div(planes(), planes_in_piece_) * runs_in_plane_; }

  // run(plane, first element, count, add), which calls add(weight, bias, alpha, shift) once.
  template <class Run>
  void for_each_run(int64_t piece, const Run& run) {
    const int64_t part = piece % runs_in_plane_;
    const int64_t begin = part * kPieceElements;
    const int64_t count = std::min(kPieceElements, shape_.inner - begin);
    const int64_t first = piece / runs_in_plane_ * planes_in_piece_;
    for (int64_t plane = first; plane < std::min(planes(), first + planes_in_piece_); ++plane) {
      run(plane, plane * shape_.inner + begin, count,
          [&](double weight, double bias, double alpha, double shift) {
            sums_[plane * runs_in_plane_ + part] = {weight, bias, alpha, shift};
          });
    }
  }

  // store(type, sums, count, gradient) rounds to the parameters' type.
  template <class Store>
  void finish(const BackwardProblem& problem, const Store& store) const {
    const DType type = parameter_type(problem);
    std::vector<double> weight(shape_.channels), bias(shape_.channels);
    double alpha = 0, shift = 0;
    for (int64_t plane = 0; plane < planes(); ++plane) {
      for (int64_t part = 0; part < runs_in_plane_; ++part) {
        const Sums& sums = sums_[plane * runs_in_plane_ + part];
        weight[plane % shape_.channels] += sums.weight;
        bias[plane % shape_.channels] += sums.bias;
        alpha += sums.alpha;
        shift += sums.shift;
      }
    }
    store(type, &alpha, 1, problem.grad_alpha);
    store(type, &shift, 1, problem.grad_shift);
    store(type, weight.data(), shape_.channels, problem.grad_weight);
    store(type, bias.data(), shape_.channels, problem.grad_bias);
  }

 private:
  struct Sums {
    double weight = 0, bias = 0, alpha = 0, shift = 0;
  };

  int64_t planes() const { return shape_.outer * shape_.channels; }

  Shape shape_;
  int64_t runs_in_plane_, planes_in_piece_;
  std::vector<Sums> sums_;
};

}  // namespace dyt::kernels::internal

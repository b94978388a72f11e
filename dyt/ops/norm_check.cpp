// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/internal/norm_check.h"

#include <ATen/ops/empty.h>

#include <sstream>
#include <string>

#include "dyt/core/error.h"
#include "dyt/ops/internal/tensors.h"

namespace dyt::ops::internal {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;

template <class... Parts>
std::string sizes_text(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

core::Error wrong_norm_argument(std::string what, std::string expected, std::string found) {
  return core::Error(core::ErrorKind::kUsage, {.what = "dyt::norm: " + std::move(what),
                                               .expected = std::move(expected),
                                               .found = std::move(found)});
}

void check_norm_input(const Tensor& x) {
  const at::ScalarType type = x.scalar_type();
  if (type != at::kFloat && type != at::kDouble && type != at::kBFloat16 && type != at::kHalf) {
    throw wrong_norm_argument("type of x", "Float, Double, BFloat16 or Half", sizes_text(type));
  }
  if (x.dim() < 1) {
    throw wrong_norm_argument("shape of x", "at least one dimension", sizes_text(x.sym_sizes()));
  }
}

void check_norm_parameter(const Tensor& x, const OptionalTensor& tensor, const char* name) {
  if (!present(tensor)) {
    return;
  }
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  if (tensor->scalar_type() != x.scalar_type() &&
      !(narrow && tensor->scalar_type() == at::kFloat)) {
    throw wrong_norm_argument(sizes_text("type of ", name),
                              sizes_text(x.scalar_type(), " as x", narrow ? ", or Float" : ""),
                              sizes_text(tensor->scalar_type()));
  }
  if (tensor->device() != x.device()) {
    throw wrong_norm_argument(sizes_text("device of ", name), sizes_text(x.device(), " as x"),
                              sizes_text(tensor->device()));
  }
  if (tensor->dim() != 1 || tensor->sym_size(0) != x.sym_size(-1)) {
    throw wrong_norm_argument(sizes_text("shape of ", name),
                              sizes_text("[", x.sym_size(-1), "], the last of x"),
                              sizes_text(tensor->sym_sizes()));
  }
}

void check(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias) {
  check_norm_input(x);
  check_norm_parameter(x, weight, "weight");
  check_norm_parameter(x, bias, "bias");
  if (present(weight) && present(bias) && weight->scalar_type() != bias->scalar_type()) {
    throw wrong_norm_argument("type of bias", sizes_text(weight->scalar_type(), " as weight"),
                              sizes_text(bias->scalar_type()));
  }
}

void check_same(const Tensor& x, const Tensor& tensor, const char* name) {
  if (tensor.scalar_type() != x.scalar_type() || tensor.device() != x.device() ||
      tensor.sym_sizes() != x.sym_sizes()) {
    throw wrong_norm_argument(name, sizes_text("as x: ", x.scalar_type(), " ", x.sym_sizes()),
                              sizes_text(tensor.scalar_type(), " ", tensor.sym_sizes()));
  }
}

// Kernels take mean and rstd, and write gradients of the type of `parameter`, without looking.
void check_statistic(const Tensor& x, const Tensor& tensor, const char* name) {
  const auto sizes = x.sym_sizes().slice(0, x.dim() - 1);
  const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  if (tensor.scalar_type() != type || tensor.device() != x.device() ||
      tensor.sym_sizes() != sizes) {
    throw wrong_norm_argument(name, sizes_text(type, " ", sizes, " on ", x.device()),
                              sizes_text(tensor.scalar_type(), " ", tensor.sym_sizes()));
  }
}

void check_gradient_type(const Tensor& x, const OptionalTensor& weight, const Tensor& parameter) {
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  const at::ScalarType type = parameter.scalar_type();
  const bool fits = present(weight) ? type == weight->scalar_type()
                                    : type == x.scalar_type() || (narrow && type == at::kFloat);
  if (!fits || parameter.device() != x.device()) {
    throw wrong_norm_argument("parameter", sizes_text("type of weight or x, on ", x.device()),
                              sizes_text(type, " on ", parameter.device()));
  }
}

Tensor like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options()); }

// One number for each row, in the arithmetic type.
Tensor statistic(const Tensor& x) {
  const auto sizes = x.sym_sizes();
  const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  return at::empty_symint(sizes.slice(0, sizes.size() - 1), x.options().dtype(type));
}

}  // namespace

kernels::NormKind norm_kind(std::string_view kind) {
  if (kind != "layer_norm" && kind != "rms_norm") {
    throw wrong_norm_argument("kind", "layer_norm or rms_norm", std::string(kind));
  }
  return kind == "layer_norm" ? kernels::NormKind::kLayerNorm : kernels::NormKind::kRmsNorm;
}

Normalized norm_meta(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                     std::string_view kind, double) {
  norm_kind(kind);
  check(x, weight, bias);
  return {like(x), statistic(x), statistic(x)};
}

AddedNormalized norm_add_meta(const Tensor& x, const Tensor& residual, const OptionalTensor& weight,
                              const OptionalTensor& bias, std::string_view kind, double) {
  norm_kind(kind);
  check(x, weight, bias);
  check_same(x, residual, "residual");
  return {like(x), like(x), statistic(x), statistic(x)};
}

NormGradients norm_backward_meta(const Tensor& grad_output, const Tensor& x,
                                 const OptionalTensor& weight, const Tensor& mean,
                                 const Tensor& rstd, const Tensor& parameter, std::string_view kind,
                                 NormMask mask, const OptionalTensor& grad_sum) {
  norm_kind(kind);
  check(x, weight, {});
  check_same(x, grad_output, "grad_output");
  check_statistic(x, mean, "mean");
  check_statistic(x, rstd, "rstd");
  check_gradient_type(x, weight, parameter);
  if (present(grad_sum)) {
    check_same(x, *grad_sum, "grad_sum");
  }
  const auto per_channel = [&](bool wanted) {
    return wanted ? at::empty_symint({x.sym_size(-1)}, parameter.options()) : Tensor();
  };
  return {mask[0] ? like(x) : Tensor(), per_channel(mask[1]), per_channel(mask[2])};
}

}  // namespace dyt::ops::internal

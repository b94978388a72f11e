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
std::string text_of(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

core::Error wrong(std::string what, std::string expected, std::string found) {
  return core::Error(core::ErrorKind::kUsage, {.what = "dyt::norm: " + std::move(what),
                                               .expected = std::move(expected),
                                               .found = std::move(found)});
}

void check_x(const Tensor& x) {
  const at::ScalarType type = x.scalar_type();
  if (type != at::kFloat && type != at::kDouble && type != at::kBFloat16 && type != at::kHalf) {
    throw wrong("type of x", "Float, Double, BFloat16 or Half", text_of(type));
  }
  if (x.dim() < 1) {
    throw wrong("shape of x", "at least one dimension", text_of(x.sym_sizes()));
  }
}

void check_parameter(const Tensor& x, const OptionalTensor& tensor, const char* name) {
  if (!present(tensor)) {
    return;
  }
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  if (tensor->scalar_type() != x.scalar_type() &&
      !(narrow && tensor->scalar_type() == at::kFloat)) {
    throw wrong(text_of("type of ", name),
                text_of(x.scalar_type(), " as x", narrow ? ", or Float" : ""),
                text_of(tensor->scalar_type()));
  }
  if (tensor->device() != x.device()) {
    throw wrong(text_of("device of ", name), text_of(x.device(), " as x"),
                text_of(tensor->device()));
  }
  if (tensor->dim() != 1 || tensor->sym_size(0) != x.sym_size(-1)) {
    throw wrong(text_of("shape of ", name), text_of("[", x.sym_size(-1), "], the last of x"),
                text_of(tensor->sym_sizes()));
  }
}

void check(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias) {
  check_x(x);
  check_parameter(x, weight, "weight");
  check_parameter(x, bias, "bias");
  if (present(weight) && present(bias) && weight->scalar_type() != bias->scalar_type()) {
    throw wrong("type of bias", text_of(weight->scalar_type(), " as weight"),
                text_of(bias->scalar_type()));
  }
}

void check_same(const Tensor& x, const Tensor& tensor, const char* name) {
  if (tensor.scalar_type() != x.scalar_type() || tensor.device() != x.device() ||
      tensor.sym_sizes() != x.sym_sizes()) {
    throw wrong(name, text_of("as x: ", x.scalar_type(), " ", x.sym_sizes()),
                text_of(tensor.scalar_type(), " ", tensor.sym_sizes()));
  }
}

// Kernels take mean and rstd, and write gradients of the type of `parameter`, without looking.
void check_statistic(const Tensor& x, const Tensor& tensor, const char* name) {
  const auto sizes = x.sym_sizes().slice(0, x.dim() - 1);
  const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  if (tensor.scalar_type() != type || tensor.device() != x.device() ||
      tensor.sym_sizes() != sizes) {
    throw wrong(name, text_of(type, " ", sizes, " on ", x.device()),
                text_of(tensor.scalar_type(), " ", tensor.sym_sizes()));
  }
}

void check_gradient_type(const Tensor& x, const OptionalTensor& weight, const Tensor& parameter) {
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  const at::ScalarType type = parameter.scalar_type();
  const bool fits = present(weight) ? type == weight->scalar_type()
                                    : type == x.scalar_type() || (narrow && type == at::kFloat);
  if (!fits || parameter.device() != x.device()) {
    throw wrong("parameter", text_of("type of weight or x, on ", x.device()),
                text_of(type, " on ", parameter.device()));
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
    throw wrong("kind", "layer_norm or rms_norm", std::string(kind));
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

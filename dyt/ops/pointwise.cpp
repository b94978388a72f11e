// One file for the public functions, the schemas and the kernels for CPU and Meta: whoever calls
// pointwise() pulls the registration out of the static library with it.
#include "dyt/ops/pointwise.h"

#include <ATen/MemoryOverlap.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <string>

#include "dyt/core/error.h"
#include "dyt/kernels/pointwise.h"
#include "dyt/ops/internal/pointwise_autograd.h"
#include "dyt/ops/internal/pointwise_check.h"
#include "dyt/ops/internal/pointwise_double_backward.h"

namespace dyt::ops {
namespace {

using at::Tensor;
using internal::data_of;
using internal::data_to;
using internal::Gradients;
using internal::Mask;
using internal::OptionalTensor;
using internal::PointwiseArguments;
using internal::present;

// ---- CPU ----

kernels::Shape shape_of(const PointwiseArguments& arguments) {
  const int64_t channel_dim = internal::channel_dim_of(arguments);
  const at::IntArrayRef sizes = arguments.x.sizes();
  return {.outer = c10::multiply_integers(sizes.slice(0, channel_dim)),
          .channels = sizes[channel_dim],
          .inner = c10::multiply_integers(sizes.slice(channel_dim + 1))};
}

// Contiguous parameters and where they lie.
struct HeldParameters {
  HeldParameters(const PointwiseArguments& arguments, const OptionalTensor& bias)
      : alpha(arguments.alpha),
        shift(arguments.shift),
        weight(internal::contiguous(arguments.weight)),
        bias(internal::contiguous(bias)) {}

  kernels::Parameters pointers() const {
    return {.alpha = alpha.const_data_ptr(),
            .shift = data_of(shift),
            .weight = data_of(weight),
            .bias = data_of(bias),
            .dtype = internal::dtype_of(alpha)};
  }

  const Tensor alpha;
  const OptionalTensor shift, weight, bias;
};

// input, output, residual and sum are contiguous; the last two may be undefined.
void run_forward(const PointwiseArguments& arguments, const OptionalTensor& bias, bool exact,
                 const Tensor& input, const Tensor& output, const OptionalTensor& residual,
                 const Tensor& sum) {
  const kernels::FunctionRow& row = internal::check_arguments(arguments);
  internal::check_bias(arguments, bias);
  const HeldParameters parameters(arguments, bias);
  kernels::forward({.function = row.function,
                    .dtype = internal::dtype_of(arguments.x),
                    .shape = shape_of(arguments),
                    .input = input.const_data_ptr(),
                    .parameters = parameters.pointers(),
                    .output = output.mutable_data_ptr(),
                    .residual = data_of(residual),
                    .sum = data_to(sum),
                    .exact = exact},
                   internal::at_parallel_for());
}

Tensor fresh_like(const Tensor& x) { return at::empty(x.sizes(), x.options()); }

Tensor forward_cpu(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  const Tensor output = fresh_like(x);
  run_forward(arguments, bias, exact, x.contiguous(), output, {}, {});
  return output;
}

std::tuple<Tensor, Tensor> add_cpu(const Tensor& x, const Tensor& residual, const Tensor& alpha,
                                   const OptionalTensor& shift, const OptionalTensor& weight,
                                   const OptionalTensor& bias, std::string_view function,
                                   int64_t channel_dim, bool exact) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_same(arguments, residual, "residual");
  const Tensor output = fresh_like(x), sum = fresh_like(x);
  run_forward(arguments, bias, exact, x.contiguous(), output, residual.contiguous(), sum);
  return {output, sum};
}

// Whether the kernel may write into out itself: it reads an element of x just before it writes that
// element, so out may be x, but not lie across it, and not be x seen with other strides.
bool writes_directly(const Tensor& x, const Tensor& out) {
  const at::MemOverlapStatus overlap = at::get_overlap_status(x, out);
  return out.is_contiguous() && (overlap == at::MemOverlapStatus::Full ||
                                 overlap == at::MemOverlapStatus::No || !x.is_alias_of(out));
}

void out_cpu(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
             const OptionalTensor& weight, const OptionalTensor& bias, std::string_view function,
             int64_t channel_dim, bool exact, Tensor& out) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_same(arguments, out, "out");
  const bool direct = writes_directly(x, out);
  const Tensor output = direct ? out : fresh_like(x);
  run_forward(arguments, bias, exact, x.contiguous(), output, {}, {});
  if (!direct) {
    out.copy_(output);
  }
}

void in_place_cpu(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                  const OptionalTensor& weight, const OptionalTensor& bias,
                  std::string_view function, int64_t channel_dim, bool exact) {
  out_cpu(x, alpha, shift, weight, bias, function, channel_dim, exact, x);
}

// ---- ADInplaceOrView: versions, also where autograd is off (inference mode) ----

using BelowVersions = at::AutoDispatchBelowADInplaceOrView;

void out_version(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                 const OptionalTensor& weight, const OptionalTensor& bias,
                 std::string_view function, int64_t channel_dim, bool exact, Tensor& out) {
  {
    const BelowVersions guard;
    internal::call_out(x, alpha, shift, weight, bias, function, channel_dim, exact, out);
  }
  out.unsafeGetTensorImpl()->bump_version();
}

void in_place_version(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                      const OptionalTensor& weight, const OptionalTensor& bias,
                      std::string_view function, int64_t channel_dim, bool exact) {
  {
    const BelowVersions guard;
    internal::call_in_place(x, alpha, shift, weight, bias, function, channel_dim, exact);
  }
  x.unsafeGetTensorImpl()->bump_version();
}

// Empty tensors for the wanted gradients, undefined ones for the rest.
Gradients empty_gradients(const PointwiseArguments& arguments, const Mask& mask) {
  if ((mask[2] && !present(arguments.shift)) || (mask[3] && !present(arguments.weight))) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "dyt::pointwise_backward: gradient of an absent shift or weight"});
  }
  const auto like = [&](bool wanted, const OptionalTensor& tensor) {
    return wanted ? at::empty_symint(tensor->sym_sizes(), tensor->options()) : Tensor();
  };
  Tensor grad_bias;
  if (mask[4]) {
    const c10::SymInt channels = arguments.x.sym_size(arguments.channel_dim);
    grad_bias = at::empty_symint({channels}, arguments.alpha.options());
  }
  return {like(mask[0], arguments.x), like(mask[1], arguments.alpha),
          like(mask[2], arguments.shift), like(mask[3], arguments.weight), grad_bias};
}

void check_gradients(const PointwiseArguments& arguments, const Tensor& grad_output,
                     const OptionalTensor& grad_sum) {
  internal::check_same(arguments, grad_output, "grad_output");
  if (present(grad_sum)) {
    internal::check_same(arguments, *grad_sum, "grad_sum");
  }
}

Gradients backward_cpu(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                       const OptionalTensor& shift, const OptionalTensor& weight,
                       std::string_view function, int64_t channel_dim, Mask mask,
                       const OptionalTensor& grad_sum, bool exact) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  const kernels::FunctionRow& row = internal::check_arguments(arguments);
  check_gradients(arguments, grad_output, grad_sum);
  const Tensor grad = grad_output.contiguous();
  const Tensor input = x.contiguous();
  const OptionalTensor elsewhere = internal::contiguous(grad_sum);
  const HeldParameters parameters(arguments, {});
  Gradients gradients = empty_gradients(arguments, mask);
  kernels::backward({.function = row.function,
                     .dtype = internal::dtype_of(x),
                     .shape = shape_of(arguments),
                     .grad_output = grad.const_data_ptr(),
                     .input = input.const_data_ptr(),
                     .parameters = parameters.pointers(),
                     .grad_input = data_to(std::get<0>(gradients)),
                     .grad_alpha = data_to(std::get<1>(gradients)),
                     .grad_shift = data_to(std::get<2>(gradients)),
                     .grad_weight = data_to(std::get<3>(gradients)),
                     .grad_bias = data_to(std::get<4>(gradients)),
                     .grad_sum = data_of(elsewhere),
                     .exact = exact},
                    internal::at_parallel_for());
  return gradients;
}

// ---- Meta: shapes only ----

Tensor meta_like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options()); }

Tensor forward_meta(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                    const OptionalTensor& weight, const OptionalTensor& bias,
                    std::string_view function, int64_t channel_dim, bool) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_bias(arguments, bias);
  return meta_like(x);
}

std::tuple<Tensor, Tensor> add_meta(const Tensor& x, const Tensor& residual, const Tensor& alpha,
                                    const OptionalTensor& shift, const OptionalTensor& weight,
                                    const OptionalTensor& bias, std::string_view function,
                                    int64_t channel_dim, bool exact) {
  internal::check_same({x, alpha, shift, weight, function, channel_dim}, residual, "residual");
  return {forward_meta(x, alpha, shift, weight, bias, function, channel_dim, exact), meta_like(x)};
}

void out_meta(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
              const OptionalTensor& weight, const OptionalTensor& bias, std::string_view function,
              int64_t channel_dim, bool exact, Tensor& out) {
  forward_meta(x, alpha, shift, weight, bias, function, channel_dim, exact);
  internal::check_same({x, alpha, shift, weight, function, channel_dim}, out, "out");
}

void in_place_meta(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact) {
  out_meta(x, alpha, shift, weight, bias, function, channel_dim, exact, x);
}

Gradients backward_meta(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        std::string_view function, int64_t channel_dim, Mask mask,
                        const OptionalTensor& grad_sum, bool) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  check_gradients(arguments, grad_output, grad_sum);
  return empty_gradients(arguments, mask);
}

// ---- Registration ----

TORCH_LIBRARY(dyt, library) {
  const std::string parameters =
      "Tensor alpha, Tensor? shift, Tensor? weight, Tensor? bias, str function, int "
      "channel_dim=-1, bool exact=False";
  const std::string differentiated =
      "Tensor grad_output, Tensor x, Tensor alpha, Tensor? shift, Tensor? weight, str function, "
      "int channel_dim";
  const std::string five = "(Tensor, Tensor, Tensor, Tensor, Tensor)";
  const auto define = [&library](const std::string& schema) { library.def(schema.c_str()); };
  define("pointwise(Tensor x, " + parameters + ") -> Tensor");
  // Without a result: the compiler takes no custom operator whose result is its argument.
  define("pointwise_(Tensor(a!) x, " + parameters + ") -> ()");
  define("pointwise.out(Tensor x, " + parameters + ", *, Tensor(a!) out) -> ()");
  define("pointwise_add(Tensor x, Tensor residual, " + parameters + ") -> (Tensor, Tensor)");
  define("pointwise_backward(" + differentiated +
         ", bool[5] mask, Tensor? grad_sum=None, bool exact=False) -> " + five);
  define(
      "pointwise_double_backward(Tensor? tangent_x, Tensor? tangent_alpha, Tensor? tangent_shift, "
      "Tensor? tangent_weight, Tensor? tangent_bias, " +
      differentiated + ") -> " + five);
}

TORCH_LIBRARY_IMPL(dyt, CPU, library) {
  library.impl("pointwise", forward_cpu);
  library.impl("pointwise_", in_place_cpu);
  library.impl("pointwise.out", out_cpu);
  library.impl("pointwise_add", add_cpu);
  library.impl("pointwise_backward", backward_cpu);
  library.impl("pointwise_double_backward", internal::double_backward_cpu);
}

TORCH_LIBRARY_IMPL(dyt, Meta, library) {
  library.impl("pointwise", forward_meta);
  library.impl("pointwise_", in_place_meta);
  library.impl("pointwise.out", out_meta);
  library.impl("pointwise_add", add_meta);
  library.impl("pointwise_backward", backward_meta);
  library.impl("pointwise_double_backward", internal::double_backward_meta);
}

TORCH_LIBRARY_IMPL(dyt, ADInplaceOrView, library) {
  library.impl("pointwise_", in_place_version);
  library.impl("pointwise.out", out_version);
}

TORCH_LIBRARY_IMPL(dyt, Autograd, library) {
  library.impl("pointwise", internal::forward_autograd);
  library.impl("pointwise_", internal::in_place_autograd);
  library.impl("pointwise.out", internal::out_autograd);
  library.impl("pointwise_add", internal::add_autograd);
  library.impl("pointwise_backward", internal::backward_autograd);
  library.impl("pointwise_double_backward", internal::double_backward_autograd);
}

// Nothing for autocast: unregistered keys fall through, so x keeps its type and nothing is widened.

}  // namespace

Tensor pointwise(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                 const OptionalTensor& weight, const OptionalTensor& bias,
                 std::string_view function, int64_t channel_dim, bool exact) {
  return internal::call_forward(x, alpha, shift, weight, bias, function, channel_dim, exact);
}

std::tuple<Tensor, Tensor> pointwise_add(const Tensor& x, const Tensor& residual,
                                         const Tensor& alpha, const OptionalTensor& shift,
                                         const OptionalTensor& weight, const OptionalTensor& bias,
                                         std::string_view function, int64_t channel_dim,
                                         bool exact) {
  return internal::call_add(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
}

Tensor& pointwise_(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact) {
  internal::call_in_place(x, alpha, shift, weight, bias, function, channel_dim, exact);
  return x;
}

}  // namespace dyt::ops

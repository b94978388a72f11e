// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/ops_contenders.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <algorithm>
#include <memory>

#include "dyt/core/lookup.h"
#include "dyt/kernels/cache.h"
#include "dyt/kernels/pointwise.h"
#include "dyt/ops/device.h"
#include "dyt/ops/internal/tensors.h"
#include "dyt/ops/norm.h"
#include "dyt/ops/pointwise.h"

namespace dyt::bench {
namespace {

// What all contenders of a case work on.
struct Data {
  std::vector<at::Tensor> inputs, grads, residuals;  // one, or several in turn (cold)
  at::Tensor alpha, weight, bias;
  size_t turn = 0;

  size_t next() { return turn = (turn + 1) % inputs.size(); }
};

at::ScalarType type_of(const std::string& dtype) {
  if (dtype == "float64") {
    return at::kDouble;
  }
  if (dtype == "bfloat16") {
    return at::kBFloat16;
  }
  return dtype == "float16" ? at::kHalf : at::kFloat;
}

std::shared_ptr<Data> make_data(const OpsCase& wanted) {
  auto data = std::make_shared<Data>();
  const auto options = at::TensorOptions().dtype(type_of(wanted.dtype)).device(wanted.device);
  const bool training = wanted.pass == "training";
  const int64_t buffers = buffers_of(wanted);
  torch::manual_seed(0);
  const auto random = [&] {
    return torch::randn({wanted.shape.rows, wanted.shape.channels})
        .to(wanted.device, type_of(wanted.dtype));
  };
  for (int64_t n = 0; n < buffers; ++n) {
    data->inputs.push_back(random().set_requires_grad(training));
    data->grads.push_back(training ? random() : at::Tensor());
    data->residuals.push_back(wanted.pass == "add" ? random() : at::Tensor());
  }
  data->alpha = torch::full({1}, 0.5, options).set_requires_grad(training);
  data->weight = torch::ones({wanted.shape.channels}, options).set_requires_grad(training);
  data->bias = torch::zeros({wanted.shape.channels}, options).set_requires_grad(training);
  return data;
}

using Result = std::function<at::Tensor(Data&, size_t)>;

Contender on_device(const std::string& name, const OpsCase& wanted, std::function<void()> call) {
  return clocked(name, std::move(call), [device = wanted.device] { ops::synchronize(device); });
}

// A contender that maps x, and in the pass `add` x + residual, to y.
Contender by_autograd(const std::string& name, const OpsCase& wanted, std::shared_ptr<Data> data,
                      std::vector<at::Tensor> parameters, Result result) {
  if (wanted.pass != "training") {
    return on_device(name, wanted, [data, result] {
      const at::NoGradGuard no_grad;
      result(*data, data->next());
    });
  }
  return on_device(name, wanted, [data, result, parameters] {
    const size_t n = data->next();
    std::vector<at::Tensor> inputs = parameters;
    inputs.push_back(data->inputs[n]);
    torch::autograd::grad({result(*data, n)}, inputs, {data->grads[n]});
  });
}

at::Tensor summed(const OpsCase& wanted, Data& data, size_t n) {
  return wanted.pass == "add" ? data.inputs[n] + data.residuals[n] : data.inputs[n];
}

// The kernels without LibTorch around them, writing into memory of their own.
struct Bare {
  std::shared_ptr<Data> data;
  at::Tensor output, sum, grad_alpha, grad_weight, grad_bias;
  kernels::Function function;
  bool training, add;

  kernels::ForwardProblem forward(size_t n) const {
    const at::Tensor& x = data->inputs[n];
    return {.function = function,
            .dtype = ops::internal::dtype_of(x),
            .shape = {x.size(0), x.size(1)},
            .input = x.const_data_ptr(),
            .parameters = parameters(),
            .output = output.mutable_data_ptr(),
            .residual = add ? data->residuals[n].const_data_ptr() : nullptr,
            .sum = add ? sum.mutable_data_ptr() : nullptr};
  }
  kernels::BackwardProblem backward(size_t n) const {
    const at::Tensor& x = data->inputs[n];
    return {.function = function,
            .dtype = ops::internal::dtype_of(x),
            .shape = {x.size(0), x.size(1)},
            .grad_output = data->grads[n].const_data_ptr(),
            .input = x.const_data_ptr(),
            .parameters = parameters(),
            .grad_input = sum.mutable_data_ptr(),
            .grad_alpha = grad_alpha.mutable_data_ptr(),
            .grad_weight = grad_weight.mutable_data_ptr(),
            .grad_bias = grad_bias.mutable_data_ptr()};
  }
  kernels::Parameters parameters() const {
    return {.alpha = data->alpha.const_data_ptr(),
            .weight = data->weight.const_data_ptr(),
            .bias = data->bias.const_data_ptr()};
  }
};

void add_implementations(const OpsCase& wanted, const std::shared_ptr<Data>& data,
                         kernels::Function function, std::vector<Contender>& contenders) {
  auto bare = std::make_shared<Bare>(
      Bare{data, at::empty_like(data->inputs[0]).detach(), at::empty_like(data->inputs[0]).detach(),
           at::empty_like(data->alpha).detach(), at::empty_like(data->weight).detach(),
           at::empty_like(data->bias).detach(), function, wanted.pass == "training",
           wanted.pass == "add"});
  for (const auto& forward : kernels::forward_implementations()) {
    const auto backwards = kernels::backward_implementations();
    const auto backward = std::ranges::find(
        backwards, forward.name, &kernels::Implementation<kernels::BackwardProblem>::name);
    const bool both =
        backward != backwards.end() && (!bare->training || backward->accepts(bare->backward(0)));
    if (!forward.accepts(bare->forward(0)) || !both) {
      continue;
    }
    contenders.push_back(
        clocked("kernel " + std::string(forward.name), [bare, forward, backward = *backward] {
          const size_t n = bare->data->next();
          forward.run(bare->forward(n), ops::internal::at_parallel_for());
          if (bare->training) {
            backward.run(bare->backward(n), ops::internal::at_parallel_for());
          }
        }));
  }
}

}  // namespace

int64_t buffers_of(const OpsCase& wanted) {
  constexpr int64_t kMost = int64_t{512} << 20;
  const int64_t cold = std::min(4 * kernels::last_level_cache_bytes(), kMost);
  const auto width = static_cast<int64_t>(c10::elementSize(type_of(wanted.dtype)));
  const int64_t bytes = wanted.shape.rows * wanted.shape.channels * width;
  return wanted.cache == "cold" ? 1 + cold / bytes : 1;
}

std::vector<Contender> ops_contenders(const OpsCase& wanted) {
  const auto data = make_data(wanted);
  const std::span<const kernels::FunctionRow> rows(kernels::kFunctions);
  const kernels::FunctionRow& row = core::find_row(rows, wanted.function, "point-wise function");
  const auto& [alpha, weight, bias] = std::tie(data->alpha, data->weight, data->bias);
  std::vector<Contender> contenders;
  contenders.push_back(on_device(kCopy, wanted, [data] {
    const at::NoGradGuard no_grad;
    data->inputs[data->next()].clone();
  }));
  const auto add = [&](const char* name, std::vector<at::Tensor> parameters, Result result) {
    contenders.push_back(by_autograd(name, wanted, data, std::move(parameters), std::move(result)));
  };
  const bool residual = wanted.pass == "add";
  add(kOurs, {alpha, weight, bias}, [wanted, residual](Data& d, size_t n) {
    return residual ? std::get<0>(ops::pointwise_add(d.inputs[n], d.residuals[n], d.alpha, {},
                                                     d.weight, d.bias, wanted.function))
                    : ops::pointwise(d.inputs[n], d.alpha, {}, d.weight, d.bias, wanted.function);
  });
  add("layer_norm", {weight, bias}, [residual](Data& d, size_t n) {
    return residual ? std::get<0>(ops::norm_add(d.inputs[n], d.residuals[n], d.weight, d.bias,
                                                "layer_norm", kNormEps))
                    : ops::norm(d.inputs[n], d.weight, d.bias, "layer_norm", kNormEps);
  });
  add("rms_norm", {weight}, [residual](Data& d, size_t n) {
    return residual ? std::get<0>(ops::norm_add(d.inputs[n], d.residuals[n], d.weight, {},
                                                "rms_norm", kNormEps))
                    : ops::norm(d.inputs[n], d.weight, {}, "rms_norm", kNormEps);
  });
  add("torch layer_norm", {weight, bias}, [wanted](Data& d, size_t n) {
    return at::layer_norm(summed(wanted, d, n), {wanted.shape.channels}, d.weight, d.bias,
                          kNormEps);
  });
  add("torch rms_norm", {weight}, [wanted](Data& d, size_t n) {
    return at::rms_norm(summed(wanted, d, n), {wanted.shape.channels}, d.weight, kNormEps);
  });
  if (row.function == kernels::Function::kTanh) {
    add("eager dyt", {alpha, weight, bias}, [wanted](Data& d, size_t n) {
      return torch::tanh(summed(wanted, d, n) * d.alpha) * d.weight + d.bias;
    });
  }
  if (wanted.implementations && wanted.device.is_cpu()) {
    add_implementations(wanted, data, row.function, contenders);
  }
  return contenders;
}

}  // namespace dyt::bench

// SPDX-License-Identifier: Apache-2.0
// What dyt::pointwise computes in C++, for Python to compute again and compare bit for bit:
//
//   pointwise_bits FILE.safetensors
//
// writes one group of tensors for each case, named
// "<function>/<dtype>/<shape>/<channel_dim>/<tensor>": the inputs x, alpha, grad_output and those
// of shift, weight, bias that the case has, then output and the gradients of all inputs,
// grad_<input>.
#include <iostream>
#include <limits>

#include "dyt/io/tensor_file.h"
#include "dyt/kernels/functions.h"
#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

struct TypeRow {
  at::ScalarType type;
  const char* name;  // as torch names it in Python
};
constexpr TypeRow kTypeRows[] = {{at::kFloat, "float32"},
                                 {at::kDouble, "float64"},
                                 {at::kBFloat16, "bfloat16"},
                                 {at::kHalf, "float16"}};

struct ShapeRow {
  std::vector<int64_t> sizes;
  int64_t channel_dim;
  int present;  // bit 0 shift, bit 1 weight, bit 2 bias
};
// Enough elements in the third for several threads to share.
const ShapeRow kShapeRows[] = {{{3, 5, 7}, -1, 0}, {{2, 6, 3, 5}, 1, 7}, {{129, 513}, -1, 6}};

// NaN, infinities, zeros of both signs, subnormal and huge numbers.
at::Tensor special_values(at::ScalarType type) {
  const double infinity = std::numeric_limits<double>::infinity();
  return torch::tensor({std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, 0.0, -0.0,
                        1e-40, -1e-40, 1e30},
                       torch::kDouble)
      .to(type)
      .reshape({2, 4});
}

// Runs forward and backward on inputs that need gradients; adds all tensors under the case's name.
void add_case(const std::string& name, PointwiseInputs in, const std::string& function,
              io::NamedTensors& tensors) {
  std::vector<std::pair<std::string, at::Tensor>> inputs = {{"x", in.x}, {"alpha", in.alpha}};
  for (const auto& [input, tensor] :
       {std::pair{"shift", in.shift}, {"weight", in.weight}, {"bias", in.bias}}) {
    if (tensor) {
      inputs.emplace_back(input, *tensor);
    }
  }
  for (auto& [input, tensor] : inputs) {
    tensor.set_requires_grad(true);
    tensors.emplace_back(name + input, tensor);
  }
  const at::Tensor output = operator_output(in, function);
  const at::Tensor grad_output = torch::cos(output.detach().nan_to_num() * 3);
  output.backward(grad_output);
  tensors.emplace_back(name + "grad_output", grad_output);
  tensors.emplace_back(name + "output", output);
  for (const auto& [input, tensor] : inputs) {
    tensors.emplace_back(name + "grad_" + input, tensor.grad());
  }
}

std::string case_name(std::string_view function, const TypeRow& type, at::IntArrayRef sizes,
                      int64_t channel_dim) {
  std::string name = std::string(function) + "/" + type.name + "/";
  for (const int64_t size : sizes) {
    name += std::to_string(size) + "x";
  }
  name.back() = '/';
  return name + std::to_string(channel_dim) + "/";
}

io::NamedTensors all_cases() {
  io::NamedTensors tensors;
  for (const kernels::FunctionRow& row : kernels::kFunctions) {
    const std::string function(row.name);
    for (const TypeRow& type : kTypeRows) {
      for (const ShapeRow& shape : kShapeRows) {
        add_case(case_name(function, type, shape.sizes, shape.channel_dim),
                 make_inputs(shape.sizes, shape.channel_dim, shape.present, type.type), function,
                 tensors);
      }
      PointwiseInputs special = make_inputs({2, 4}, -1, 0, type.type);
      special.x = special_values(type.type);
      add_case(case_name(function, type, {2, 4}, -1), special, function, tensors);
    }
  }
  return tensors;
}

}  // namespace
}  // namespace dyt::ops::test

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: pointwise_bits FILE.safetensors\n";
    return 2;
  }
  try {
    dyt::io::save_tensors(arguments[1], dyt::ops::test::all_cases());
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}

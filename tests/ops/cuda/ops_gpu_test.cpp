// SPDX-License-Identifier: Apache-2.0
// The operators on CUDA tensors against the same on the CPU: values, gradients, in place, residual
// form, norms, strides, streams.
#include <ATen/ATen.h>
#include <c10/cuda/CUDAStream.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "dyt/ops/load_cuda.h"
#include "dyt/ops/norm.h"
#include "dyt/ops/pointwise.h"

namespace dyt::ops {
namespace {

using at::Tensor;

class OpsGpu : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const CudaSupport& cuda = load_cuda(); !cuda.why_not.empty()) {
      GTEST_SKIP() << cuda.why_not;
    }
    at::manual_seed(1);
  }
};

const at::ScalarType kTypes[] = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

bool is_narrow(at::ScalarType type) { return type == at::kBFloat16 || type == at::kHalf; }

double tolerance(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return 1e-12;
    case at::kBFloat16:
      return 2e-2;
    case at::kHalf:
      return 3e-3;
    default:
      return 1e-5;
  }
}

void expect_close(const Tensor& cuda, const Tensor& cpu) {
  const double most = tolerance(cpu.scalar_type());
  const Tensor found = cuda.cpu().to(at::kDouble), expected = cpu.to(at::kDouble);
  EXPECT_TRUE(cuda.is_cuda());
  EXPECT_TRUE(at::allclose(found, expected, most, most)) << (found - expected).abs().max();
}

struct Inputs {
  Tensor x, alpha, shift, weight, bias;

  static Inputs random(at::ScalarType type) {
    const auto make = [type](at::IntArrayRef shape) { return at::randn(shape).to(type); };
    return {make({7, 5, 64}), make({1}), make({1}), make({64}), make({64})};
  }
  Inputs on(at::Device device) const {
    const auto move = [device](const Tensor& tensor) {
      return tensor.to(device).detach().requires_grad_();
    };
    return {move(x), move(alpha), move(shift), move(weight), move(bias)};
  }
  std::vector<Tensor> all() const { return {x, alpha, shift, weight, bias}; }
};

Tensor result_of(const Inputs& in, bool add) {
  if (!add) {
    return pointwise(in.x, in.alpha, in.shift, in.weight, in.bias, "tanh");
  }
  const auto [y, sum] =
      pointwise_add(in.x, in.x * 0.5, in.alpha, in.shift, in.weight, in.bias, "tanh");
  return y + 0.1 * sum;
}

// Gradients of x and the parameters, and the result.
std::vector<Tensor> gradients_of(const Inputs& in, bool add) {
  const Tensor y = result_of(in, add);
  std::vector<Tensor> results = torch::autograd::grad({(y * y).sum()}, in.all());
  results.push_back(y.detach());
  return results;
}

TEST_F(OpsGpu, PointwiseAndItsGradients) {
  for (const at::ScalarType type : kTypes) {
    const Inputs inputs = Inputs::random(type);
    for (const bool add : {false, true}) {
      SCOPED_TRACE(c10::toString(type));
      const auto cpu = gradients_of(inputs.on(at::kCPU), add);
      const auto cuda = gradients_of(inputs.on(at::kCUDA), add);
      expect_close(cuda.front(), cpu.front());
      expect_close(cuda.back(), cpu.back());
      // Sums of 16-bit results differ by the rounding of their terms; kernels_gpu holds them to
      // bounds.
      for (size_t n = 1; n + 1 < cpu.size() && !is_narrow(type); ++n) {
        expect_close(cuda[n], cpu[n]);
      }
    }
  }
}

TEST_F(OpsGpu, SecondDerivative) {
  const Inputs inputs = Inputs::random(at::kDouble);
  const auto second = [&](at::Device device) {
    const Inputs in = inputs.on(device);
    const Tensor first =
        torch::autograd::grad({result_of(in, false).sum()}, {in.x}, {}, true, true)[0];
    return torch::autograd::grad({(first * first).sum()}, {in.x})[0];
  };
  expect_close(second(at::kCUDA), second(at::kCPU));
}

TEST_F(OpsGpu, InPlaceStridesAndChannelsFirst) {
  const Tensor x = at::randn({2, 6, 3, 5}), alpha = at::full({1}, 0.5);
  Tensor strided = x.cuda().transpose(1, 3);
  pointwise_(strided, alpha.cuda(), {}, {}, {}, "erf");
  expect_close(strided.transpose(1, 3), at::erf(0.5 * x));
  const Tensor weight = at::randn({6});
  expect_close(pointwise(x.cuda(), alpha.cuda(), {}, weight.cuda(), {}, "isru", 1),
               pointwise(x, alpha, {}, weight, {}, "isru", 1));
}

TEST_F(OpsGpu, Norms) {
  for (const at::ScalarType type : kTypes) {
    for (const char* kind : {"layer_norm", "rms_norm"}) {
      SCOPED_TRACE(std::string(kind) + " " + c10::toString(type));
      const Tensor x = at::randn({9, 200}).to(type), weight = at::randn({200}).to(type);
      const auto run = [&](at::Device device) {
        const Tensor in = x.to(device).detach().requires_grad_();
        const Tensor scale = weight.to(device).detach().requires_grad_();
        const auto [y, sum] = norm_add(in, in, scale, {}, kind, 1e-5);
        auto results = torch::autograd::grad({(y * y).sum() + sum.sum()}, {in, scale});
        results.push_back(y.detach());
        return results;
      };
      const auto cpu = run(at::kCPU), cuda = run(at::kCUDA);
      for (size_t n = is_narrow(type) ? 2 : 0; n < cpu.size(); ++n) {
        expect_close(cuda[n], cpu[n]);
      }
    }
  }
}

TEST_F(OpsGpu, CurrentStream) {
  const auto stream = c10::cuda::getStreamFromPool();
  const Tensor x = at::randn({1 << 20}).cuda(), alpha = at::ones({1}).cuda();
  c10::cuda::getDefaultCUDAStream().synchronize();
  c10::cuda::setCurrentCUDAStream(stream);
  const Tensor y = pointwise(x * 2, alpha, {}, {}, {}, "tanh");
  stream.synchronize();
  c10::cuda::setCurrentCUDAStream(c10::cuda::getDefaultCUDAStream());
  expect_close(y, at::tanh(2 * x.cpu()));
}

}  // namespace
}  // namespace dyt::ops

// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/conv.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/zeros.h>

namespace dyt::nn {

Conv2d::Conv2d(const Conv2dOptions& conv, const at::TensorOptions& options)
    : conv_(conv),
      weight_(register_parameter(
          "weight",
          at::zeros({conv.out_channels, conv.in_channels / conv.groups, conv.kernel, conv.kernel},
                    options))) {
  if (conv.bias) {
    bias_ = register_parameter("bias", at::zeros({conv.out_channels}, options));
  }
}

at::Tensor Conv2d::forward(const at::Tensor& images) const {
  return at::conv2d(images, weight_, bias_, conv_.stride, conv_.padding, /*dilation=*/1,
                    conv_.groups);
}

}  // namespace dyt::nn

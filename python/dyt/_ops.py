# SPDX-License-Identifier: Apache-2.0
"""The operators of torch.ops.dyt with names, defaults and words."""
from typing import Optional

import torch
from torch import Tensor


def pointwise(x: Tensor, alpha: Tensor, shift: Optional[Tensor] = None, weight: Optional[Tensor] = None,
              bias: Optional[Tensor] = None, function: str = "tanh", channel_dim: int = -1) -> Tensor:
    """weight * f(alpha * x + shift) + bias, element by element: what stands in the place of a norm.

    x         any shape that has a dimension of C channels
    alpha     shape (1)
    shift     shape (1), or None
    weight    shape (C), or None
    bias      shape (C), or None
    function  f: "tanh" (Dynamic Tanh), "erf" (Derf) or another name of the table in docs/kernels.md
    channel_dim  the dimension of x that weight and bias belong to

    x is float32, float64, bfloat16 or float16; the parameters are all of its dtype or, beside 16 bits, all of
    float32. All tensors are on one device. What is None is skipped, not added as 0. The result is fresh and
    contiguous, in the shape and dtype of x; autocast changes nothing. First and second derivatives flow to x and
    to every parameter; a third is refused, and so are the transforms grad and jvp of torch.func. It can be
    compiled (torch.compile with fullgraph=True, dynamic shapes) and exported.

    RuntimeError names the argument, what was expected and what was found: an unknown function, a wrong
    shape, dtype, device or channel_dim.
    """
    return torch.ops.dyt.pointwise(x, alpha, shift, weight, bias, function, channel_dim)

# SPDX-License-Identifier: Apache-2.0
"""Transformers without normalization layers: the operators of dyt on PyTorch tensors.

    import dyt
    y = dyt.pointwise(x, alpha, weight=weight, bias=bias)    # Dynamic Tanh, channels last

Importing loads libdyt.so, which registers torch.ops.dyt.*: $DYT_LIBRARY, else the build of the clone that
this package lies in, else the library that it was installed with. C++ and Python call the same kernels and
get the same bits.
"""
from dyt._library import load as _load

library_path = _load()

from dyt._ops import pointwise  # noqa: E402  (the operators are there once the library is loaded)

__all__ = ["library_path", "pointwise"]

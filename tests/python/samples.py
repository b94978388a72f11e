# SPDX-License-Identifier: Apache-2.0
"""Samples: what the tests run on. A new operator is a row of SAMPLES, a new function a row of FUNCTIONS; dtypes
are found by trying.
"""
import dataclasses
import math
from typing import Callable

import torch

FUNCTIONS = {  # f of alpha * x + shift, in PyTorch's own operators
    "tanh": torch.tanh,
    "erf": torch.erf,
    "isru": lambda u: u / torch.sqrt(1 + u * u),
    "linear_clip": lambda u: torch.clamp(u, -1, 1),
    "sigmoid": torch.sigmoid,
    "arctan": lambda u: torch.atan(u) * (2 / math.pi),
    "satursin": lambda u: torch.sin(torch.clamp(u, -math.pi / 2, math.pi / 2)),
    "smoothsign": lambda u: u / (1 + u.abs()),
    "relsign": lambda u: u / (1 + torch.sqrt(1 + u * u)),
    "expsign": lambda u: -u.sign() * torch.expm1(-u.abs()),
    "exproot": lambda u: -u.sign() * torch.expm1(-torch.sqrt(u.abs())),
    "cubsign": lambda u: u**3 / (1 + u.abs() ** 3),
    "saturlog": lambda u: u.sign() * torch.log1p(u.abs()) / (1 + torch.log1p(u.abs())),
    "logsign_clip": lambda u: torch.clamp(u.sign() * torch.log1p(u.abs()), -1, 1),
    "logquad_clip": lambda u: torch.clamp(u.sign() * torch.log1p(u * u), -1, 1),
    "power23_clip": lambda u: torch.clamp(u.sign() * u.abs() ** (2 / 3), -1, 1),
}


def _is_supported(dtype):
    try:
        torch.ops.dyt.pointwise(torch.ones(1, dtype=dtype), torch.ones(1, dtype=dtype), None, None, None, "tanh")
    except RuntimeError:
        return False
    return True


DTYPES = [dtype for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float16) if _is_supported(dtype)]


@dataclasses.dataclass
class Problem:
    """Arguments of dyt.pointwise, in its order."""
    x: torch.Tensor
    alpha: torch.Tensor
    shift: torch.Tensor | None
    weight: torch.Tensor | None
    bias: torch.Tensor | None
    function: str
    channel_dim: int

    def arguments(self):
        return tuple(getattr(self, field.name) for field in dataclasses.fields(self))

    def to(self, dtype):
        """The same values in another dtype, as leaves that need gradients."""
        return Problem(*(value.detach().to(dtype).requires_grad_() if isinstance(value, torch.Tensor) else value
                         for value in self.arguments()))

    def expression(self):
        """The same in PyTorch's own operators."""
        shape = [1] * self.x.dim()
        shape[self.channel_dim] = -1
        u = self.alpha * self.x
        y = FUNCTIONS[self.function](u if self.shift is None else u + self.shift)
        y = y if self.weight is None else self.weight.view(shape) * y
        return y if self.bias is None else y + self.bias.view(shape)


# Where a function is clipped, or its slope has a jump or is infinite.
KINKS = [0.0] + [sign * kink for kink in (1.0, math.sqrt(math.e - 1), math.pi / 2, math.e - 1) for sign in (-1, 1)]


def _keep_off(u, distance=1e-2):
    """u, but nothing nearer to a kink: finite differences would step over it."""
    for kink in KINKS:
        u = torch.where((u - kink).abs() < distance, kink + 2 * distance, u)
    return u


def problem(function="tanh", shape=(3, 4), channel_dim=-1, parameters=("shift", "weight", "bias"),
            dtype=torch.float32, requires_grad=True):
    """The same numbers at every call; `parameters` names those that are not None."""
    random = torch.Generator().manual_seed(5)

    def tensor(values):
        return values.to(dtype).requires_grad_(requires_grad)

    def parameter(name, *size):
        values = torch.randn(size, generator=random, dtype=torch.float64)
        return tensor(values) if name in parameters else None

    alpha, shift = torch.tensor([0.75], dtype=torch.float64), torch.tensor([-0.25], dtype=torch.float64)
    u = _keep_off(1.5 * torch.randn(shape, generator=random, dtype=torch.float64))
    x = (u - shift if "shift" in parameters else u) / alpha
    channels = shape[channel_dim]
    return Problem(tensor(x), tensor(alpha), tensor(shift) if "shift" in parameters else None,
                   parameter("weight", channels), parameter("bias", channels), function, channel_dim)


def _pointwise():
    for function in FUNCTIONS:
        for dtype in DTYPES:
            yield problem(function, dtype=dtype).arguments()
    yield problem(parameters=()).arguments()
    yield problem("erf", (2, 3, 5), 1, ("shift", "weight")).arguments()
    yield problem(shape=(0, 4)).arguments()
    yield problem(requires_grad=False).arguments()


def _pointwise_backward():
    for function in FUNCTIONS:
        given = problem(function, requires_grad=False)
        yield (torch.ones_like(given.x), *given.arguments()[:4], function, -1, [True] * 5)
    given = problem("erf", (2, 3, 5), 1, (), requires_grad=False)
    yield (torch.ones_like(given.x), *given.arguments()[:4], "erf", 1, [True, False, False, False, True])


def _residual(x):
    return torch.linspace(-1, 1, x.numel(), dtype=torch.float64).view(x.shape).to(x.dtype)


def _pointwise_add():
    for dtype in DTYPES:
        given = problem(dtype=dtype)
        yield (given.x, _residual(given.x), *given.arguments()[1:])
    given = problem("erf", (2, 3, 5), 1, ())
    yield (given.x, _residual(given.x).requires_grad_(), *given.arguments()[1:])


def _pointwise_in_place():  # refuses where a gradient is wanted
    for dtype in DTYPES:
        yield problem(dtype=dtype, requires_grad=False).arguments()


def _pointwise_add_in_place():
    for dtype in DTYPES:
        given = problem(dtype=dtype, requires_grad=False)
        yield (given.x, _residual(given.x), *given.arguments()[1:])


def _pointwise_double_backward():
    for parameters in ((), ("shift", "weight", "bias")):
        given = problem("erf", (2, 3, 5), 1, parameters, torch.float64, requires_grad=False)
        tangents = [None if value is None else torch.ones_like(value) for value in given.arguments()[:5]]
        yield (*tangents, torch.ones_like(given.x), *given.arguments()[:4], "erf", 1)


def _norm_inputs(dtype=torch.float32, parameters=("weight", "bias"), requires_grad=True):
    given = problem(shape=(3, 5), parameters=parameters, dtype=dtype, requires_grad=requires_grad)
    return given.x, given.weight, given.bias


def _norm():
    for kind in ("layer_norm", "rms_norm"):
        for dtype in DTYPES:
            yield (*_norm_inputs(dtype), kind, 1e-6)
        yield (*_norm_inputs(parameters=()), kind, 1e-6)


def _norm_add():
    for kind in ("layer_norm", "rms_norm"):
        x, weight, bias = _norm_inputs()
        yield (x, _residual(x).requires_grad_(), weight, bias, kind, 1e-6)


def _norm_backward():
    for kind in ("layer_norm", "rms_norm"):
        x, weight, bias = _norm_inputs(requires_grad=False)
        _, mean, rstd = torch.ops.dyt.norm(x, weight, bias, kind, 1e-6)
        yield (torch.ones_like(x), x, weight, mean, rstd, weight, kind, [True] * 3)


# Name of an operator's overload -> argument tuples to call it with.
SAMPLES: dict[str, Callable] = {
    "dyt::pointwise": _pointwise,
    "dyt::pointwise_": _pointwise_in_place,
    "dyt::pointwise.out": None,  # has an argument of its own: see operators_test.py
    "dyt::pointwise_add": _pointwise_add,
    "dyt::pointwise_add_": _pointwise_add_in_place,
    "dyt::pointwise_backward": _pointwise_backward,
    "dyt::pointwise_double_backward": _pointwise_double_backward,
    "dyt::norm": _norm,
    "dyt::norm_add": _norm_add,
    "dyt::norm_backward": _norm_backward,
}

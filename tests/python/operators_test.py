# SPDX-License-Identifier: Apache-2.0
"""Every registered operator passes torch.library.opcheck; values, gradients, autocast."""
import pytest
import torch
import torch.utils.checkpoint

import dyt
from samples import DTYPES, FUNCTIONS, SAMPLES, problem


def operator(name):
    packet, _, overload = name.removeprefix("dyt::").partition(".")
    return getattr(getattr(torch.ops.dyt, packet), overload or "default")


def test_every_operator_has_samples():
    registered = {name for name in torch._C._dispatch_get_all_op_names() if name.startswith("dyt::")}
    assert registered == set(SAMPLES), "tests/python/samples.py: one row of SAMPLES for each operator"


def test_all_four_dtypes_are_supported():
    assert {torch.float32, torch.float64, torch.bfloat16, torch.float16} == set(DTYPES)


@pytest.mark.parametrize("name", [name for name, samples in SAMPLES.items() if samples])
def test_opcheck(name):
    for number, arguments in enumerate(SAMPLES[name]()):
        results = torch.library.opcheck(operator(name), arguments)
        assert len(results) == 4 and set(results.values()) == {"SUCCESS"}, f"sample {number}: {results}"


def test_opcheck_of_the_out_overload():
    given = problem(requires_grad=False)
    results = torch.library.opcheck(torch.ops.dyt.pointwise.out, given.arguments(), {"out": torch.empty_like(given.x)})
    assert set(results.values()) == {"SUCCESS"}, results


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_values_and_gradients_of_the_plain_expression(function, dtype):
    given = problem(function, (4, 5, 6), 1, dtype=dtype)
    exact = given.to(torch.float64)
    found, expected = dyt.pointwise(*given.arguments()), exact.expression()
    weights = torch.linspace(-1, 1, found.numel(), dtype=dtype).view(found.shape)
    ours = torch.autograd.grad(found, given.arguments()[:5], weights)
    theirs = torch.autograd.grad(expected, exact.arguments()[:5], weights.double())
    assert found.is_contiguous()
    for name, value, wanted in zip(("y", "x", "alpha", "shift", "weight", "bias"), (found, *ours), (expected, *theirs)):
        # f may be wrong by units of its own last place, which counts in full where weight * f and bias cancel.
        tolerance = 8 * torch.finfo(dtype).eps
        torch.testing.assert_close(value, wanted.to(dtype), atol=tolerance, rtol=tolerance,
                                   msg=lambda text: f"{name}: {text}")


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("parameters", [(), ("shift",), ("weight", "bias"), ("shift", "weight", "bias")])
def test_gradcheck(function, parameters):
    given = problem(function, (2, 3, 4), 1, parameters, torch.float64)
    assert torch.autograd.gradcheck(dyt.pointwise, given.arguments())


def test_defaults_are_dyt_without_shift_channels_last():
    given = problem(parameters=("weight", "bias"))
    assert torch.equal(dyt.pointwise(given.x, given.alpha, weight=given.weight, bias=given.bias),
                       dyt.pointwise(*given.arguments()))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("autocast", [torch.bfloat16, torch.float16], ids=str)
def test_autocast_changes_neither_dtype_nor_bits(dtype, autocast):
    given = problem(dtype=dtype)
    plain = dyt.pointwise(*given.arguments())
    with torch.autocast("cpu", dtype=autocast):
        found = dyt.pointwise(*given.arguments())
    assert found.dtype == dtype
    assert torch.equal(found, plain)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_gradgradcheck(function):
    given = problem(function, (2, 3, 4), 1, dtype=torch.float64)
    assert torch.autograd.gradgradcheck(dyt.pointwise, given.arguments())


def test_third_derivative_is_refused():
    given = problem(dtype=torch.float64)
    gradient, = torch.autograd.grad(dyt.pointwise(*given.arguments()).sum(), given.x, create_graph=True)
    with pytest.raises(RuntimeError, match="no third derivative"):
        torch.autograd.grad(gradient.sum(), given.x, create_graph=True)


def test_activation_checkpoint_gives_the_same_gradients():
    given = problem()
    inputs = given.arguments()[:5]
    plain, checkpointed = (torch.autograd.grad(call(), inputs, torch.ones_like(given.x)) for call in (
        lambda: dyt.pointwise(*given.arguments()),
        lambda: torch.utils.checkpoint.checkpoint(dyt.pointwise, *given.arguments(), use_reentrant=False)))
    assert all(torch.equal(one, other) for one, other in zip(plain, checkpointed))


def test_gradient_transforms_are_refused():
    given = problem(requires_grad=False)
    with pytest.raises(RuntimeError, match="functorch transforms"):
        torch.func.grad(lambda x: dyt.pointwise(x, given.alpha).sum())(given.x)


@pytest.mark.parametrize("change, message", [
    ({"function": "tahn"}, "unknown point-wise function 'tahn'"),
    ({"x": torch.ones(3, 4, dtype=torch.int64)}, "type of x"),
    ({"alpha": torch.ones(2)}, "shape of alpha"),
    ({"weight": torch.ones(3)}, r"shape of weight\n  expected: \[4\].*\n  found:    \[3\]"),
    ({"channel_dim": 2}, "channel_dim"),
])
def test_errors_name_the_argument(change, message):
    given = problem()
    for name, value in change.items():
        setattr(given, name, value)
    with pytest.raises(RuntimeError, match=message):
        dyt.pointwise(*given.arguments())

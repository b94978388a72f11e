# SPDX-License-Identifier: Apache-2.0
"""torch.compile and torch.export take the operator whole, with dynamic shapes, and change no bit."""
import pytest
import torch

import dyt
from samples import problem

CASES = [("tanh", -1, ("weight", "bias")), ("erf", 1, ("shift", "weight", "bias"))]


class Block(torch.nn.Module):
    """The point-wise slot after a residual addition: fused around, never into, the operator."""

    def __init__(self, given):
        super().__init__()
        for name in ("alpha", "shift", "weight", "bias"):
            tensor = getattr(given, name)
            self.register_parameter(name, None if tensor is None else torch.nn.Parameter(tensor.detach().clone()))
        self.function, self.channel_dim = given.function, given.channel_dim

    def forward(self, x):
        return dyt.pointwise(x + x, self.alpha, self.shift, self.weight, self.bias, self.function, self.channel_dim)


def run(call, block, x):
    """The output and the gradients of x and the parameters."""
    y = call(x)
    inputs = [x, *block.parameters()]
    return [y, *torch.autograd.grad(y, inputs, torch.ones_like(y))]


@pytest.mark.parametrize("function, channel_dim, parameters", CASES)
def test_compile_fullgraph_forward_and_backward_with_dynamic_shapes(function, channel_dim, parameters):
    torch._dynamo.reset()
    block = Block(problem(function, (2, 4, 6), channel_dim, parameters))
    compiled = torch.compile(block, fullgraph=True, dynamic=True)
    for number, batch in enumerate((2, 3, 7)):
        x = problem(function, (batch, 4, 6), channel_dim, parameters).x
        with torch.compiler.set_stance("default" if number == 0 else "fail_on_recompile"):
            found = run(compiled, block, x)
        for ours, expected in zip(found, run(block, block, x), strict=True):
            assert torch.equal(ours, expected)


@pytest.mark.parametrize("function, channel_dim, parameters", CASES)
def test_export_with_dynamic_batch_saved_and_loaded(function, channel_dim, parameters, tmp_path):
    given = problem(function, (2, 4, 6), channel_dim, parameters, requires_grad=False)
    block = Block(given)
    batch = torch.export.Dim("batch")
    program = torch.export.export(block, (given.x,), dynamic_shapes={"x": {0: batch}})
    assert any(node.target == torch.ops.dyt.pointwise.default for node in program.graph.nodes)
    torch.export.save(program, tmp_path / "block.pt2")
    loaded = torch.export.load(tmp_path / "block.pt2").module()
    other = problem(function, (5, 4, 6), channel_dim, parameters, requires_grad=False).x
    assert torch.equal(loaded(other), block(other))

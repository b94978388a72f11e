# SPDX-License-Identifier: Apache-2.0
"""C++ and Python get the same bits: pointwise_bits (a C++ program) computes on one thread and writes inputs and
results, Python computes again from these inputs on all threads.
"""
import collections
import os
import subprocess

import pytest
import torch
from safetensors.torch import load_file

import dyt
from samples import DTYPES, FUNCTIONS

INPUTS = ("x", "alpha", "shift", "weight", "bias")
INTEGERS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


@pytest.fixture(scope="module")
def cases(build_folder, tmp_path_factory):
    """{(function, dtype, shape, channel_dim): {name: tensor}}"""
    program, file = build_folder / "tests/python/pointwise_bits", tmp_path_factory.mktemp("bits") / "cpp.safetensors"
    subprocess.run([program, file], check=True, env=dict(os.environ, OMP_NUM_THREADS="1"))
    groups = collections.defaultdict(dict)
    for name, tensor in load_file(file).items():
        *case, tensor_name = name.split("/")
        groups[tuple(case)][tensor_name] = tensor
    return groups


def bits(tensor):
    return tensor.contiguous().view(INTEGERS[tensor.element_size()])


def difference(found, expected):
    """None where all bits are equal; else how many elements differ, and the first."""
    assert found.shape == expected.shape and found.dtype == expected.dtype
    different = (bits(found) != bits(expected)).flatten()
    if not different.any():
        return None
    first = different.nonzero()[0].item()
    return (f"{different.sum()} of {different.numel()} elements differ, the first is element {first}: "
            f"{found.flatten()[first]!r} in Python, {expected.flatten()[first]!r} in C++")


def compute(function, channel_dim, tensors):
    """{name: tensor}: the results of a case as Python gets them."""
    inputs = {name: tensors[name].requires_grad_() for name in INPUTS if name in tensors}
    output = dyt.pointwise(**inputs, function=function, channel_dim=channel_dim)
    gradients = torch.autograd.grad(output, inputs.values(), tensors["grad_output"])
    return {"output": output.detach()} | {f"grad_{name}": value for name, value in zip(inputs, gradients)}


def test_output_and_gradients(cases):
    problems = []
    for (function, dtype, shape, channel_dim), tensors in cases.items():
        for name, found in compute(function, int(channel_dim), tensors).items():
            text = difference(found, tensors[name])
            if text:
                problems.append(f"{function}, {dtype}, {shape}, channel_dim {channel_dim}, {name}: {text}")
    assert not problems, "\n".join(problems)


def test_nothing_is_left_out(cases):
    """The program takes its functions from the C++ table; the tables here and its dtypes must keep up."""
    assert {function for function, *_ in cases} == set(FUNCTIONS), "tests/python/samples.py: FUNCTIONS"
    assert {dtype for _, dtype, *_ in cases} == {str(dtype).removeprefix("torch.") for dtype in DTYPES}, \
        "tests/python/pointwise_bits.cpp: kTypeRows"


def test_the_comparison_sees_one_bit():
    one = torch.ones(3)
    assert difference(one, one.clone()) is None
    assert "1 of 3" in difference(torch.nextafter(one, torch.tensor([1.0, 2.0, 1.0])), one)
    assert "1 of 1" in difference(torch.tensor([-0.0]), torch.tensor([0.0]))
    nan = torch.tensor([float("nan")])
    assert difference(nan, nan.clone()) is None

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/formats/golden/*.safetensors with the reference writer.

    pip install safetensors==0.8.0 torch==2.11.0 numpy
    python scripts/golden/safetensors_golden.py

types       one tensor of every type that the reference writer takes, one metadata key
            (the order of several keys is left to chance there)
names       names and metadata that need escapes or sort in a way worth a test
empty       no tensor at all
"""
import ctypes
import pathlib

import safetensors
import safetensors.torch
import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/formats/golden"

# The reference's own names of the types that torch.save cannot be asked for are given to TensorSpec.
BYTES = {
    "bool": 8, "float4_e2m1fn_x2": 4, "uint8": 8, "int8": 8, "float8_e5m2": 8, "float8_e4m3fn": 8,
    "float8_e8m0fnu": 8, "float8_e4m3fnuz": 8, "float8_e5m2fnuz": 8, "int16": 16, "uint16": 16,
    "float16": 16, "bfloat16": 16, "int32": 32, "uint32": 32, "float32": 32, "complex64": 64,
    "float64": 64, "int64": 64, "uint64": 64,
}


def types():
    specs, buffers = {}, []
    for index, (dtype, size) in enumerate(BYTES.items()):
        content = bytes((7 * position + index) % 2 if dtype == "bool" else (7 * position + index) % 251
                        for position in range(size))
        buffer = ctypes.create_string_buffer(content, size)
        buffers.append(buffer)
        columns = 2 if dtype == "float4_e2m1fn_x2" else 4  # bytes: two elements in each
        specs[f"t.{dtype}"] = safetensors.TensorSpec(
            dtype=dtype, shape=[2, columns], data_ptr=ctypes.addressof(buffer), data_len=size)
    return bytes(safetensors.serialize(specs, {"format": "pt"}))


def names():
    tensors = {
        "blocks.10.norm1.weight": torch.arange(3, dtype=torch.float32),
        "blocks.2.norm1.weight": torch.arange(3, dtype=torch.float32) + 10,
        "Z": torch.tensor(1.5),
        "": torch.zeros(0, 3),
        "quote\" slash\\ / tab\t line\n return\r back\b feed\f one\x01 del\x7f": torch.ones(1),
        "\u00e9\u2028\U0001F600": torch.tensor([2.0], dtype=torch.float64),
        "mask": torch.tensor([True, False, True]),
        "alpha": torch.tensor([0.5], dtype=torch.bfloat16),
    }
    return safetensors.torch.save(tensors, {"note \"\u00e9\"": "line\nand \x1f </end>"})


def main():
    assert safetensors.__version__ == "0.8.0", safetensors.__version__
    FOLDER.mkdir(parents=True, exist_ok=True)
    contents = {"types": types(), "names": names(), "empty": safetensors.torch.save({})}
    for name, content in contents.items():
        (FOLDER / f"{name}.safetensors").write_bytes(content)
        print(f"{name}.safetensors: {len(content)} bytes")


if __name__ == "__main__":
    main()

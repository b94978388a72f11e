#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at the code that nvcc made of the CUDA kernels: what a CPU can say of their speed and determinism.

    check_cuda_code.py build/release/lib/libdyt_kernels_cuda.so [--nvcc NVCC]

With cuobjdump (beside nvcc or on PATH) it reads the machine code of every architecture, without it the PTX
of three files. Exit status 0: as wanted, 1: not, with the reason. No GPU is needed.

- no floating-point atomics: sums have a fixed order;
- the 16-bit tanh forward uses the hardware's tanh, and nothing else does;
- whole rows are read and written 16 bytes at a time;
- registers hold what the kernels keep: at most MAX_STACK bytes a thread lie in local memory, none in the
  tanh kernels of fp32 and the 16-bit types by default (fp64 ones are not held to it).
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MAX_STACK = 32
ROOT = pathlib.Path(__file__).resolve().parent.parent
FAST_TANH = re.compile(r"pointwise_forwardI.*4Tanh.*(BFloat16|Float16).*PrecisionE0")
WHOLE = re.compile(r"pointwise_(forward|backward)I.*Lb1E")
TANH = re.compile(r"pointwise_(forward|backward)I.*4TanhE(f|.*PrecisionE0)")
DOUBLE = re.compile(r"EdL|Id")


def tool(nvcc, name):
    beside = pathlib.Path(nvcc).parent / name if nvcc else None
    return str(beside) if beside and beside.is_file() else shutil.which(name)


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def machine_code(cuobjdump, library):
    """(architecture, kernel, code) of every kernel."""
    for part in output_of(cuobjdump, "-sass", library).split("arch = ")[1:]:
        for function in part.split("Function : ")[1:]:
            yield part.split()[0], function.split()[0], function


def stack_problems(cuobjdump, library):
    worst = 0
    for name, stack in re.findall(r"Function (\S+):\s*REG:\d+ STACK:(\d+)",
                                  output_of(cuobjdump, "-res-usage", library)):
        if not DOUBLE.search(name):
            worst = max(worst, int(stack))
            if int(stack) > (0 if TANH.search(name) else MAX_STACK):
                yield f"{name}: {stack} bytes of local memory a thread"
    print(f"local memory: at most {worst} bytes a thread")


def code_problems(kernels, atomics, tanh, loads, stores):
    count = 0
    for arch, name, code in kernels:
        count += 1
        if re.search(atomics, code):
            yield f"{arch} {name}: a floating-point atomic"
        if bool(FAST_TANH.search(name)) != bool(re.search(tanh, code)):
            yield f"{arch} {name}: hardware tanh {'missing' if FAST_TANH.search(name) else 'where it is not exact enough'}"
        if WHOLE.search(name) and not (re.search(loads, code) and re.search(stores, code)):
            yield f"{arch} {name}: no 16-byte accesses"
    if count == 0:
        yield "no kernel was found"
    print(f"kernels looked at: {count}")


def ptx_kernels(nvcc):
    for name in ("pointwise_forward_bfloat16", "pointwise_backward_bfloat16", "norm"):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "code.ptx"
            output_of(nvcc, "-std=c++20", "--expt-relaxed-constexpr", "--fmad=false", "-arch=compute_90", "--ptx",
                      f"-I{ROOT}", "-o", str(file), str(ROOT / f"dyt/kernels/cuda/{name}.cu"))
            ptx = file.read_text()
        for entry in ptx.split(".entry ")[1:]:
            yield "PTX", entry.split("(")[0], entry


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("--nvcc", default=shutil.which("nvcc"))
    arguments = parser.parse_args()
    cuobjdump = tool(arguments.nvcc, "cuobjdump")
    if cuobjdump:
        problems = list(stack_problems(cuobjdump, arguments.library))
        problems += code_problems(machine_code(cuobjdump, arguments.library), r"\b(ATOM|RED|ATOMG)\.\S*F(16|32|64)",
                                  r"MUFU\.TANH", r"LDG\.E\.128", r"STG\.E\.128")
    else:
        print("no cuobjdump: looking at PTX instead of machine code")
        problems = list(code_problems(ptx_kernels(arguments.nvcc), r"\b(atom|red)\.\S*\.(f|bf)(16|32|64)",
                                      r"tanh\.approx", r"ld\.global\.v4", r"st\.global\.v4"))
    print("\n".join(problems) or "CUDA code: as wanted")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

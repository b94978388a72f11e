# SPDX-License-Identifier: Apache-2.0
"""Finds and loads libdyt.so; every way in which that can fail is an ImportError that says what to do."""
import os
import pathlib

TORCH_VERSION = "2.11"  # libdyt.so is C++ against this LibTorch; another one has another binary interface
PACKAGE = pathlib.Path(__file__).resolve().parent


def _error(what, expected, found, todo):
    return ImportError(f"dyt: {what}\n  expected: {expected}\n  found:    {found}\n  do:       {todo}")


def _import_torch():
    wanted = f"PyTorch {TORCH_VERSION}.x, for which libdyt.so is built"
    todo = f"python3 -m pip install 'torch=={TORCH_VERSION}.*'"
    try:
        import torch
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise _error("PyTorch is missing", wanted, "no module named torch", todo) from None
    if not torch.__version__.startswith(TORCH_VERSION + "."):
        raise _error("this PyTorch does not fit", wanted, torch.__version__, todo)
    return torch


def _candidates(package):
    return [package.parents[1] / "build/release/dyt/libdyt.so",  # python/dyt of a clone
            package.parents[1] / "libdyt.so"]  # LIB/python/dyt beside LIB/libdyt.so, as cmake --install lays it out


def find(package=PACKAGE):
    """The path of libdyt.so."""
    named = os.environ.get("DYT_LIBRARY")
    if named:
        if pathlib.Path(named).is_file():
            return pathlib.Path(named).resolve()
        raise _error("DYT_LIBRARY names no file", "the path of libdyt.so", named,
                     "correct the variable, or unset it to use the clone's own build")
    places = _candidates(package)
    for place in places:
        if place.is_file():
            return place
    raise _error("libdyt.so was not found", " or ".join(map(str, places)), "neither of them",
                 "build it (make python, in the clone), or set DYT_LIBRARY to where it is")


def load():
    """Registers torch.ops.dyt.*; returns the library's path."""
    torch = _import_torch()
    path = find()
    try:
        torch.ops.load_library(path)
    except OSError as error:
        raise _error(f"{path} cannot be loaded", f"a library built with LibTorch {TORCH_VERSION}.x", error,
                     "build it anew (make python, in the clone)") from error
    if not hasattr(torch.ops.dyt, "pointwise"):
        raise _error(f"{path} is another library", "libdyt.so, which registers dyt::pointwise",
                     "no operator of that name", "set DYT_LIBRARY to libdyt.so, or unset it")
    return str(path)

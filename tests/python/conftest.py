# SPDX-License-Identifier: Apache-2.0
"""What all tests of the Python package share."""
import os
import pathlib

import pytest

BUILD = pathlib.Path(__file__).parents[2] / "build"
# What torch.compile compiles goes to the build folder; graphs of an earlier run would hide changes of the library.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(BUILD / "torchinductor"))
os.environ.setdefault("TORCHINDUCTOR_FX_GRAPH_CACHE", "0")
os.environ.setdefault("TORCHINDUCTOR_AUTOGRAD_CACHE", "0")

import dyt  # noqa: E402  (after the variables, which PyTorch reads when it is imported)


@pytest.fixture(scope="session")
def build_folder():
    """The build that the loaded library comes from."""
    return pathlib.Path(dyt.library_path).parents[1]

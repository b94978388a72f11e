# SPDX-License-Identifier: Apache-2.0
"""How the package finds and loads the library, and what it says when it cannot."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

import dyt
from dyt import _library

SOURCE = pathlib.Path(__file__).parents[2]


def run_python(code, package=SOURCE / "python", **variables):
    environment = {name: value for name, value in os.environ.items() if name != "DYT_LIBRARY"}
    return subprocess.run([sys.executable, "-c", code], text=True, capture_output=True,
                          env=environment | {"PYTHONPATH": str(package)} | variables)


def import_error(**variables):
    answer = run_python("import dyt", **variables)
    assert answer.returncode == 1
    return answer.stderr.split("ImportError: ")[-1]


def test_one_libtorch_one_openmp_and_the_library_of_library_path():
    files = {line.split(maxsplit=5)[5].strip() for line in open("/proc/self/maps") if line.count("/")}
    for name in ("libtorch_cpu", "libc10", "libgomp", "libdyt"):
        assert len([file for file in files if re.search(rf"/{name}[-.]", file)]) == 1, name
    assert os.path.realpath(dyt.library_path) in files


def test_dyt_library_names_the_library(tmp_path):
    link = tmp_path / "here.so"
    link.symlink_to(dyt.library_path)
    answer = run_python("import dyt; print(dyt.library_path)", DYT_LIBRARY=str(link))
    assert answer.stdout.strip() == os.path.realpath(dyt.library_path), answer.stderr


def test_installed_package_finds_the_installed_library(build_folder, tmp_path):
    subprocess.run(["cmake", "--install", build_folder, "--prefix", tmp_path], check=True, capture_output=True)
    package, = tmp_path.rglob("python/dyt")
    code = "import dyt, torch; print(dyt.library_path); dyt.pointwise(torch.ones(2, 3), torch.ones(1))"
    answer = run_python(code, package.parent)
    assert answer.stdout.strip() == str(package.parents[1] / "libdyt.so"), answer.stderr


def test_missing_file_named_by_the_variable():
    text = import_error(DYT_LIBRARY="/nowhere/libdyt.so")
    assert "DYT_LIBRARY names no file" in text and "/nowhere/libdyt.so" in text and "unset it" in text


def test_file_that_is_no_library(tmp_path):
    (tmp_path / "libdyt.so").write_text("no library")
    text = import_error(DYT_LIBRARY=str(tmp_path / "libdyt.so"))
    assert "cannot be loaded" in text and "build it anew" in text


def test_another_library(build_folder):
    text = import_error(DYT_LIBRARY=str(build_folder / "dyt/libdyt_kernels.so"))
    assert "is another library" in text and "dyt::pointwise" in text


def test_nothing_built(tmp_path, monkeypatch):
    monkeypatch.delenv("DYT_LIBRARY", raising=False)
    with pytest.raises(ImportError) as caught:
        _library.find(tmp_path / "python/dyt")
    text = str(caught.value)
    assert str(tmp_path / "build/release/dyt/libdyt.so") in text and "make python" in text


def test_other_torch_version(tmp_path):
    (tmp_path / "torch.py").write_text("__version__ = '2.110.1+cpu'\n")
    text = import_error(PYTHONPATH=f"{tmp_path}:{SOURCE / 'python'}")
    assert "this PyTorch does not fit" in text and "2.11.x" in text and "2.110.1+cpu" in text


def test_no_torch():
    answer = run_python("import sys; sys.modules['torch'] = None; import dyt")
    assert "ImportError: dyt: PyTorch is missing" in answer.stderr and "pip install 'torch==2.11.*'" in answer.stderr

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The version stands in dyt/kernels/dyt.h; whatever repeats it says the same, and the changelog knows it.

    python3 tests/repository/version_test.py [--dyt PROGRAM]
"""
import argparse
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = None


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def header_version():
    header = read("dyt/kernels/dyt.h")
    return ".".join(re.search(rf"^#define DYT_KERNELS_VERSION_{part} (\d+)$", header, re.M)[1]
                    for part in ("MAJOR", "MINOR", "PATCH"))


class Version(unittest.TestCase):
    def test_citation(self):
        self.assertEqual(re.search(r"^version: (\S+)$", read("CITATION.cff"), re.M)[1], header_version())

    def test_changelog_begins_with_it(self):
        self.assertEqual(re.search(r"^## \[([\d.]+)\]", read("CHANGELOG.md"), re.M)[1], header_version())

    def test_nobody_writes_it_a_second_time(self):
        """The build and the program take it from the header."""
        for path in ("CMakeLists.txt", "dyt/core/version.h", "dyt/core/version.cpp", "cmake/DytVersion.cmake"):
            code = re.sub(r"//.*|#.*", "", read(path))
            self.assertNotIn(header_version(), code, path)

    def test_results_version_is_explained(self):
        """Every kResultsVersion up to today's has a row under "Results changed", newest first."""
        today = int(re.search(r"kResultsVersion = (\d+);", read("dyt/core/version.h"))[1])
        rows = [int(number) for number in re.findall(r"^\| (\d+) \|", read("CHANGELOG.md"), re.M)]
        self.assertEqual(rows, list(range(today, 0, -1)))

    def test_program(self):
        if PROGRAM is None or not pathlib.Path(PROGRAM).is_file():
            self.skipTest("the program is not built: --dyt PROGRAM")
        said = subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(said.strip(), header_version())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--dyt")
    options, rest = parser.parse_known_args()
    PROGRAM = options.dyt
    unittest.main(argv=[sys.argv[0], *rest])

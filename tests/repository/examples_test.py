#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles all examples in the header comments of dyt/ and cli/, as CONTRIBUTING.md has the rules.

    python3 tests/repository/examples_test.py --build build/release

Two files are made in FOLDER/examples and compiled without code: one of the layers that need no LibTorch,
one of the rest, each with the flags of a file of these layers. Nothing is compiled again while no
header has changed.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import unittest

import examples

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = ROOT / "tests/repository/example_names.txt"
PLAIN = ("core", "formats", "pixels", "report", "kernels")  # the layers without LibTorch
BUILD = None


def headers():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "dyt/*.h", "cli/*.h"],
                            cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return [path for path in sorted(set(listed)) if not path.endswith("-inl.h") and (ROOT / path).is_file()]


def read_all():
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in headers()}


def is_plain(example):
    return example.header.split("/")[1] in PLAIN


def flags_of(layer):
    """(folder, words) of a command that compiles a file of this layer, without the file and its output."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        words = shlex.split(entry["command"])
        if f"dyt_layer_{layer}.dir" in entry["command"] and (layer in PLAIN or "-include" in words):
            words = words[:words.index("-o")]
            compiler = next(at for at, word in enumerate(words) if word.startswith("-"))
            return entry["directory"], words[compiler - 1:]
    return None


def compile_examples(name, found, layer):
    """What the compiler says of them; nothing where all is well."""
    folder = BUILD / "examples"
    folder.mkdir(exist_ok=True)
    source, mark = folder / f"{name}.cpp", folder / f"{name}.compiled"
    source.write_text(examples.source_of(found, examples.read_names(NAMES.read_text(encoding="utf-8"))),
                      encoding="utf-8")
    directory, words = flags_of(layer)
    command = [*words, "-I", str(ROOT), "-w", "-fsyntax-only", str(source)]
    stamp = hashlib.sha256(json.dumps([command, source.read_text(encoding="utf-8"), read_all()]).encode()).hexdigest()
    if mark.exists() and mark.read_text() == stamp:
        return ""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0:
        return done.stderr
    mark.write_text(stamp)
    return ""


class Reading(unittest.TestCase):
    def test_what_is_an_example(self):
        head = "// What.\n//\n//   f(1);   // a remark\n//   g();\n//\n// More:\n//   x <- y\n#pragma once\n"
        found = examples.examples_of("dyt/a/b.h", head + "namespace dyt::a {\n")
        self.assertEqual([(e.line, e.lines, e.namespace) for e in found],
                         [(3, ["f(1);   // a remark", "g();"], "dyt::a")])

    def test_formulas_and_tables_are_none(self):
        self.assertEqual(examples.examples_of("a.h", "// A:\n//\n//   y = x W^T\n//\n//   a   b\n"), [])

    def test_code_that_runs_together_is_found(self):
        head = "// What.\n//\n//   f(1,\n//   2); g();\n//   the rest\n"
        self.assertEqual(examples.broken_of("a.h", head), [4])
        self.assertEqual(examples.broken_of("a.h", "// Right above:\n//   f(1);\n"), [2])


class Headers(unittest.TestCase):
    def test_every_line_of_code_is_part_of_an_example(self):
        wrong = [f"{path}:{line}" for path, text in read_all().items() for line in examples.broken_of(path, text)]
        self.assertEqual(wrong, [], "an example stands after an empty `//` line and ends with ; or }")

    def test_names_are_given_to_headers_that_have_examples(self):
        known = {path for path, text in read_all().items() if examples.examples_of(path, text)} | {""}
        named = set(examples.read_names(NAMES.read_text(encoding="utf-8")))
        self.assertEqual(sorted(named - known), [])

    def compile_part(self, name, plain, layer):
        if BUILD is None or flags_of(layer) is None:
            self.skipTest(f"no build folder with {layer}: --build FOLDER")
        found = [example for path, text in read_all().items() for example in examples.examples_of(path, text)
                 if is_plain(example) == plain]
        self.assertGreater(len(found), 10)
        said = compile_examples(name, found, layer)
        self.assertEqual(said, "", said)

    def test_examples_without_libtorch_compile(self):
        self.compile_part("plain", True, "core")

    def test_examples_with_libtorch_compile(self):
        self.compile_part("torch", False, "models")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path)
    options, rest = parser.parse_known_args()
    BUILD = options.build.resolve() if options.build else None
    unittest.main(argv=[sys.argv[0], *rest])

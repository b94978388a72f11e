#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `make` shows while it compiles: scripts/build_progress.py around a program that stands for ninja."""
import importlib.util
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/build_progress.py"
spec = importlib.util.spec_from_file_location("build_progress", SCRIPT)
build_progress = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build_progress)


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def run_as_ninja(text, status):
    with tempfile.TemporaryDirectory() as folder:
        ninja = pathlib.Path(folder) / "ninja"
        ninja.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {status}\n")
        ninja.chmod(0o755)
        return subprocess.run([sys.executable, SCRIPT, ninja], capture_output=True, text=True)


class BuildProgress(unittest.TestCase):
    def test_what_the_compiler_says_is_printed_and_the_status_kept(self):
        done = run_as_ninja("ninja: Entering directory `x'\n@dyt 1/3 Building a.o\n"
                            "FAILED: b.o\na.cpp:3: error: no\n@dyt 2/3 Building b.o", 1)
        self.assertEqual(done.stdout, "FAILED: b.o\na.cpp:3: error: no\n")
        self.assertEqual(done.returncode, 1)

    def test_piped_a_line_every_half_minute(self):
        clock, output = Clock(), io.StringIO()
        progress = build_progress.Progress(output, clock)
        for step in range(1, 101):
            clock.seconds = step * 2.0
            progress.step(step, 300)
        lines = output.getvalue().splitlines()
        self.assertEqual(len(lines), 6)
        self.assertEqual(lines[0], "build: 15 of 300 steps, about 10 min left")

    def test_a_step_of_minutes_does_not_silence_it(self):
        clock, output = Clock(), io.StringIO()
        progress = build_progress.Progress(output, clock)
        progress.tick()  # nothing is known yet
        progress.step(1, 4)
        for seconds in range(1, 100):
            clock.seconds = seconds
            progress.tick()
        self.assertEqual(output.getvalue().splitlines()[-1],
                         "build: 1 of 4 steps, about 4 min left")
        self.assertEqual(len(output.getvalue().splitlines()), 3)

    def test_lines_and_the_time_without_any(self):
        read, write = os.pipe()
        with os.fdopen(read) as stream:
            lines = build_progress.lines_of(stream, 0.05)
            os.write(write, b"a\n")
            self.assertEqual(next(lines), "a\n")
            self.assertIsNone(next(lines))
            os.close(write)
            self.assertEqual([line for line in lines if line], [])

    def test_on_a_terminal_one_line_that_is_wiped_before_a_message(self):
        clock, output = Clock(), Terminal()
        os.environ["TERM"] = "xterm"
        progress = build_progress.Progress(output, clock)
        clock.seconds = 10
        progress.step(1, 2)
        progress.print("a.cpp: warning\n")
        self.assertEqual(output.getvalue(),
                         "\rbuild: 1 of 2 steps, less than a minute left\033[K\r\033[Ka.cpp: warning\n")

    def test_a_dumb_terminal_gets_plain_lines(self):
        os.environ["TERM"] = "dumb"
        self.assertFalse(build_progress.Progress(Terminal(), Clock()).in_place)


if __name__ == "__main__":
    unittest.main()

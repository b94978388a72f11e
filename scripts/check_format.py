#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every tracked C and C++ file to .clang-format, with the one version of clang-format that counts.

    python3 scripts/check_format.py          exit status 1: lists the files that differ
    python3 scripts/check_format.py --fix    formats them

Exit status 77: no clang-format 14 here (other versions format differently). CLANG_FORMAT names one.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION = 14  # Debian 12's
PATTERNS = ("*.h", "*.c", "*.cpp", "*.cu", "*.cuh")


def skip(reason):
    print(f"check_format: Skipped\n{reason}")
    sys.exit(77)


def find_program():
    for name in filter(None, (os.environ.get("CLANG_FORMAT"), f"clang-format-{VERSION}", "clang-format")):
        program = shutil.which(name)
        if program is None:
            continue
        said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
        if re.search(rf"version {VERSION}\.", said):
            return program
    skip(f"no clang-format {VERSION}: apt-get install clang-format-{VERSION}, or CLANG_FORMAT=PROGRAM")


def main():
    if sys.argv[1:] not in ([], ["--fix"]):
        sys.exit(__doc__)
    program = find_program()
    listed = subprocess.run(["git", "ls-files", "-z", *PATTERNS], cwd=ROOT, check=True, capture_output=True, text=True)
    files = [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]
    if sys.argv[1:]:
        subprocess.run([program, "-i", *files], cwd=ROOT, check=True)
        return 0
    done = subprocess.run([program, "--dry-run", "-Werror", *files], cwd=ROOT, capture_output=True, text=True)
    differ = sorted(set(re.findall(r"^(\S+?):\d+:\d+: (?:error|warning)", done.stderr, re.M)))
    print("\n".join(f"{path}: differs from .clang-format: run scripts/check_format.py --fix" for path in differ)
          or f"format: {len(files)} files as .clang-format has them")
    return 1 if done.returncode or differ else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy 14 (.clang-tidy) over layers that need no LibTorch and are quick to read.

    python3 scripts/check_tidy.py --build build/release [--layers core,formats] [FILE...]

The flags are those of FOLDER/compile_commands.json. A file that passed is not read again until it, a
header of its layers or .clang-tidy changes. Exit status 77: no clang-tidy 14 here (Debian: apt-get
install clang-tidy). CLANG_TIDY names one.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION = 14  # Debian 12's
LAYERS = ("core", "formats")  # whose headers are held to it
# Headers that clang-tidy takes half a minute to read; files with them are checked when they are named.
HEAVY = re.compile(r"#include <(nlohmann/json\.hpp|toml\+\+/toml\.h)>")
# Of g++ alone; clang does not know them.
UNKNOWN = {"-fpch-preprocess", "-fsanitize-recover", "-Wno-subobject-linkage"}


def skip(reason):
    print(f"check_tidy: Skipped\n{reason}")
    sys.exit(77)


def find_program():
    for name in filter(None, (os.environ.get("CLANG_TIDY"), f"clang-tidy-{VERSION}", "clang-tidy")):
        program = shutil.which(name)
        if program and re.search(rf"version {VERSION}\.", subprocess.run(
                [program, "--version"], check=True, capture_output=True, text=True).stdout):
            return program
    skip(f"no clang-tidy {VERSION}: apt-get install clang-tidy-{VERSION}, or CLANG_TIDY=PROGRAM")


def read_commands(build):
    return json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))


def flags_of(commands, path):
    """What the compiler is told for a file, without file and output; in a unity build that of its layer."""
    own = [entry for entry in commands if entry["file"] == str(ROOT / path)]
    layer = [entry for entry in commands if f"dyt_layer_{path.split('/')[1]}.dir" in entry["command"]]
    if not own + layer:
        skip(f"the build folder does not build {path}")
    words = shlex.split((own + layer)[0]["command"])
    first = next(at for at, word in enumerate(words) if word.startswith("-"))
    return [word for word in words[first:words.index("-o")] if word not in UNKNOWN]


def headers_sum():
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + pathlib.Path(__file__).read_bytes())
    for layer in LAYERS:
        for path in sorted((ROOT / "dyt" / layer).rglob("*.h")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def check(program, build, path, flags, headers):
    mark = build / "tidy" / (path.replace("/", "+") + ".passed")
    stamp = hashlib.sha256(" ".join([headers, *flags]).encode() + (ROOT / path).read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == stamp:
        return ""
    done = subprocess.run([program, "--quiet", path, "--", *flags], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        return done.stdout + done.stderr
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(stamp)
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--layers", default="core", help="folders of dyt/ (default: core)")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    program, build = find_program(), options.build.resolve()
    files = options.files or [str(path.relative_to(ROOT)) for layer in options.layers.split(",")
                              for path in sorted((ROOT / "dyt" / layer).glob("*.cpp"))
                              if not HEAVY.search(path.read_text(encoding="utf-8"))]
    commands = read_commands(build)
    headers = headers_sum()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        said = list(pool.map(lambda path: check(program, build, path, flags_of(commands, path), headers), files))
    print("\n".join(filter(None, said)) or f"clang-tidy: {len(files)} files pass")
    return 1 if any(said) else 0


if __name__ == "__main__":
    sys.exit(main())

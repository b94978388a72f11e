#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every command of README.md and docs/*.md, word for word, and every Python snippet that needs no PyTorch.

    python3 tests/docs/commands_test.py --dyt build/release/cli/dyt [--full] [PAGE ...]

pages.py says what a command is. The blocks of a page run in their order in one fresh folder that looks like
a clone of this repository with the program built: `sh` through bash -e, `python` through python3; a `toml`
block whose first line is `# NAME` becomes that file, any other must be valid TOML. Without --full, bin/dyt is
short_dyt.py: it shortens training. What cannot run inside a test stands in NOT_RUN, and only there.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

import pages

SOURCE = pathlib.Path(__file__).resolve().parents[2]

NETWORK = "downloads from the publisher; tests/data/fetch_test.cpp fetches from a server of its own"

# Commands that no test of this program runs, and who runs them. An entry that no page has is an error.
NOT_RUN = {
    "apt-get install -y git make python3": "needs root and a bare machine, before there is a clone: no test runs it",
    "./bin/dyt fid photographs runs/drawn inception=inception.safetensors":
        "needs the public weights of Inception; tests/tasks/picture_quality_test.cpp has a file of others",
    "./bin/dyt data fetch fashion_mnist": NETWORK,
    "./bin/dyt train data.folder=imagenet data.stream=true data.image_size=224 data.normalization=imagenet data.workers=16 augment.policy=supervised "
    "model=vit_base_patch16_224 device=cuda":
        "wants ImageNet and a GPU; tests/tasks/streamed_run_test.cpp trains on a small folder in this way",
    "./bin/dyt data fetch mnist": NETWORK,
    "./bin/dyt data fetch mnist --from /media/usb/mnist": "there is no such folder; tests/data/fetch_test.cpp has one",
    "make python": "builds first; make test-python does the same and uses the result",
    "make test-python": "makes an environment of 4.7 GB; .ci/run gives this command in a clean clone",
    "build/release/benchmarks/kernels_benchmark "
    "--benchmark_filter='^(copy|forward/(tanh|layer_norm))/float32.*/32x1024/threads:1'":
        "is built only where Google Benchmark is; the test kernels.benchmark runs it",
    "make demo": "builds first, as make test does; its comparison is the command of docs/report.md",
    "make test": "runs this very test; .ci/run gives this command in a clean clone",
}
# Data sets that a command needs and that the repository does not hold, by what names them.
DATA = {"mnist": r"\bmnist\b(?!-)", "fashion_mnist": r"\bfashion[_-]mnist\b"}
# Pages that also speak of commands that are planned, in running text.
PLANS = {"docs/design.md"}


class Failure(Exception):
    pass


def say_skipped(place, reason):
    """In the form of GoogleTest: scripts/run_tests.sh lists these."""
    print(f"{place}: Skipped\n{reason}")


def make_clone(folder, program, full):
    """A folder with the source tree's files (links), bin/dyt and nothing that a command has made."""
    for entry in SOURCE.iterdir():
        if entry.name not in (".git", "bin", "build", "runs", ".deps"):
            (folder / entry.name).symlink_to(entry)
    (folder / "bin").mkdir()
    if full:
        (folder / "bin/dyt").symlink_to(program)
    else:
        script = pathlib.Path(__file__).with_name("short_dyt.py")
        (folder / "bin/dyt").write_text(f'#!/bin/sh\nexec python3 "{script}" "{program}" "$@"\n')
        (folder / "bin/dyt").chmod(0o755)


def git_folder():
    """The history to show commits from; None in an archive without one, or a shallow clone."""
    def ask(what):
        answer = subprocess.run(["git", "-C", SOURCE, "rev-parse", what], capture_output=True, text=True)
        return answer.stdout.strip() if answer.returncode == 0 else None
    return None if ask("--is-shallow-repository") != "false" else ask("--absolute-git-dir")


def environment(git):
    values = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", GIT_PAGER="cat")
    if git:
        values |= {"GIT_DIR": git, "GIT_WORK_TREE": str(SOURCE)}
    if os.environ.get("DYT_TEST_DATA"):
        values["DYT_DATA"] = os.environ["DYT_TEST_DATA"]
    return values


def has_data(name):
    root = pathlib.Path(os.environ.get("DYT_TEST_DATA", "/nonexistent"))
    names = {name, name.replace("_", "-")}
    return any((root / part / each).is_dir() for part in (".", "vision") for each in names)


def reason_to_skip(command, git):
    plain = pages.without_comment(command)
    if plain in NOT_RUN:
        return NOT_RUN[plain]
    if plain.startswith("git log") and not git:
        return "there is no full git history here"
    # `data list` and `data describe --help` need no files; what names a data set otherwise does.
    for name, pattern in DATA.items():
        if re.search(pattern, plain) and not has_data(name):
            return f"the files of {name} are not here (DYT_TEST_DATA)"
    return None


class PageRun:
    def __init__(self, name, page, program, full):
        self.name, self.page, self.program, self.full = name, page, program, full
        self.git = git_folder()
        self.seen = set()  # the entries of NOT_RUN that the page has
        self.ran = 0

    def run(self):
        with tempfile.TemporaryDirectory(prefix="dyt-docs-") as name:
            folder = pathlib.Path(name)
            make_clone(folder, self.program, self.full)
            for block in self.page.blocks:
                getattr(self, "run_" + block.language, lambda *_: None)(block, folder)

    def run_sh(self, block, folder):
        kept = []
        for command in pages.commands_of(block):
            reason = reason_to_skip(command, self.git)
            self.seen.add(pages.without_comment(command))
            if reason:
                words = pages.without_comment(command).replace("\\\n", " ").split()
                say_skipped(f"{self.name}:{block.line}:{'_'.join(words)}", reason)
            else:
                kept.append(command)
        if kept:
            output = self.execute(block, ["bash", "-ev"], "\n".join(kept) + "\n", folder)
            self.check_commits(block, kept, output)
            self.ran += len(kept)

    def run_python(self, block, folder):
        if pages.needs_pytorch(block):
            say_skipped(f"{self.name}:{block.line}:python", "needs PyTorch; tests/python/docs_test.py runs it")
            return
        self.execute(block, ["python3", "-"], "\n".join(block.lines) + "\n", folder)
        self.ran += 1

    def run_toml(self, block, folder):
        text, file = "\n".join(block.lines) + "\n", pages.file_name(block)
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Failure(f"{self.name}:{block.line}: {error}") from error
        if file:
            (folder / file).write_text(text, encoding="utf-8")

    def execute(self, block, interpreter, text, folder):
        script = folder / ".script"
        script.write_text(text, encoding="utf-8")
        interpreter = [str(script) if word == "-" else word for word in interpreter]
        if interpreter[0] == "bash":
            interpreter.append(str(script))
        answer = subprocess.run(interpreter, cwd=folder, env=environment(self.git), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if answer.returncode != 0:
            raise Failure(f"{self.name}:{block.line}: exit status {answer.returncode}; commands and output:\n"
                          + answer.stdout)
        return answer.stdout

    def check_commits(self, block, commands, output):
        """`git log --grep=^TITLE` that finds nothing ends well and prints nothing: the page then cites no commit."""
        for command in commands:
            title = re.search(r"^git log .*--grep='\^(.*)'", command)
            if title and not re.search("^" + re.escape(title[1]), output, re.MULTILINE):
                raise Failure(f"{self.name}:{block.line}: no commit is titled '{title[1]}...'")


def commands_of_program(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  ([a-z][a-z-]*) ", text.split("Subcommands:")[1], re.MULTILINE))


def check_rules(name, page, known):
    problems = [f"{name}:{problem}" for problem in page.problems]
    if name not in PLANS:
        problems += [f"{name}:{line}: there is no command `dyt {word}`"
                     for line, word in page.inline if word not in known]
    return problems


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dyt", required=True, type=pathlib.Path)
    parser.add_argument("--full", action="store_true", help="train in full, as the pages say")
    parser.add_argument("pages", nargs="*", help="README.md, docs/data.md, ...; all by default")
    return parser.parse_args()


def run_pages(texts, program, full):
    """The problems of all pages, and the commands that they have."""
    problems, seen = [], set()
    for name, page in texts.items():
        run = PageRun(name, page, program, full)
        try:
            run.run()
        except Failure as failure:
            problems.append(str(failure))
        seen |= run.seen
        print(f"{name}: {run.ran} commands ran", flush=True)
    return problems, seen


def main():
    options = parse_arguments()
    program = options.dyt.resolve()
    names = options.pages or ["README.md"] + sorted(f"docs/{path.name}" for path in (SOURCE / "docs").glob("*.md"))
    texts = {name: pages.read_page((SOURCE / name).read_text(encoding="utf-8")) for name in names}
    known = commands_of_program(program)
    problems = [problem for name, page in texts.items() for problem in check_rules(name, page, known)]
    if not problems:
        problems, seen = run_pages(texts, program, options.full)
        if not options.pages and not problems:
            problems = [f"commands_test.py: no page has `{entry}` of NOT_RUN" for entry in NOT_RUN if entry not in seen]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""How the scripts that `dyt bench` runs in the user's Python speak with it: JSON lines, a request and its answer in turn.

    (at the start)                 {"ready": {"python": VERSION, "torch": VERSION, ...}}
    a request of the script's own  what the script says
    {"run": NAME, "calls": N}      {"seconds": of the N calls together}

An exception is the answer {"error": TEXT, "doing": WHAT}, with its traceback on standard error.
"""
import ctypes
import json
import os
import platform
import sys
import traceback

doing = "import torch"
answers = None


def work(what):
    """What is being done from now on, for errors. "import X" is what installing X helps against."""
    global doing
    doing = what


def keep_freed_memory(kept):
    """As core::keep_freed_memory of dyt/core/memory.cpp: M_MMAP_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt and platform.libc_ver()[0] == "glibc":
        mallopt(-4, 0 if kept else 65536)
        mallopt(-3, 128 << 10)
        mallopt(-1, 2**31 - 1 if kept else 128 << 10)


def say(**members):
    answers.write(json.dumps(members) + "\n")


def versions_with(*modules):
    """The versions of Python and of the modules, which are imported."""
    versions = {"python": platform.python_version()}
    for name in modules:
        work(f"import {name}")
        versions[name] = __import__(name).__version__
    return versions


def serve(prepare, respond):
    """prepare() gives the versions; respond(request) the members of the answer."""
    global answers
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        say(ready=prepare())
        for line in sys.stdin:
            say(**respond(json.loads(line)))
    except Exception as error:  # the program says it to the person
        traceback.print_exc()
        say(error=f"{type(error).__name__}: {error}".strip(), doing=doing)
        sys.exit(1)

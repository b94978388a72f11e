# SPDX-License-Identifier: Apache-2.0
"""The quick test's bin/dyt: hands a command on to the real program and shortens its training.

    python3 short_dyt.py PROGRAM ARGUMENTS...

Overrides are appended (the last one of a key counts); so every command, key and file that a page shows goes
through the real parser, data and report, on few images for one epoch, with two seeds, no strip, no cost.
"""
import os
import pathlib
import re
import sys

TRAIN = {"data.train_limit": 96, "data.test_limit": 64, "train.epochs": 1}
COMPARE = TRAIN | {"seeds": 2, "strip.enabled": "false", "cost.enabled": "false"}
SHORT = {"train": TRAIN, "compare": COMPARE}
DEFAULT_BATCH = 32


def batch_size(arguments):
    """The largest batch that the arguments or their TOML file name: there must be as many images."""
    texts = arguments + [pathlib.Path(name).read_text(encoding="utf-8")
                         for name in arguments if name.endswith(".toml") and pathlib.Path(name).is_file()]
    found = re.findall(r"\bbatch_size\s*=\s*(\d+)", "\n".join(texts))
    return max([DEFAULT_BATCH] + [int(number) for number in found])


def shortened(arguments):
    if not arguments or arguments[0] not in SHORT or {"--help", "-h"} & set(arguments):
        return arguments
    keys = SHORT[arguments[0]] | {"data.train_limit": max(TRAIN["data.train_limit"], batch_size(arguments))}
    return arguments + [f"{key}={value}" for key, value in keys.items()]


if __name__ == "__main__":
    os.execv(sys.argv[1], [sys.argv[1]] + shortened(sys.argv[2:]))

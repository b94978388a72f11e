#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/config.md, the reference of all keys, from what the program itself says of them.

    python3 scripts/config_reference.py              writes it, from ./bin/dyt
    python3 scripts/config_reference.py --check      exit status 1 where the file is another; writes nothing
    ... --dyt PROGRAM                                another program than ./bin/dyt
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/config.md"
COMMAND = "python3 scripts/config_reference.py"

HEAD = f"""# Keys of the configuration

Written by `{COMMAND}` from `dyt compare --help --json` and `dyt train --help --json`: do not edit.

A key is given on the command line (`key=value`) or in a TOML file (`dyt compare my.toml`); the command line
wins over the file, the file over the defaults. In TOML the part before the dot is the table: `optim.lr` is `lr`
under `[optim]`. A list is written `a,b` on the command line and `["a", "b"]` in TOML. Where a group has a key
`name`, the group's own name stands for it: `data=mnist` is `data.name=mnist`.

The keys of `model` and `init` go with the model's family; the last sections have those of the other families.

Keys marked * do not decide results: runs that differ in them alone give the same numbers and are taken up where
they stand. Changing another key of a run makes another run, with a folder of its own. The keys of `dyt compare`
alone say which runs there are and how they are judged; those runs that are there already are kept.
"""


def keys_of(program, command):
    answer = subprocess.run([program, command, "--help", "--json"], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def row(key):
    mark = "" if key["decides_results"] else " *"
    kind = key["type"] + (", " + key["bounds"] if "bounds" in key else "")
    default = json.dumps(key["default"])
    return f"| `{key['key']}`{mark} | `{default}` | {cell(kind)} | {cell(key['help'])} |"


def section(title, keys):
    """A heading and a table for each group of keys, in the program's order."""
    text = f"\n## {title}\n"
    groups = {}
    for key in keys:
        groups.setdefault(key["key"].rpartition(".")[0], []).append(key)
    for group, members in groups.items():
        text += f"\n### [{group}]\n" if group else ""
        text += "\n| key | default | type, bounds or choices | meaning |\n| --- | --- | --- | --- |\n"
        text += "\n".join(row(key) for key in members) + "\n"
    return text


def family_sections(keys):
    """One section a family of models other than the default one: its keys of `model` and `init`."""
    families = {}
    for key in keys:
        if "with_model" in key and key["key"] != "model.name":
            families.setdefault(key["with_model"], []).append(key)
    return "".join(section(f"Both: with `model={name}` and its relatives", members)
                   for name, members in families.items())


def page(compare, train):
    shared = [key for key in compare if key in train]
    plain = [key for key in shared if "with_model" not in key]
    return (HEAD
            + section("`dyt compare` alone", [key for key in compare if key not in shared])
            + section("`dyt train` alone", [key for key in train if key not in shared])
            + section("Both: one run", plain)
            + family_sections(shared))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dyt", default=ROOT / "bin/dyt")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = page(keys_of(options.dyt, "compare"), keys_of(options.dyt, "train"))
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"docs/config.md is not what the program says now; write it anew: {COMMAND}")


if __name__ == "__main__":
    main()

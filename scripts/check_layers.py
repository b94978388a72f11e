#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the #include lines of dyt/, cli/ and python/ to the table of layers in docs/design.md.

A folder may include from the folders that its row names, and from itself; "all above" means every row
above it. Direct includes count. Exit status 1 lists every line that breaks the rule.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `(?:dyt/([a-z]+)|(cli|python)/)` \| ([^|]*) \|")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]dyt/([a-z_]+)/')
TORCH = re.compile(r"^\s*#\s*include\s*<(torch|ATen|c10)/")
TORCH_FREE = {"core", "formats", "pixels", "report", "kernels"}


def read_table(text):
    """{layer: set of layers it may include}, in the table's order."""
    allowed = {}
    for line in text.splitlines():
        match = ROW.match(line)
        if not match:
            continue
        layer, uses = match.group(1) or match.group(2), match.group(3).strip()
        if uses in ("all above", "everything"):
            permitted = set(allowed)
        elif uses == "-":
            permitted = set()
        else:
            permitted = {re.sub(r"\(.*", "", word).strip() for word in uses.split(",")}
        unknown = permitted - set(allowed)
        if unknown:
            sys.exit(f"docs/design.md: row '{layer}' uses {sorted(unknown)}, which no row above it names")
        allowed[layer] = permitted | {layer}
    return allowed


def check(allowed):
    problems = []
    for layer, permitted in allowed.items():
        folder = ROOT / ("cli" if layer == "cli" else f"dyt/{layer}")
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.suffix not in {".h", ".cpp", ".cu", ".cuh", ".c"}:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if match and match.group(1) not in permitted:
                    problems.append(f"{path.relative_to(ROOT)}:{number}: {layer} may not include {match.group(1)}")
                if TORCH.match(line) and layer in TORCH_FREE:
                    problems.append(f"{path.relative_to(ROOT)}:{number}: {layer} is free of LibTorch")
                if layer == "core" and path.suffix == ".h" and re.match(r'\s*#\s*include\s*<(nlohmann|toml|CLI)', line):
                    problems.append(f"{path.relative_to(ROOT)}:{number}: core's headers include no third party")
    return problems


def main():
    allowed = read_table((ROOT / "docs/design.md").read_text(encoding="utf-8"))
    if "core" not in allowed or "compare" not in allowed:
        sys.exit("docs/design.md: the table of layers was not found")
    folders = {path.name for path in (ROOT / "dyt").iterdir() if path.is_dir() and any(path.iterdir())}
    problems = [f"dyt/{name}: no row in docs/design.md" for name in sorted(folders - set(allowed))]
    problems += check(allowed)
    print("\n".join(problems) or f"layers: {len(allowed)} rows, no include breaks the rule")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

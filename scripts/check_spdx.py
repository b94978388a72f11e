#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every tracked source file says its licence in its first five lines.

    python3 scripts/check_spdx.py          lists the files that do not; exit status 1
    python3 scripts/check_spdx.py --add    adds the line as the first, after `#!` where there is one

--add leaves a line `// clang-format off` and everything else as it is; giving it again changes nothing.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = "SPDX-License-Identifier: Apache-2.0"
COMMENTS = {
    **dict.fromkeys((".h", ".cpp", ".cu", ".cuh"), "// {}"),
    ".c": "/* {} */",
    **dict.fromkeys((".py", ".sh", ".cmake"), "# {}"),
}
C_HEADERS = {"dyt/kernels/dyt.h"}  # plain C: no line comments
LINES = 5


def comment_of(path):
    if path in C_HEADERS:
        return "/* {} */"
    name = pathlib.PurePath(path)
    if name.name == "CMakeLists.txt":
        return "# {}"
    return COMMENTS.get(name.suffix)


def source_files():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in sorted(set(listed.split("\0"))) if comment_of(path) and (ROOT / path).is_file()]


def has_line(text):
    return any(TEXT in line for line in text.splitlines()[:LINES])


def with_line(text, comment):
    line = comment.format(TEXT) + "\n"
    if text.startswith("#!"):
        first, rest = text.split("\n", 1)
        return first + "\n" + line + rest
    return line + text


def main():
    if sys.argv[1:] not in ([], ["--add"]):
        sys.exit(__doc__)
    without = []
    for path in source_files():
        text = (ROOT / path).read_text(encoding="utf-8")
        if has_line(text):
            continue
        without.append(path)
        if sys.argv[1:]:
            (ROOT / path).write_text(with_line(text, comment_of(path)), encoding="utf-8")
    if sys.argv[1:]:
        print(f"licence lines: added to {len(without)} files")
        return 0
    print("\n".join(f"{path}: no line '{TEXT}' in its first {LINES} lines: run scripts/check_spdx.py --add"
                    for path in without) or "licence lines: every source file has one")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())

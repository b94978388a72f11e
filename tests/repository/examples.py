# SPDX-License-Identifier: Apache-2.0
"""The examples in header comments: finding them, and one source file in which each is a function.

The rules stand in CONTRIBUTING.md ("Examples in header comments").
"""
import dataclasses
import re

CODE_LINE = re.compile(r"^(?://| \*)   (?=\S| )")
EMPTY_LINE = re.compile(r"^(?://| \*)\s*$")
COMMENT = re.compile(r"^(?://|/\*| \*)")
REMARK = re.compile(r"\s*//.*$")
NAMESPACE = re.compile(r"^namespace (dyt[\w:]*) \{", re.M)


@dataclasses.dataclass
class Example:
    header: str  # path from the root, as it is included
    line: int  # of its first line, from 1
    lines: list
    namespace: str


def head_of(text):
    """The lines of the comment that a header begins with."""
    lines = []
    for line in text.splitlines():
        if not COMMENT.match(line):
            break
        lines.append(line)
    return lines


def examples_of(header, text):
    found, block, start, after_empty = [], [], 0, False
    # The last one: those before hold forward declarations of other layers.
    namespace = (list(NAMESPACE.finditer(text)) or [None])[-1]
    for number, line in enumerate([*head_of(text), ""], 1):
        if CODE_LINE.match(line) and (block or after_empty):
            start = start or number
            block.append(CODE_LINE.sub("", line).rstrip())
        else:
            if block and REMARK.sub("", block[-1]).endswith((";", "}")):
                found.append(Example(header, start, block, namespace[1] if namespace else ""))
            block, start = [], 0
        after_empty = bool(EMPTY_LINE.match(line))
    return found


def broken_of(header, text):
    """Lines of code that are no example: one would think that they are compiled."""
    known = {number for example in examples_of(header, text)
             for number in range(example.line, example.line + len(example.lines))}
    return [number for number, line in enumerate(head_of(text), 1)
            if CODE_LINE.match(line) and number not in known
            and REMARK.sub("", CODE_LINE.sub("", line)).endswith(";")]


def read_names(text):
    """{header or "": declarations}, of a file in which `[header]` begins the part of a header."""
    parts, header = {"": []}, ""
    for line in text.splitlines():
        match = re.fullmatch(r"\[(\S+)\]", line)
        if match:
            header = match[1]
            parts[header] = []
        elif not line.startswith("#") or line.startswith("#include"):
            parts[header].append(line)
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


def source_of(examples, names):
    """C++ in which every example is a function of its own, between the declarations that it needs."""
    headers = dict.fromkeys(example.header for example in examples)
    parts = [f'#include "{header}"' for header in headers]
    for header in headers:
        parts += [line for line in names.get(header, "").splitlines() if line.startswith("#include")]
    parts.insert(0, names[""])
    for number, example in enumerate(examples):
        own = [line for line in names.get(example.header, "").splitlines() if not line.startswith("#include")]
        parts.append(f"namespace {example.namespace or 'dyt'} {{ namespace example_{number} {{")
        parts.append("using namespace given;")
        parts += own
        parts.append("[[maybe_unused]] static auto example() {")
        parts.append(f'#line {example.line} "{example.header}"')
        parts += example.lines
        parts.append(";")  # an expression may stand alone
        parts.append("}")
        parts.append('#line 1 "tests/repository/example_names.txt"')
        parts.append("} }")
    return "\n".join(parts) + "\n"

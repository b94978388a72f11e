# SPDX-License-Identifier: Apache-2.0
"""Reads a page of the documentation: its fenced blocks, their commands, and what breaks the rules.

Rules, so that nothing has to be guessed and nothing escapes the test:
- what is not running text stands between fences (```), each with a language of LANGUAGES;
- `sh` blocks hold commands, nothing else: no output, no prompt, no here-document;
- no line outside a fence is indented by four spaces or more (Markdown would make it a block).
"""
import dataclasses
import re

LANGUAGES = {"sh", "toml", "python", "text", "json", "cpp"}
FENCE = re.compile(r"^( {0,3})(```+|~~~+)\s*(.*?)\s*$")
INLINE = re.compile(r"`(?:\./bin/)?dyt ([a-z][a-z-]*)[^`]*`")


@dataclasses.dataclass
class Block:
    language: str
    line: int  # of the opening fence, from 1
    lines: list


@dataclasses.dataclass
class Page:
    blocks: list
    problems: list  # texts "LINE: what is wrong"
    inline: list  # (line, word): the commands that the running text names, `dyt WORD ...`


def read_page(text):
    page, block, indent = Page([], [], []), None, 0
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None:
            if fence and not fence[3]:
                block = None
            else:
                block.lines.append(line[indent:] if not line[:indent].strip() else line)
        elif fence:
            block, indent = Block(fence[3], number, []), len(fence[1])
            page.blocks.append(block)
            if fence[3] not in LANGUAGES:
                page.problems.append(f"{number}: a fence wants a language: {', '.join(sorted(LANGUAGES))}")
        elif line.strip() and re.match(r" {4}|\t", line):
            page.problems.append(f"{number}: an indented block: put it between fences with a language")
        else:
            page.inline += [(number, word) for word in INLINE.findall(line)]
    if block is not None:
        page.problems.append(f"{block.line}: the fence is not closed")
    page.problems += [problem for block in page.blocks for problem in _command_problems(block)]
    return page


def _command_problems(block):
    if block.language == "sh" and any("<<" in line or line.startswith("$ ") for line in block.lines):
        yield f"{block.line}: a block of commands has neither prompts nor here-documents"


def commands_of(block):
    """The commands of an `sh` block as they are written, continued lines together, without comments alone."""
    commands, open_command = [], ""
    for line in block.lines:
        open_command += line + "\n"
        if line.endswith("\\"):
            continue
        if open_command.strip() and not open_command.lstrip().startswith("#"):
            commands.append(open_command.rstrip("\n"))
        open_command = ""
    return commands


def without_comment(command):
    return re.sub(r"\s+# .*$", "", command)


def file_name(block):
    """The file that a block is: its first line is `# NAME` where it has one."""
    match = re.fullmatch(r"# ([\w./-]+\.\w+)", block.lines[0]) if block.lines else None
    return match[1] if match else None


def needs_pytorch(block):
    """A `python` block that imports the package dyt or PyTorch: make test-python has them, make test has not."""
    return any(re.match(r"\s*(import|from) (dyt|torch)\b", line) for line in block.lines)

# SPDX-License-Identifier: Apache-2.0
"""The Python snippets of the documentation that need PyTorch; tests/docs/commands_test.py runs the others."""
import pathlib

import pytest

import pages

SOURCE = pathlib.Path(__file__).parents[2]


def snippets():
    for file in [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]:
        for block in pages.read_page(file.read_text(encoding="utf-8")).blocks:
            if block.language == "python" and pages.needs_pytorch(block):
                yield pytest.param("\n".join(block.lines), id=f"{file.name}:{block.line}")


@pytest.mark.parametrize("text", snippets())
def test_snippet(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(text, {"__name__": "__main__"})

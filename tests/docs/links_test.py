#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links of the documentation to files and headings of this repository lead somewhere."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)


def anchors_of(text):
    """As GitHub makes them of headings."""
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text)}


def problem_of(page, target):
    if "://" in target or target.startswith("mailto:"):
        return None
    name, _, anchor = target.partition("#")
    path = page.parent / name if name else page
    if not path.exists():
        return "no such file"
    if anchor and path.suffix == ".md" and anchor not in anchors_of(path.read_text(encoding="utf-8")):
        return "no such heading"
    return None


class Links(unittest.TestCase):
    def test_they_lead_somewhere(self):
        listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
        broken = []
        for page in map(ROOT.joinpath, listed.stdout.split()):
            for target in LINK.findall(page.read_text(encoding="utf-8")):
                problem = problem_of(page, target)
                if problem:
                    broken.append(f"{page.relative_to(ROOT)}: {target}: {problem}")
        self.assertEqual(broken, [])


if __name__ == "__main__":
    unittest.main()

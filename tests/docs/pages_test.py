#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the reader of pages: what is a command, and that nothing escapes."""
import unittest

import pages


class ReadPage(unittest.TestCase):
    def test_commands_in_order_with_continued_lines(self):
        page = pages.read_page("# T\n\n```sh\na b  # why\n# alone\nc \\\n  d\n\n```\n")
        self.assertEqual(page.problems, [])
        commands = pages.commands_of(page.blocks[0])
        self.assertEqual(commands, ["a b  # why", "c \\\n  d"])
        self.assertEqual(pages.without_comment(commands[0]), "a b")

    def test_a_fence_in_a_list_loses_its_indent(self):
        page = pages.read_page("- item\n\n  ```sh\n  a\n  ```\n")
        self.assertEqual((page.problems, pages.commands_of(page.blocks[0])), ([], ["a"]))

    def test_what_would_escape_is_a_problem(self):
        for text in ("    a b\n", "\ta b\n", "```\na\n```\n", "```bash\na\n```\n", "~~~\na\n~~~\n", "```sh\na\n",
                     "```sh\n$ a\n```\n", "```sh\ncat <<END\nEND\n```\n"):
            self.assertEqual(len(pages.read_page(text).problems), 1, text)

    def test_names_of_files(self):
        page = pages.read_page("```toml\n# a/my.toml\nx = 1\n```\n```toml\n# a remark\n```\n")
        self.assertEqual([pages.file_name(block) for block in page.blocks], ["a/my.toml", None])

    def test_python_that_needs_pytorch(self):
        page = pages.read_page("```python\nimport json\n```\n```python\nx = 1\nfrom torch.nn import Module\n```\n"
                               "```python\nimport dyt\n```\n```python\nimport dyting\n```\n")
        self.assertEqual([pages.needs_pytorch(block) for block in page.blocks], [False, True, True, False])

    def test_commands_in_running_text(self):
        page = pages.read_page("Say `./bin/dyt train x=1` or\n`dyt data list`, not `dyt`.\n")
        self.assertEqual(page.inline, [(1, "train"), (2, "data")])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""check-docs must see what is wrong. Usage: check_docs_test.py BUILD"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "scripts/check-docs"
BUILD = sys.argv.pop(1)


class CheckDocs(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as folder:
            document = Path(folder) / "checked_document.md"
            document.write_text(text)
            return subprocess.run([CHECK, "--build", BUILD, document], capture_output=True, text=True, check=False)

    def refused(self, text, why):
        done = self.check(text)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(why, done.stdout)

    def test_accepts(self):
        done = self.check("```sh run\necho a; echo b; echo c\n```\n```text output\na\n...\nc\n```\n")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("compared", done.stdout)

    def test_program(self):
        done = self.check('```cpp run\n#include <cstdio>\nint main() { std::puts("hi"); }\n```\n```text output\nhi\n```\n')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_unmarked(self):
        self.refused("```sh\ntrue\n```\n", "norun REASON")

    def test_norun_without_reason(self):
        self.refused("```sh norun:\ntrue\n```\n", "needs a reason")

    def test_failing_command(self):
        self.refused("```sh run\nfalse\necho more\n```\n", "exit code 1")

    def test_wrong_output(self):
        self.refused("```sh run\necho a\n```\n```text output\nb\n```\n", "instead of")

    def test_program_with_a_warning(self):
        self.refused("```c run\nint main(void) { int unused; return 0; }\n```\n", "unused")

    def test_dead_link(self):
        self.refused("[there](no/such/file.md)\n", "leads nowhere")

    def test_open_block(self):
        self.refused("```sh run\ntrue\n", "never closed")


if __name__ == "__main__":
    unittest.main()

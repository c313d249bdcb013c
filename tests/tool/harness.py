# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share: usage is X_test.py MOTE [TEST...]."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MOTE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "mote"

SUCCESS, TRAP, USAGE, REFUSED, FILE, OUT_OF_FUEL = range(6)


class ToolTest(unittest.TestCase):
    """Each test works in an empty folder of its own."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="mote-tool-"))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, contents):
        path = self.folder / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return name

    def wasm(self, name, text):
        """A module made of its text."""
        self.write("source.wat", text)
        subprocess.run(["wat2wasm", "--enable-all", "--debug-names", "source.wat", "-o", name], cwd=self.folder, check=True)
        return name

    def mote(self, *words, status=SUCCESS, stdin=b"", env=None, timeout=60):
        """Runs the command; what it printed, as standard output and standard error."""
        done = subprocess.run([MOTE, *map(str, words)], cwd=self.folder, input=stdin, capture_output=True, timeout=timeout, check=False,
                              env={**os.environ, **(env or {})})
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        # AddressSanitizer remarks on memory that is refused.
        err = "".join(line for line in err.splitlines(True) if "WARNING: AddressSanitizer failed to allocate" not in line)
        self.assertEqual(done.returncode, status, f"mote {' '.join(map(str, words))}\n{out}{err}")
        return out, err

    def json(self, *words, status=SUCCESS, **more):
        """Likewise with --json: standard output is one object, and nothing else is printed."""
        out, err = self.mote(*words, "--json", status=status, **more)
        self.assertEqual(err, "")
        return json.loads(out)

    def fails(self, *words, status, saying):
        """Fails with that exit code, prints nothing on standard output, and each of the words on standard error."""
        out, err = self.mote(*words, status=status)
        self.assertEqual(out, "")
        self.assertTrue(err.startswith("mote: error: "), err)
        for text in [saying] if isinstance(saying, str) else saying:
            self.assertIn(text, err)
        return err


def main():
    unittest.main()

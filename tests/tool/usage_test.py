#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as such: help, version, suggestions, files, colours. usage: usage_test.py MOTE [TEST...]"""

import os
import pty
import subprocess

from harness import FILE, MOTE, REFUSED, USAGE, ToolTest, main

COMMANDS = ("run", "validate", "inspect", "disasm", "embed", "spec")


class Usage(ToolTest):
    def test_help(self):
        out, err = self.mote("--help")
        self.assertEqual(err, "")
        for word in (*COMMANDS, "Exit codes: 0 success, 1 trap, 2 usage, 3 module refused, 4 file, 5 out of fuel"):
            self.assertIn(word, out)
        for command in COMMANDS:
            self.assertIn("Usage: mote " + command, self.mote(command, "--help")[0])

    def test_version(self):
        self.assertRegex(self.mote("--version")[0], r"^mote \d+\.\d+\.\d+\n$")

    def test_no_command(self):
        self.fails(status=USAGE, saying="try `mote --help`")

    def test_misspelt_command(self):
        self.fails("rnu", status=USAGE, saying=['no command "rnu"', "did you mean `mote run`?"])
        self.fails("xyzzy", status=USAGE, saying='no command "xyzzy"')

    def test_misspelt_option(self):
        for word, meant in (("--invok", "--invoke"), ("--fule=3", "--fuel"), ("--teir", "--tier"), ("-json", "--json"), ("--memorylimit", "--memory-limit")):
            self.fails("run", "m.wasm", word, status=USAGE, saying=[f"did you mean `{meant}`?", "try `mote run --help`"])
        self.fails("run", "m.wasm", "--qqqqqqqqq", status=USAGE, saying="not expected: --qqqqqqqqq")
        self.fails("--versoin", status=USAGE, saying="did you mean `--version`?")

    def test_values_that_do_not_fit(self):
        for words in (("--fuel", "many"), ("--fuel", "-1"), ("--stack", "99999999999"), ("--pool", "lots"), ("--memory-limit", "5GiB")):
            self.fails("run", "m.wasm", *words, status=USAGE, saying=words[0])

    def test_missing_file_argument(self):
        for command in ("run", "validate", "inspect", "disasm", "embed"):
            self.fails(command, status=USAGE, saying=["FILE is required", f"try `mote {command} --help`"])

    def test_files_that_cannot_be_read(self):
        self.write("secret.wasm", b"")
        os.chmod(self.folder / "secret.wasm", 0)
        for command in ("run", "validate", "inspect", "disasm", "embed"):
            self.fails(command, "none.wasm", status=FILE, saying="none.wasm: No such file or directory")
            self.fails(command, ".", status=FILE, saying=". is a directory")
            self.fails(command, "none.wat", status=FILE, saying="none.wat: No such file or directory")
            if os.geteuid() != 0:
                self.fails(command, "secret.wasm", status=FILE, saying="Permission denied")

    def test_empty_file(self):
        self.write("empty.wasm", b"")
        for command in ("run", "validate", "inspect", "disasm", "embed"):
            self.fails(command, "empty.wasm", status=REFUSED, saying="empty.wasm is empty")

    def test_standard_input(self):
        text = b'(module (func (export "main") (result i32) i32.const 8))'
        self.assertEqual(self.mote("run", "-", stdin=text)[0], "8\n")
        self.wasm("m.wasm", text.decode())
        self.assertEqual(self.mote("run", "-", stdin=(self.folder / "m.wasm").read_bytes())[0], "8\n")
        _, err = self.mote("run", "-", stdin=b"", status=REFUSED)
        self.assertIn("standard input is empty", err)
        _, err = self.mote("run", "-", stdin=b"hello", status=REFUSED)
        self.assertIn("not a WebAssembly module", err)

    def test_text(self):
        self.write("m.txt", ';; any name will do\n(module (func (export "main") (result i32) i32.const 9))')
        self.assertEqual(self.mote("run", "m.txt")[0], "9\n")
        self.write("bad.wat", "(module\n  (func i32.ad))")
        self.fails("run", "bad.wat", status=REFUSED, saying=["bad.wat: wat2wasm refuses it", "bad.wat:2:9: error: unexpected token i32.ad", "^^^"])

    def test_temporary_files_are_removed(self):
        place = self.folder / "tmp"
        place.mkdir()
        self.write("m.wat", '(module (func (export "main")))')
        self.write("bad.wat", "(module")
        for name, status in (("m.wat", 0), ("bad.wat", REFUSED)):
            self.mote("run", name, status=status, env={"TMPDIR": str(place)})
        self.mote("disasm", "--tier", "native", "m.wat", env={"TMPDIR": str(place)})
        self.assertEqual(os.listdir(place), [])
        self.mote("run", "m.wat", status=FILE, env={"TMPDIR": "/nonexistent"})

    def test_text_without_wabt(self):
        self.write("m.wat", "(module)")
        done = subprocess.run([MOTE, "run", "m.wat"], cwd=self.folder, capture_output=True, env={"PATH": "/nonexistent"}, check=False)
        self.assertEqual(done.returncode, FILE)
        self.assertIn(b"wat2wasm is not installed", done.stderr)

    def colours_on_a_terminal(self, env):
        """What comes out of a pseudo-terminal."""
        ours, its = pty.openpty()
        subprocess.run([MOTE, "run", "none.wasm"], cwd=self.folder, stderr=its, check=False, env={"PATH": os.environ["PATH"], **env})
        os.close(its)
        text = os.read(ours, 4096)
        os.close(ours)
        return b"\x1b[" in text

    def test_colours(self):
        self.assertTrue(self.colours_on_a_terminal({}))
        self.assertTrue(self.colours_on_a_terminal({"NO_COLOR": ""}))
        self.assertFalse(self.colours_on_a_terminal({"NO_COLOR": "1"}))
        self.assertNotIn("\x1b", self.fails("run", "none.wasm", status=FILE, saying="none.wasm"))


if __name__ == "__main__":
    main()

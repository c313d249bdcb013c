# SPDX-License-Identifier: Apache-2.0
"""`mote new` and `mote build` in every language, with the toolchains of Debian and npm; and what goes wrong."""

import os
import re
import stat
import subprocess
import unittest

import harness
from harness import FILE, USAGE, ToolTest

TIMELINE = [(f"{250 * i}.000", "active" if i % 2 == 0 else "inactive") for i in range(5)]


class Languages(ToolTest):
    def build(self, language, most_bytes, most_memory):
        out, _ = self.mote("new", "--lang", language, "hello")
        self.assertIn("mote build hello", out)
        if language == "assemblyscript":
            done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=self.folder / "hello", capture_output=True, text=True,
                                  timeout=100, check=False)
            self.assertEqual(done.returncode, 0, f"npm ci failed: is the registry within reach?\n{done.stdout}{done.stderr}")
        out, _ = self.mote("build", "hello", timeout=100)
        rows = dict((name, (int(size), int(memory))) for name, size, memory in re.findall(r"^  (as it \w+(?: linked)?) +(\d+) +(\d+)", out, re.M))
        self.assertLessEqual(rows["as it is"][0], rows["as it was linked"][0] + 8)  # an exact size is longer than "1 page"
        self.assertEqual(rows["as it was linked"][1] % 65536, 0)
        self.assertLessEqual(rows["as it is"][0], most_bytes, out)
        self.assertLessEqual(rows["as it is"][1], most_memory, out)
        self.assertEqual((self.folder / "hello/build/hello.wasm").stat().st_size, rows["as it is"][0])
        out, _ = self.mote("run", "--device", "sim", "hello/build/hello.wasm")
        self.assertEqual(re.findall(r"(\S+) ms  led0 (\w+)", out)[1:], TIMELINE)
        self.assertEqual(out.splitlines()[-1], "0")
        self.mote("build", "hello", timeout=100)  # again, over what is there

    def test_c(self):
        self.build("c", 450, 1100)

    def test_cpp(self):
        self.build("cpp", 550, 1100)

    def test_rust(self):
        self.build("rust", 700, 1300)

    def test_assemblyscript(self):
        self.build("assemblyscript", 600, 400)


class BadInput(ToolTest):
    def new(self, language="c"):
        self.mote("new", "--lang", language, "app")

    def tools(self, *names):
        """A PATH with these programs alone."""
        folder = self.folder / "tools"
        folder.mkdir(exist_ok=True)
        for name in names:
            path = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
            os.symlink(path, folder / name)
        return {"PATH": str(folder), "RUSTC": ""}

    def test_names(self):
        for bad in ("../", "1app", "a b", "-x", "", "a/b.c", "x" * 65, "ä"):
            self.fails("new", "--lang", "c", "--", bad, status=USAGE, saying="")
        self.fails("new", "--lang", "pascal", "app", status=USAGE, saying="pascal")
        self.fails("new", "app", status=USAGE, saying="--lang")

    def test_nothing_is_overwritten(self):
        self.new()
        before = (self.folder / "app/app.c").read_text()
        (self.folder / "app/app.c").write_text("mine")
        self.fails("new", "--lang", "c", "app", status=FILE, saying="overwrites nothing")
        self.assertEqual((self.folder / "app/app.c").read_text(), "mine")
        self.assertNotEqual(before, "mine")
        self.fails("new", "--lang", "c", "none/app", status=FILE, saying="cannot be made")

    def test_no_project(self):
        self.fails("build", status=USAGE, saying=["mote.json", "`mote new`"])
        self.fails("build", "none", status=USAGE, saying="mote.json")
        self.new()
        for text, saying in (("", "no JSON object"), ("[]", "no JSON object"), ("{}", "must be there"),
                             ('{"name": 1, "language": "c"}', "must be there"), ('{"name": "../x", "language": "c"}', "cannot be a module's name"),
                             ('{"name": "a", "language": "ada"}', "no language"), ('{"name": "a", "language": "c", "stack": -1}', '"stack" is no number'),
                             ('{"name": "a", "language": "c", "heap": "x"}', '"heap" is no number')):
            self.write("app/mote.json", text)
            self.fails("build", "app", status=USAGE, saying=saying)

    def test_errors_in_sources(self):
        self.new()
        self.write("app/app.c", "int x = ;")
        _, err = self.mote("build", "app", status=FILE)
        self.assertIn("expected expression", err)
        self.assertIn("clang failed", err)
        (self.folder / "app/app.c").unlink()
        self.fails("build", "app", status=FILE, saying="no source")

    def test_no_toolchain(self):
        for language, present, saying in (("c", (), ["clang is not installed", "apt install clang"]), ("c", ("clang",), ["wasm-ld is not", "apt install lld"]),
                                          ("cpp", (), ["clang++ is not"]), ("assemblyscript", (), ["node is not", "apt install nodejs"]),
                                          ("assemblyscript", ("node",), ["AssemblyScript is not installed", "npm ci"])):
            with self.subTest(language=language, present=present):
                self.tearDown()
                self.setUp()
                self.new(language)
                environment = self.tools(*present)
                _, err = self.mote("build", "app", status=FILE, env=environment)
                for text in saying:
                    self.assertIn(text, err)

    def test_without_wasm_opt(self):
        self.new()
        out, _ = self.mote("build", "app", env=self.tools("clang", "wasm-ld"))
        self.assertIn("wasm-opt is not installed", out)
        self.assertIn("as it is", out)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_unwritable(self):
        self.new()
        os.chmod(self.folder / "app", stat.S_IRUSR | stat.S_IXUSR)
        self.fails("build", "app", status=FILE, saying="cannot be written")

    def test_build_is_a_file(self):
        self.new()
        self.write("app/build", "in the way")
        self.fails("build", "app", status=FILE, saying="build cannot be written")
        self.assertEqual((self.folder / "app/build").read_text(), "in the way")

    def test_heap_too_large(self):
        self.new()
        self.write("app/mote.json", '{"name": "app", "language": "c", "heap": 1000000}')
        out, _ = self.mote("build", "app")
        self.assertIn("its memory stays as it is: with that heap it needs", out)


if __name__ == "__main__":
    harness.main()

# SPDX-License-Identifier: Apache-2.0
"""check-source must see what is wrong."""

import subprocess
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "scripts/check-source"
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


class CheckSource(unittest.TestCase):
    def check(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return subprocess.run([CHECK, folder], capture_output=True, text=True, check=False)

    def refused(self, name, text, why):
        done = self.check(name, text)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(why, done.stdout)

    def accepted(self, name, text):
        done = self.check(name, text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_licence(self):
        self.refused("src/vm/a.cpp", "int a;\n", "SPDX")
        self.accepted("src/vm/a.cpp", LICENCE + "int a;\n")

    def test_long_file(self):
        self.refused("src/vm/a.cpp", LICENCE + "int a();\n" * 500, "501 lines")
        self.accepted("src/vm/a.inc", LICENCE + "A()\n" * 500)

    def test_long_function(self):
        self.refused("src/vm/a.cpp", LICENCE + "int f() {\n" + "  f();\n" * 60 + "}\n", "a function of 62 lines")
        self.refused("src/vm/a.hpp", LICENCE + "struct A {\n  int f() {\n" + "    f();\n" * 60 + "  }\n};\n", "a function of 62")
        self.accepted("src/vm/a.cpp", LICENCE + "int f() {\n" + "  f();\n" * 58 + "}\n")

    def test_preprocessor_in_the_core(self):
        self.refused("src/wasm/a.cpp", LICENCE + "#if defined(A)\n#endif\n", "#if belongs")
        self.accepted("src/config/a.hpp", LICENCE + "#if defined(A)\n#endif\n")

    def test_seam(self):
        self.refused("src/compile/a.cpp", LICENCE + '#include "vm/vm.hpp"\n', "must not know an instruction set")
        self.refused("src/compile/a.inl", LICENCE + "// Thumb-2 has no such instruction\n", "must not know an instruction set")
        self.accepted("src/compile/isa/vm/a.cpp", LICENCE + '#include "vm/vm.hpp"\n')

    def test_path_of_a_machine(self):
        self.refused("docs/a.md", "see /" + "home/me/mote\n", "somebody's machine")
        self.accepted("docs/a.md", "see ~/mote and https://example.org/home/me\n")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`mote spec` as a command: exit codes, output, bad input, targets that misbehave. usage: command_test.py MOTE [TEST...]"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

MOTE = "mote"

# (module (func (export "f") (result i32) (i32.const 7)))
SEVEN = bytes.fromhex("0061736d010000000105016000017f03020100070501016600000a0601040041070b")
# (module (func (v128.const i32x4 0 0 0 0) drop))
OLD_TRY = bytes.fromhex("0061736d01000000010401600000030201000a070105000640" + "0b0b")


def call(expected):
    action = {"type": "invoke", "field": "f", "args": []}
    return {"type": "assert_return", "line": 2, "action": action, "expected": [{"type": "i32", "value": str(expected)}]}


MODULE = {"type": "module", "line": 1, "filename": "seven.wasm"}


class SpecCommand(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = Path(self.place.name)
        (self.folder / "seven.wasm").write_bytes(SEVEN)
        (self.folder / "old.wasm").write_bytes(OLD_TRY)
        self.script("good", [MODULE, call(7)])

    def tearDown(self):
        self.place.cleanup()

    def script(self, name, commands):
        (self.folder / f"{name}.json").write_text(json.dumps({"source_filename": f"{name}.wast", "commands": commands}))

    def spec(self, *arguments, environment=None):
        return subprocess.run([MOTE, "spec", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "MOTE_SPEC_SUITE": "", **(environment or {})})

    def test_passes(self):
        result = self.spec(self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines()[-1], "spec: 2 passed, 0 failed, 0 skipped")

    def test_suite_from_the_environment(self):
        result = self.spec(environment={"MOTE_SPEC_SUITE": str(self.folder)})
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_archive(self):
        archive = self.folder / "suite.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            for name in ("good.json", "seven.wasm"):
                tar.add(self.folder / name, f"core/{name}")
        result = self.spec(archive, "--verbose")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("core/good: 0 failed, 2 passed", result.stdout)

    def test_failure_names_script_and_line(self):
        self.script("bad", [MODULE, call(8)])
        result = self.spec(self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("bad: 1 failed, 1 passed, 0 skipped\n"
                      "  line 2: assert_return: expected i32 8 (0x00000008), got i32 7 (0x00000007)\n", result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "spec: 3 passed, 1 failed, 0 skipped")

    def test_filter(self):
        self.script("bad", [MODULE, call(8)])
        self.assertEqual(self.spec(self.folder, "--filter", "go").returncode, 0)
        self.assertEqual(self.spec(self.folder, "--filter", "b?d").returncode, 1)
        result = self.spec(self.folder, "--filter", "nothing")
        self.assertEqual(result.returncode, 4)
        self.assertIn("matches the filter", result.stderr)

    def test_json(self):
        self.script("text", [{"type": "assert_malformed", "line": 1, "filename": "x.wat", "text": "", "module_type": "text"}])
        report = json.loads(self.spec(self.folder, "--json").stdout)
        self.assertEqual((report["passed"], report["failed"], report["skipped"]), (2, 0, 1))
        self.assertEqual(report["skips"][0]["files"], [{"name": "text", "skipped": 1, "commands": 1}])
        path = self.folder / "report.out"
        self.spec(self.folder, "--json-file", path)
        self.assertEqual(json.loads(path.read_text())["passed"], 2)

    def test_a_missing_proposal_is_a_reason_and_no_pass(self):
        self.script("old", [{**MODULE, "filename": "old.wasm"}, {"type": "assert_invalid", "line": 2, "filename": "old.wasm",
                                                                "text": "type mismatch", "module_type": "binary"}])
        result = self.spec(self.folder, "--filter", "old")
        self.assertIn("skipped 2: needs the legacy-exception-handling proposal\n    whole files: old", result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "spec: 0 passed, 0 failed, 2 skipped")

    def test_what_cannot_be_used(self):
        (self.folder / "broken.json").write_text("{")
        for arguments in [(), ("/nonexistent",), (self.folder,), (self.folder / "seven.wasm",)]:
            result = self.spec(*arguments)
            self.assertEqual(result.returncode, 4, arguments)
            self.assertIn("mote spec: ", result.stderr)

    def test_missing_module_file_fails(self):
        self.script("bad", [{**MODULE, "filename": "none.wasm"}])
        result = self.spec(self.folder / "bad.json")
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot read", result.stdout)

    def test_agent(self):
        result = self.spec(self.folder, "--target", f"'{MOTE}' spec-agent --pool 64KiB --store 4KiB --stack 1KiB")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("target: mote-spec-agent 1 pool=65536 store=4096 stack=1024", result.stdout)

    def test_agent_that_is_too_small(self):
        result = self.spec(self.folder, "--target", f"'{MOTE}' spec-agent --pool 64KiB --store 16 --stack 1KiB")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("skipped 2: does not fit into the target's memory", result.stdout)

    def test_targets_that_are_no_agents(self):
        for target in ["false", "cat", "echo hello; cat >/dev/null", "/nonexistent/agent", "sleep 30"]:
            result = self.spec(self.folder, "--timeout", "1", "--target", target)
            self.assertEqual(result.returncode, 4, target)
            self.assertIn("mote spec: ", result.stderr, target)

    def test_agent_that_dies_loses_one_script_only(self):
        # The first agent ends after the handshake, the reset and three lines; the ones after it are whole.
        flag = self.folder / "flag"
        five = "for i in 1 2 3 4 5; do IFS= read -r line; echo $line; done"
        target = f"if [ -e {flag} ]; then '{MOTE}' spec-agent; else touch {flag}; {five} | '{MOTE}' spec-agent; fi"
        self.script("after", [MODULE, call(7)])
        result = self.spec(self.folder, "--timeout", "5", "--target", target)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "spec: 2 passed, 2 failed, 0 skipped")


if __name__ == "__main__":
    MOTE = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()

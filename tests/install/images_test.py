#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""images_test.py MOTE: `mote compile`, and what run and inspect do with images."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

# (module (func (export "answer") (result i32) i32.const 42)), one whose answer is in its memory, and one with a call_ref.
ANSWER = bytes.fromhex("0061736d 01000000 0105016000017f 03020100 070a0106616e737765720000 0a06010400412a0b")
MEMORY = bytes.fromhex("0061736d 01000000 0105016000017f 03020100 0503010001 070a0106616e737765720000 0a09010700410028 02000b")
CALL_REF = bytes.fromhex("0061736d 01000000 0105016000017f 03030200 00 0705010167 0001 0905010300 0100"
                         "0a0d02 0400412a0b 0600d20014000b")


def main():
    mote = sys.argv[1]

    def run(*arguments, expect=0):
        done = subprocess.run([mote, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode != expect:
            sys.exit(f"mote {' '.join(map(str, arguments))}: exit code {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return done

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        module, image = folder / "app.wasm", folder / "app.mote"
        module.write_bytes(ANSWER)
        for target in ("native", "vm", "x86-64"):
            run("compile", module, "--target", target, "-o", image)
            assert run("run", image).stdout == "42\n"
            assert json.loads(run("inspect", image, "--json").stdout)["runs_here"]
        run("compile", module, "--target", "cortex-m4f", "-o", image)
        header = json.loads(run("inspect", image, "--json").stdout)
        assert header["isa"] == "thumb2" and not header["runs_here"], header
        assert "another CPU" in run("run", image, expect=3).stderr
        assert "did you mean cortex-m4f" in run("compile", module, "--target", "cortex-4f", expect=2).stderr
        assert "--target vm" in run("compile", module, "--target", "cortex-m0+", expect=2).stderr
        assert "is an image already" in run("compile", image, expect=2).stderr

        run("compile", module, "--target", "cortex-m4f", "--bounds", "mpu", "-o", image)  # it has no memory
        assert json.loads(run("inspect", image, "--json").stdout)["bounds"] == "software"
        module.write_bytes(MEMORY)
        for target in ("cortex-m3", "cortex-m4", "cortex-m4f", "cortex-m7"):
            assert run("compile", module, "--target", target, "--bounds", "mpu", "-o", image).stderr == ""
            assert json.loads(run("inspect", image, "--json").stdout)["bounds"] == "mpu"
        for target in ("cortex-m33", "x86-64", "vm"):
            assert "Cortex-M3" in run("compile", module, "--target", target, "--bounds", "mpu", expect=2).stderr
        assert "guard-pages" in run("compile", module, "--target", "cortex-m4f", "--bounds", "guard-pages", expect=2).stderr
        module.write_bytes(MEMORY.replace(bytes.fromhex("0503010001"), bytes.fromhex("0503010011")))  # 17 pages: no two regions are so large
        assert "compares" in run("compile", module, "--target", "cortex-m4f", "--bounds", "mpu", "-o", image).stderr
        assert json.loads(run("inspect", image, "--json").stdout)["bounds"] == "software"
        module.write_bytes(ANSWER)

        run("compile", module, "-o", image)
        damaged = bytearray(image.read_bytes())
        damaged[-1] ^= 1
        image.write_bytes(damaged)
        assert "CRC" in run("run", image, expect=3).stderr

        text, binary = folder / "app.h", folder / "app.o"
        run("compile", module, "--header", text, "--object", binary)
        program = folder / "program.c"
        program.write_text('#include "app.h"\nextern const uint8_t app_begin[], app_end[];\n'
                           "int main(void) { return app_end - app_begin != sizeof app || app[0] != 'M' || app_begin[0] != 'M'; }\n")
        subprocess.run(["cc", program, binary, "-o", folder / "program"], check=True)
        subprocess.run([folder / "program"], check=True)

        module.write_bytes(CALL_REF)
        run("compile", module, "--target", "vm", "-o", image)
        assert run("run", image, "--invoke", "g").stdout == "42\n"
        assert "function-references" in run("compile", module, "--target", "cortex-m4f", expect=3).stderr


if __name__ == "__main__":
    main()

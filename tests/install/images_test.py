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
# (module (func $f unreachable) (func (export "answer") call $f)), one that throws 42 and catches it, and one with a v128.const.
TRAPS = bytes.fromhex("0061736d 01000000 010401600000 0303020000 070a0106616e737765720001 0a0a 02 03 00000b 04 0010000b")
CAUGHT = bytes.fromhex("0061736d 01000000 010902 6000017f 60017f00 03020100 0d03010001 070a0106616e737765720000"
                       "0a13 01 11 00 027f 1f40 01 00 00 00 412a 0800 0b 00 0b 0b")
VECTOR = bytes.fromhex("0061736d 01000000 010401600000 03020100 0a1701 15 00 fd0c 000102030405060708090a0b0c0d0e0f 1a 0b")
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

        # A backtrace of an image with a map has the offsets of the module's.
        module.write_bytes(TRAPS)
        places = run("run", module, expect=1).stderr
        assert "at byte" in places, places
        for target in ("vm", "native"):
            run("compile", module, "--target", target, "-o", image)
            assert json.loads(run("inspect", image, "--json").stdout)["map_bytes"] == 0
            assert run("run", image, expect=1).stderr != places.replace(str(module), str(image))
            run("compile", module, "--target", target, "--map", "-o", image)
            assert json.loads(run("inspect", image, "--json").stdout)["map_bytes"] > 0
            assert run("run", image, expect=1).stderr == places.replace(str(module), str(image))

        # What a board's profile lacks is refused by name, exceptions are not.
        module.write_bytes(CAUGHT)
        for target in ("native", "vm"):
            run("compile", module, "--target", target, "-o", image)
            assert run("run", image).stdout == "42\n"
        for target in ("cortex-m4f", "vm"):
            run("compile", module, "--target", target, "--profile", "mcu", "-o", image)
        assert "exception-handling" in run("compile", module, "--target", "cortex-m4f", "--profile", "tiny", expect=3).stderr
        module.write_bytes(VECTOR)
        assert "simd" in run("compile", module, "--target", "cortex-m4f", expect=3).stderr
        module.write_bytes(CALL_REF)
        run("compile", module, "--target", "vm", "-o", image)
        assert run("run", image, "--invoke", "g").stdout == "42\n"
        assert "function-references" in run("compile", module, "--target", "cortex-m4f", expect=3).stderr


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""board_test.py MOTE DIR: builds examples/install for QEMU's mps2-an386 into DIR, runs it there, and checks that what the board
compiled and installed is what `mote compile` makes on the host, byte for byte."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TARGETS = {"native": ["--target", "cortex-m4f"], "mpu": ["--target", "cortex-m4f", "--bounds", "mpu"],
           "vm": ["--target", "vm", "--profile", "mcu", "--map"]}
RECORD = 64  # bytes before the image in its slot
EXPECTED = 46368  # fib(24)


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    mote, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for tool in ("arm-none-eabi-g++", "qemu-system-arm"):
        if not shutil.which(tool):
            print(f"SKIPPED: {tool} is missing, so NO board was tested here. Get it with: scripts/setup")
            sys.exit(77)
    run("cmake", "-S", ROOT / "tests/install", "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DMOTE_TIERS=vm;thumb2",
        f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/arm-none-eabi.cmake")
    run("cmake", "--build", folder)
    output = run("qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none",
                 "-semihosting-config", "enable=on,target=native", "-kernel", folder / "firmware",
                 stdin=subprocess.DEVNULL, timeout=120, cwd=folder)
    reports = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if [report.get("tier") for report in reports] != list(TARGETS):
        sys.exit(f"the board printed:\n{output}")
    for report in reports:
        tier = report["tier"]
        host = folder / f"{tier}.mote"
        run(mote, "compile", folder / "fib_timed.wasm", *TARGETS[tier], "-o", host)
        flash, image = (folder / f"flash-{tier}.bin").read_bytes(), host.read_bytes()
        print(json.dumps(report))
        if report["result"] != EXPECTED:
            sys.exit(f"{tier}: fib(24) came out as {report['result']} on the board")
        if len(image) != report["image"] or flash.find(image) % 32 != 0 or flash.find(image) < RECORD:
            sys.exit(f"{tier}: the board's image is not the host's ({report['image']} and {len(image)} bytes)")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The thermometer on QEMU's mps2-an386, through the board's own I2C and LEDs: QEMU's TMP105 is on the bus, and its trace says what the LEDs
do. usage: thermometer.py (in the root of the tree; builds with scripts/board)"""

import json
import os
import socket
import subprocess
import sys
import tempfile

FIRMWARE = "build/boards/mps2-an386/thermometer"


def qemu(milli_degrees):
    """What was printed; without a temperature there is no sensor. It is set before the first instruction, by QEMU's monitor protocol."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "qmp")
        command = ["qemu-system-arm", "-M", "mps2-an386", "-kernel", FIRMWARE, "-icount", "shift=5", "-display", "none", "-monitor", "none",
                   "-serial", "none", "-semihosting-config", "enable=on,target=native", "-trace", "led_change_intensity"]
        if milli_degrees is None:
            return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        command += ["-device", "tmp105,address=0x48,id=sensor", "-S", "-qmp", f"unix:{path},server=on"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            with socket.socket(socket.AF_UNIX) as monitor:
                for _ in range(500):
                    try:
                        monitor.connect(path)
                        break
                    except OSError:
                        if process.poll() is not None:
                            sys.exit(process.stderr.read())
                        subprocess.run(["sleep", "0.02"], check=True)
                lines = monitor.makefile("rw")
                json.loads(lines.readline())
                for execute, arguments in (("qmp_capabilities", {}), ("qom-set", {"path": "/machine/peripheral/sensor",
                                                                                  "property": "temperature", "value": milli_degrees}), ("cont", {})):
                    lines.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
                    lines.flush()
                    while "return" not in (answer := json.loads(lines.readline())):
                        if "error" in answer:
                            sys.exit(str(answer))
                out, trace = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, out, trace)


def led0(done):
    """Whether the board's first LED was on at the end."""
    changes = [line for line in done.stderr.splitlines() if "'USERLED0'" in line]
    return changes[-1].endswith("100%")


def main():
    failures = 0
    for milli_degrees, text, on in ((31750, "31 degrees\n31 degrees\n", True), (29250, "29 degrees\n29 degrees\n", False), (-4000, "-4 degrees\n-4 degrees\n", False),
                                    (None, "the last value was -12", False)):  # no-acknowledge-address
        done = qemu(milli_degrees)
        good = done.returncode == 0 and text in done.stdout and led0(done) == on
        print(f"{milli_degrees}: {'ok' if good else 'FAILED'}\n{done.stdout}")
        failures += not good
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

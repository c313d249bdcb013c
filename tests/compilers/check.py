#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: check.py EXPECTED COMMAND...: fails unless the command succeeds and prints what the file holds."""

import subprocess
import sys
from pathlib import Path

# The module comes last, its arguments before it: `mote run --invoke NAME ARGUMENT... MODULE` is put in order here.
expected, *command, module = sys.argv[1:]
if "--invoke" in command:
    at = command.index("--invoke") + 2
    command = command[:at] + [module] + command[at:]
else:
    command.append(module)
done = subprocess.run(command, capture_output=True, text=True, check=False)
if done.returncode != 0 or done.stdout != Path(expected).read_text(encoding="utf-8"):
    print(f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    sys.exit(1)

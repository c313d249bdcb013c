#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs WASI programs with the command, each in a tree of its own, and looks at what they left.

usage: check.py MOTE PROGRAM.wasm [OPTION of mote run...]"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

MOTE, PROGRAM = sys.argv[1], Path(sys.argv[2])
OPTIONS = sys.argv[3:]
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)


def command(root, *arguments, options=()):
    return [MOTE, "run", *OPTIONS, *options, "--dir", f"{root}::/data", str(PROGRAM), "--", *arguments]


def run(root, *arguments, options=(), text=""):
    return subprocess.run(command(root, *arguments, options=options), input=text, capture_output=True, text=True,
                          timeout=60, check=False)


def expect_ok(done):
    expect(done.returncode == 0 and done.stdout.endswith("ok\n"), f"exit code {done.returncode}\n{done.stdout}{done.stderr}")


def plain(root, _):
    expect_ok(run(root))


def system(root, _):
    expect_ok(run(root, "one", "--two", "-3", options=["--env", "KEY=value", "--env", "EMPTY="]))


def ending(root, _):
    for arguments, code, text in [(("return",), 0, "ok\n"), (("exit", "0"), 0, ""), (("exit", "42"), 42, ""), (("exit", "255"), 255, ""),
                                  (("raise", "9"), 137, ""), (("raise", "6"), 134, ""), (("trap",), 1, "")]:
        done = run(root, *arguments)
        expect(done.returncode == code and done.stdout == text, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}")
        expect(("trap" in done.stderr) == (arguments[0] == "trap"), f"{arguments}: {done.stderr}")


def libc(root, _):
    done = run(root, text="from the test\n")
    expect_ok(done)
    expect(done.stderr == "to stderr\n", done.stderr)


def sockets(root, _):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(command(root, options=["--tcplisten", f"127.0.0.1:{port}"]), stdout=subprocess.PIPE, text=True) as server:
        expect(server.stdout.readline() == "ready\n", "the server does not come up")
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            peer.sendall(b"hello")
            answer = b""
            while chunk := peer.recv(64):
                answer += chunk
            expect(answer == b"hello!", f"the answer is {answer}")
            peer.shutdown(socket.SHUT_WR)
            out = server.stdout.read()
        expect(server.wait(20) == 0 and out == "ok\n", out)


def snapshot(folder):
    """What is in a folder, with content and times."""
    return {str(p): (p.read_bytes() if p.is_file() else None, p.lstat().st_mtime_ns) for p in sorted(folder.rglob("*"))}


def escape(root, base):
    outside = base / "outside"
    (outside / "dir").mkdir(parents=True)
    (outside / "secret").write_text("secret")
    os.symlink("secret", outside / "link")
    (root / "dir/sub/deep").mkdir(parents=True)
    (root / "in.txt").write_text("inside")
    links = {"slash": "/", "abs": outside, "abs_file": outside / "secret", "rel": "../outside", "rel_file": "../outside/secret",
             "rel_new": "../outside/new", "up": "..", "dir/up2": "../..", "chain1": "chain2", "chain2": "rel", "up_again": "up",
             "through": "dir/../../outside", "proc_root": "/proc/self/root", "inside": "dir", "dir/parent": ".."}
    for name, target in links.items():
        os.symlink(target, root / name)
    before = snapshot(outside)
    passwd = Path("/etc/passwd").stat().st_mtime_ns
    done = run(root)
    expect_ok(done)
    expect("60 attacks, 0 escapes" in done.stdout, done.stdout)
    expect(snapshot(outside) == before, "something outside has changed")
    expect(sorted(p.name for p in base.iterdir()) == ["outside", "root"], "something new lies beside the directory")
    expect(Path("/etc/passwd").stat().st_mtime_ns == passwd, "/etc/passwd was touched")


def main():
    base = Path(tempfile.mkdtemp(prefix="mote-wasi-"))
    try:
        (base / "root").mkdir()
        special = {"system": system, "ending": ending, "libc": libc, "sockets": sockets, "escape": escape}
        special.get(PROGRAM.stem, plain)(base / "root", base)
    finally:
        shutil.rmtree(base)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

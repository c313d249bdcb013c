#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs WASI programs with the command, each in a tree of its own, and looks at what they left.

usage: check.py MOTE PROGRAM.wasm [OPTION of mote run...]
       check.py --coverage PROGRAM.wasm...

Which functions were called, and how each call ended, is noted beside the program. With --coverage these notes are read: every function of
WASI preview 1 must have succeeded somewhere and failed somewhere."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

MOTE, PROGRAM = sys.argv[1], Path(sys.argv[2])
OPTIONS = sys.argv[3:]
failures = []
calls = set()  # "NAME ok", "NAME fails"

# The standard's functions (wasi_snapshot_preview1.witx), which are 46.
FUNCTIONS = """args_get args_sizes_get clock_res_get clock_time_get environ_get environ_sizes_get fd_advise fd_allocate fd_close fd_datasync
fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread
fd_prestat_dir_name fd_prestat_get fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write path_create_directory
path_filestat_get path_filestat_set_times path_link path_open path_readlink path_remove_directory path_rename path_symlink
path_unlink_file poll_oneoff proc_exit proc_raise random_get sched_yield sock_accept sock_recv sock_send sock_shutdown""".split()
assert len(FUNCTIONS) == 46
# Nothing can go wrong in the first; the second never comes back.
CANNOT_FAIL = {"sched_yield", "proc_exit"}


def expect(condition, what):
    if not condition:
        failures.append(what)


def command(root, *arguments, options=()):
    return [MOTE, "run", "--trace", *OPTIONS, *options, "--dir", f"{root}::/data", str(PROGRAM), "--", *arguments]


def note_calls(trace):
    """Takes the lines of --trace out of what went to stderr; the rest is the program's."""
    rest = []
    for line in trace.splitlines(keepends=True):
        if not line.startswith("trace:"):
            rest.append(line)
        elif call := re.search(r" host wasi_snapshot_preview1\.(\w+)\(.*\) (?:-> (\d+)|(traps))", line):
            ok = call[2] == "0" or (call[1] in ("proc_exit", "proc_raise") and call[3])  # these end the program
            calls.add(f"{call[1]} {'ok' if ok else 'fails'}")
    return "".join(rest)


def run(root, *arguments, options=(), text=""):
    done = subprocess.run(command(root, *arguments, options=options), input=text, capture_output=True, text=True,
                          timeout=100, check=False)
    done.stderr = note_calls(done.stderr)
    return done


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
    with tempfile.TemporaryFile("w+") as trace, subprocess.Popen(command(root, options=["--tcplisten", f"127.0.0.1:{port}"]),
                                                                 stdout=subprocess.PIPE, stderr=trace, text=True) as server:
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
        trace.seek(0)
        note_calls(trace.read())


def rust(root, base):
    (base / "outside").mkdir()
    (base / "outside/secret").write_text("secret")
    expect_ok(run(root, "one", "zwei \u00fc", options=["--env", "KEY=value"]))
    expect((base / "outside/secret").read_text() == "secret", "something outside has changed")


def faults(root, _):
    for name in ("args_sizes_get", "environ_sizes_get", "random_get"):
        done = run(root, name)
        expect(done.returncode == 1 and "out of bounds memory access" in done.stderr, f"{name}: {done.returncode} {done.stderr}")
    expect_ok(run(root))


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
        special = {"system": system, "ending": ending, "libc": libc, "sockets": sockets, "escape": escape,
                   "rust": rust, "faults": faults}
        special.get(PROGRAM.stem, plain)(base / "root", base)
    finally:
        shutil.rmtree(base)
    for failure in failures:
        print(failure)
    PROGRAM.with_suffix(".calls").write_text("\n".join(sorted(calls)))
    return 1 if failures else 0


def coverage(programs):
    seen = {line for program in programs for line in Path(program).with_suffix(".calls").read_text().splitlines()}
    missing = [f"{name} {how}" for name in FUNCTIONS for how in ("ok", "fails")
               if f"{name} {how}" not in seen and (how == "ok" or name not in CANNOT_FAIL)]
    unknown = {line.split()[0] for line in seen} - set(FUNCTIONS)
    for what in missing:
        print(f"no program does this: {what}")
    for name in unknown:
        print(f"not a function of the standard: {name}")
    print(f"{len(FUNCTIONS)} functions, {len(seen)} outcomes seen")
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(coverage(sys.argv[2:]) if sys.argv[1] == "--coverage" else main())

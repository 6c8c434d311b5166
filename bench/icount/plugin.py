# SPDX-License-Identifier: Apache-2.0
"""roi.c: building it, and running a program in QEMU under it."""
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class Failed(Exception):
    """The program did not end well; the text is what it printed."""


def build(folder):
    """Compiles the plug-in into `folder`; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "roi.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", str(HERE / "roi.c"), "-o", str(library)], check=True)
    return library


def run(library, emulator, program, stack=None, histogram=False, stdin=None):
    """Runs `emulator` (a command without the program) on `program` (more arguments). Returns what it printed and its regions in
    order, each a dict: "instructions", with stack=(low, high) "stack" in bytes, with histogram "places" {address: count}."""
    with tempfile.TemporaryDirectory() as folder:
        log, places = pathlib.Path(folder, "log"), pathlib.Path(folder, "places")
        options = str(library)
        if stack:
            options += f",stack={stack[0]:#x}:{stack[1]:#x}"
        if histogram:
            options += f",histogram={places}"
        done = subprocess.run([*emulator, "-plugin", options, "-d", "plugin", "-D", str(log), *program], input=stdin,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed((done.stderr + done.stdout).strip() or f"exit code {done.returncode}")
        lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        regions = [dict(zip(("instructions", "stack"), map(int, line))) for line in lines]
        if histogram:
            for region, found in zip(regions, read_places(places)):
                region["places"] = found
        return done.stdout, regions


def read_places(path):
    regions = []
    for line in path.read_text().splitlines():
        first, second = line.split()
        if first == "region":
            regions.append({})
        else:
            regions[-1][int(first, 16)] = int(second)
    return regions

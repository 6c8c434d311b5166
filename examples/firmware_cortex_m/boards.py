#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the firmware of this folder for boards QEMU knows, runs it there and prints what it cost as one table.

    boards.py --build DIR --tool INLAY [--shared DIR] [--strip] [--type Release] [BOARD...]

Exit 1 when a program fails or its output differs from that of `inlay run` on this computer in a single bit.
"""
import argparse
import binascii
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "bench/icount"))
import plugin  # noqa: E402
OPS = "add;average_pool2d;conv2d;depthwise_conv2d;fully_connected;max_pool2d;reshape;softmax"
TIMEOUT_S = 120
PATTERNS = {
    "answer": r"^answer +(.+)$",
    "output": r"^output +crc32 0x([0-9a-f]{8})",
    "flash": r"^flash +code (\d+), model (\d+) bytes$",
    "ram": r"^ram +tables (\d+), session (\d+), planned (\d+), scratch (\d+) bytes$",
    "stack": r"^stack +init (\d+), run (\d+) of \d+ bytes$",
    "ticks": r"^ticks +init (\d+), first run (\d+), second run (\d+)$",
}


class Failure(Exception):
    """What went wrong, in a sentence or as a program's output."""


def command(arguments):
    result = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        raise Failure(f"{' '.join(map(str, arguments))}\nended with {result.returncode}:\n{result.stdout[-4000:]}")
    return result.stdout


def boards():
    """Core by board, from the one list of them."""
    return dict(re.findall(r"^inlay_board\((\S+) (\S+)", (HERE / "CMakeLists.txt").read_text(encoding="utf-8"), re.M))


def build(board, core, folder, options):
    settings = [f"-DBOARD={board}", f"-DINLAY_HOST_TOOL={options.tool}", f"-DINLAY_SHARED={options.shared}", f"-DINLAY_OPS={OPS}",
                f"-DCMAKE_BUILD_TYPE={options.type}", f"-DINLAY_STRIP_STRINGS={int(options.strip)}", "-DINLAY_WERROR=1"]
    if shutil.which("ccache"):
        settings += ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    if not (folder / "build.ninja").is_file():
        settings += ["-G", "Ninja", "--toolchain", ROOT / "toolchains" / f"{core}.cmake"]
    command(["cmake", "-S", HERE, "-B", folder, *settings])
    command(["cmake", "--build", folder, "--parallel", options.jobs, *(["--target", *options.only] if options.only else [])])


def emulate(board, elf, library):
    """What the program printed, and the instructions of its regions, where `library` counts them."""
    command = ["timeout", str(TIMEOUT_S), "qemu-system-arm", "-M", board, "-chardev", "stdio,id=host",
               "-semihosting-config", "enable=on,target=native,chardev=host",
               "-nographic", "-monitor", "none", "-serial", "none", "-icount", "shift=0", "-kernel", str(elf)]
    if library is not None:
        try:
            text, regions = plugin.run(library, command, [])
        except plugin.Failed as failure:
            raise Failure(f"{elf.name} on {board}: {failure}") from failure
        return text, [region["instructions"] for region in regions]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        raise Failure(f"{elf.name} on {board} ended with {result.returncode}:\n{result.stdout[-4000:]}")
    return result.stdout, []


def read_report(text):
    report = {}
    for name, pattern in PATTERNS.items():
        match = re.search(pattern, text, re.M)
        if not match:
            raise Failure(f"no line '{name}' in:\n{text}")
        report[name] = match.groups()
    return report


def host_crc(folder):
    """CRC-32 of the data of the array that `inlay run` wrote when the firmware was built."""
    data = (folder / "out_0.npy").read_bytes()
    return f"{binascii.crc32(data[10 + int.from_bytes(data[8:10], 'little'):]):08x}"


TITLES = ["board", "model", "answer", "code", "model", "tables", "session", "planned", "scratch", "stack: init", "run", "ticks: init",
          "run", "instructions: init", "run"]


def row(board, name, report, counts):
    numbers = [f"{int(n):,}" for key in ("flash", "ram", "stack", "ticks") for n in report[key]]
    del numbers[-2]  # the first run: only the second is shown
    return [board, name, *report["answer"], *numbers, *([f"{counts[0]:,}", f"{counts[2]:,}"] if len(counts) == 3 else ["-", "-"])]


def run_board(board, core, options):
    """The rows of the table; everything that failed."""
    folder = options.build / (board + ("-stripped" if options.strip else "") + ("" if options.type == "MinSizeRel" else "-fast"))
    build(board, core, folder, options)
    library = plugin.build(folder) if shutil.which("cc") else None
    rows, failures = [], []
    for elf in sorted(folder.glob("*.elf")):
        if options.only and elf.stem not in options.only:
            continue
        try:
            if elf.stem.startswith("bad_"):
                print(f"{board}, {elf.stem}: {emulate(board, elf, None)[0].splitlines()[-1]}")
                continue
            text, counts = emulate(board, elf, library)
            report = read_report(text)
            rows.append(row(board, elf.stem, report, counts))
            expected = host_crc(folder / f"{elf.stem}_data")
            if report["output"][0] != expected:
                raise Failure(f"{elf.name} on {board}: the output's CRC is {report['output'][0]}, on this computer {expected}")
        except Failure as failure:
            failures.append(str(failure))
    return rows, failures


def print_table(rows):
    widths = [max(len(line[i]) for line in [TITLES, *rows]) for i in range(len(TITLES))]
    for line in [TITLES, *rows]:
        cells = [cell.ljust(width) if i < 3 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
    print("\nbytes of flash (code, model), of RAM (tables, session, planned, scratch), of stack; ticks of SysTick and instructions"
          "\nof the start and of the second run, counted by QEMU")


def main():
    known = boards()
    parser = argparse.ArgumentParser(description="Build and run the firmware on emulated boards.")
    parser.add_argument("boards", nargs="*", metavar="BOARD", help=f"of {', '.join(known)}; none: all")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the folder to build in")
    parser.add_argument("--tool", type=pathlib.Path, required=True, help="the inlay command of this computer")
    parser.add_argument("--shared", default="", help="the folder of larger models; without it only the digits run")
    parser.add_argument("--strip", action="store_true", help="leave out the sentences of errors")
    parser.add_argument("--type", default="MinSizeRel", choices=["MinSizeRel", "Release"], help="smallest or fastest code")
    parser.add_argument("--only", action="append", help="build and run only this program")
    parser.add_argument("--jobs", default="2", help="compilers at a time")
    options = parser.parse_args()
    options.build, options.tool = options.build.resolve(), options.tool.resolve()
    if options.shared and not pathlib.Path(options.shared, "models/tflite").is_dir():
        options.shared = ""
    rows, failures = [], []
    for board in options.boards or known:
        if board not in known:
            parser.error(f"no board '{board}'; there are {', '.join(known)}")
        more, bad = run_board(board, known[board], options)
        rows += more
        failures += bad
    if rows:
        print_table(rows)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as error:
        print(error, file=sys.stderr)
        sys.exit(1)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py WHAT BIN BUILD: the firmware example under QEMU; exits 77 (skipped, for ctest) without the compiler or the emulator.

WHAT is a board, stripped (bad input with the sentences of errors left out), or planted (what must not link does not).
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "examples/firmware_cortex_m"), str(ROOT / "tests/size")]
import boards  # noqa: E402
import limits  # noqa: E402

SKIPPED = 77
# What the linker says it has not got.
PLANTED = {"new": "_sbrk", "malloc": "_sbrk", "printf": "_sbrk", "abort": "_exit", "throw": "__exidx_start"}
STRIPPED_BOARD = "mps2-an386"
PROGRAMS = {"anomaly": "ad", "keyword": "kws", "picture": "ic", "person": "vww"}


def example(build, tool, *arguments):
    return subprocess.run([sys.executable, ROOT / "examples/firmware_cortex_m/boards.py", "--build", build, "--tool", tool, "--jobs", "1",
                           *arguments], check=False).returncode


def over_limits(core, rows):
    """Sentences about the models of MLPerf Tiny, in the smallest build; bench/results/firmware.md has the build for speed."""
    wrong, seen = [], set()
    for row in rows:
        model = PROGRAMS.get(row[1])
        if model is None or core not in limits.RUN:
            continue
        numbers = [None if cell == "-" else int(cell.replace(",", "")) for cell in row[-12:]]
        wrong += limits.of_run(core, model, sum(numbers[2:6]), numbers[6:8], *numbers[10:12])
        seen.add(model)
        if numbers[11] is None:
            print(f"skipped: instructions of {row[1]} are not compared with limits.py, no cc to build the plug-in of QEMU")
    if core in limits.RUN:
        missing = [name for name, model in PROGRAMS.items() if model not in seen]
        if missing:
            print(f"skipped: no limits for {', '.join(missing)}, not in INLAY_SHARED")
        print("above tests/size/limits.py:" if wrong else "all within tests/size/limits.py")
    return wrong


def on_board(build, tool, board):
    """As `boards.py BOARD`, and the limits."""
    shared = os.environ.get("INLAY_SHARED") or str(ROOT.parent / "shared")
    if not pathlib.Path(shared, "models/tflite").is_dir():
        shared = ""
    core = boards.boards()[board]
    options = argparse.Namespace(build=build.resolve(), tool=tool.resolve(), shared=shared, strip=False, type="MinSizeRel",
                                 only=None, jobs="2")
    rows, wrong = boards.run_board(board, core, options)
    boards.print_table(rows)
    wrong += over_limits(core, rows)
    if wrong:
        print("\n".join(wrong))
    return 1 if wrong else 0


def planted(build, tool):
    board, core = "mps2-an386", "cortex-m4"
    libraries = build / board
    boards.build(board, core, libraries, argparse.Namespace(tool=tool, shared="", type="MinSizeRel", strip=False, jobs="1", only=["digit"]))
    folder = build / "planted"
    boards.command(["cmake", "-S", ROOT / "tests/firmware/planted", "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=MinSizeRel",
                    f"-DCMAKE_TOOLCHAIN_FILE={ROOT / 'toolchains' / core}.cmake", f"-Dinlay_DIR={libraries / 'inlay'}",
                    f"-DINLAY_HOST_TOOL={tool}"])
    boards.command(["cmake", "--build", folder, "--target", "planted_control"])
    wrong = 0
    for plant, missing in PLANTED.items():
        link = subprocess.run(["cmake", "--build", str(folder), "--target", f"planted_{plant}"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        refused = link.returncode != 0 and f"undefined reference to `{missing}'" in link.stdout
        print(f"{plant}: {'does not link, as it must' if refused else 'WRONG'}")
        if not refused:
            print(link.stdout[-4000:])
            wrong += 1
    return 1 if wrong else 0


def main():
    what, tool, build = sys.argv[1], pathlib.Path(sys.argv[2], "inlay"), pathlib.Path(sys.argv[3])
    missing = [p for p in ("arm-none-eabi-g++", "qemu-system-arm", "ninja") if shutil.which(p) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        return SKIPPED
    if what == "planted":
        return planted(build, tool)
    if what == "stripped":
        return example(build, tool, "--strip", "--only", "bad_prepared", "--only", "bad_file", STRIPPED_BOARD)
    return on_board(build, tool, what)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except boards.Failure as failure:
        print(failure)
        sys.exit(1)

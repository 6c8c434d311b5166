#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds examples/firmware_cortex_m for Cortex-M4 and M55 at the flags of the speed table, runs it in QEMU, and prints
bench/results/firmware.md: instructions, stack, RAM and code beside figures of TFLite Micro.

    INLAY_SHARED=... firmware_table.py BUILD_FOLDER INLAY_COMMAND > bench/results/firmware.md
"""
import argparse
import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples/firmware_cortex_m"))
import boards  # noqa: E402

PROGRAMS = {"anomaly": "AD", "keyword": "KWS", "picture": "IC", "person": "VWW"}
CORES = {"mps2-an386": "M4", "mps3-an547": "M55"}
# TFLite Micro with CMSIS-NN, -O2, single rounding, measured elsewhere on the same files in the same emulator, second run; RAM is the
# whole arena; and the times others have published for MLPerf Tiny, in milliseconds, on boards of theirs.
THEIRS = {"M4": {"AD": 579_115, "KWS": 7_319_902, "IC": 29_001_216, "VWW": 22_905_638},
          "M55": {"AD": 284_264, "KWS": 1_771_235, "IC": 4_829_072, "VWW": 6_433_929}}
THEIR_RAM = {"AD": 2_476, "KWS": 22_892, "IC": 54_460, "VWW": 100_780}
PUBLISHED = {"TFLM 2021": ["10.05", "181.9", "704", "601"], "Plumerai": ["5.57", "71.7", "173", "209"],
             "ST": ["5.26", "43.2", "165", "88.9"]}
CYCLES = (1.0, 1.5)  # of an instruction on a Cortex-M4, from all single to loads from slow flash: an assumption


def measure(options):
    """{core: {model: row}}, a row by boards.TITLES: "init" and "run" of each group of columns."""
    settings = argparse.Namespace(build=options.build.resolve(), tool=options.tool.resolve(), shared=os.environ.get("INLAY_SHARED", ""),
                                  strip=True, type="Release", only=list(PROGRAMS), jobs="2")
    results, known = {}, boards.boards()
    for board, core in CORES.items():
        rows, failures = boards.run_board(board, known[board], settings)
        if failures or not rows:
            sys.exit("\n".join(failures) or "the four models are not in INLAY_SHARED")
        results[core] = {PROGRAMS[row[1]]: [int(cell.replace(",", "")) for cell in row[-12:]] for row in rows}
    return results


def line(*cells):
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |")


def head(*cells):
    line(*cells)
    print("|---" + "|--:" * (len(cells) - 1) + "|")


def print_speed(results):
    models = list(PROGRAMS.values())
    for core, rows in results.items():
        print(f"\n## Cortex-{core}\n")
        head("", *models)
        line("TFLM + CMSIS-NN, instructions of the second run (quoted)", *[THEIRS[core][m] for m in models])
        line("Inlay, instructions of the second run", *[rows[m][-1] for m in models])
        line("ratio", *[f"{rows[m][-1] / THEIRS[core][m]:.2f}" for m in models])
        line("Inlay, instructions of init", *[rows[m][-2] for m in models])
        line("stack of init / run, bytes", *[f"{rows[m][6]:,} / {rows[m][7]:,}" for m in models])
        line("TFLM arena, bytes (quoted)", *[THEIR_RAM[m] for m in models])
        line("Inlay RAM: planned + session + scratch", *[sum(rows[m][2:6]) for m in models])
        line("flash: the prepared model", *[rows[m][1] for m in models])
        line("flash: code, with the example's own and start-up", *[rows[m][0] for m in models])


def print_times(rows):
    models = list(PROGRAMS.values())
    print("\n## Milliseconds at 120 MHz (Cortex-M4)\n")
    head("", *models)
    spans = [[rows[m][-1] * cycles / 120e3 for cycles in CYCLES] for m in models]
    line("Inlay, **estimate**", *[f"{low:.3g} to {high:.3g}" for low, high in spans])
    for who, times in PUBLISHED.items():
        line(f"{who}, published", *times)
    print(f"\nThe estimate is the instructions above at {CYCLES[0]:.0f} to {CYCLES[1]} cycles each: no board was at hand. The others were "
          "measured on boards.")


def print_code():
    """From the record that tests/size holds the tree to."""
    sizes = json.loads((ROOT / "tests/size/sizes.json").read_text(encoding="utf-8"))["sizes"]
    rows = [("framework alone, every file verified", "smallest/file/framework", "12,000; TFLM, which verifies nothing: 9,376"),
            ("framework alone, models prepared by the host", "smallest/prepared/framework", "9,000 without verification"),
            ("and the ops of all four models, portable kernels, -Os", "smallest/prepared/all four", "30,000; TFLM: 34,556 (KWS), 36,824 (IC)"),
            ("the same with the kernels for DSP, flags as above", "fastest/prepared/all four",
             "45,000; TFLM + CMSIS-NN: 55,388 (KWS, VWW), 53,160 (IC)"),
            ("models as files, prepared on the board, portable, -Os", "smallest/file/all four", "")]
    print("\n## Code on a Cortex-M4, bytes, models and the application left out\n")
    head("", "bytes", "at most")
    for title, case, target in rows:
        line(title, sizes[case]["code"], target)
    print("\nWithout the sentences of errors (`INLAY_STRIP_STRINGS`). tests/size/sizes.json has every model by itself, and "
          "tests/size fails when a number grows.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("tool", type=pathlib.Path)
    results = measure(parser.parse_args())
    print("# Firmware on Cortex-M\n\n    INLAY_SHARED=... python3 bench/icount/firmware_table.py build/firmware build/release/bin/inlay > "
          "bench/results/firmware.md\n")
    print("The int8 models of MLPerf Tiny, prepared by `inlay embed`, in examples/firmware_cortex_m, Release, error texts stripped, counted\n"
          "by QEMU (README.md of bench/icount): exact, the same in every run, and no time. Figures marked as quoted are of TFLite Micro with\n"
          "CMSIS-NN at -O2, measured elsewhere on the same files; nothing of it was run here.")
    print_speed(results)
    print_times(results["M4"])
    print_code()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What placements are worth on boards that are not here: bench/placement_simulated.py [MODEL...] prints a Markdown page.

Every model (default: those of $INLAY_SHARED/models/tflite) is planned for every board of examples/boards by `inlay tune --board`; the
times are predictions by the boards' made-up numbers, the same on every machine. --check fails where a plan is worse than a
device alone or than greedy by capability.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOARDS = ROOT / "examples/boards"
TABLE = ("rk3588", "orin", "big_little", "slow_link")
MORE = ("two_equal", "fast_convs")


def planned(inlay, model, board):
    command = [inlay, "tune", model, "--board", BOARDS / (board + ".json"), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def converted(inlay, model, folder):
    if model.suffix == ".inlay":
        return model
    out = pathlib.Path(folder) / (model.stem + ".inlay")
    subprocess.run([inlay, "convert", model, "-o", out], check=True, stdout=subprocess.DEVNULL)
    return out


def worse_than_rivals(result):
    rivals = [r for r in result["rivals"] if "too_much" not in r]
    return [r["name"] for r in rivals if r["us"] < result["predicted_us"]]


def pipeline_cells(result):
    """Frames through stages, one device each: the time from frame to frame, against frames one behind the other on the best device."""
    pipeline = result.get("pipeline")
    if not pipeline:
        return ["-", "-", "-"]
    stages = pipeline["ops"] if len(pipeline["stages"]) > 1 else "-"
    return [f"{pipeline['period_us']:,.0f}", f"{pipeline['gain']:.2f}", stages]


def row(name, result):
    """Of one model on one board."""
    greedy = next(r["us"] for r in result["rivals"] if r["name"] == "greedy by capability")
    single, placed = result["best_single"], result["predicted_us"]
    split = min(result["split"]["predicted_us"], placed)
    ops = ", ".join(f"{device} {count}" for device, count in result["ops"].items() if count)
    mark = "" if result["exact"] else " *"
    return [name, f"{single['us']:,.0f}", single["name"].removesuffix(" alone"), f"{greedy / single['us']:.2f}", f"{placed:,.0f}{mark}",
            f"{single['us'] / placed:.2f}", f"{greedy / placed:.2f}", ops, f"{split:,.0f}" if split < placed else "-",
            f"{single['us'] / split:.2f}", *pipeline_cells(result)]


def print_table(title, rows):
    print(f"\n## {title}\n")
    head = ["model", "best single us", "which", "greedy / single", "placed us", "x single", "x greedy", "ops", "with splits us", "x single",
            "pipeline us per frame", "x single", "stages"]
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for cells in rows:
        print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--inlay", default=ROOT / "build/release/bin/inlay")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    models = args.models or sorted(pathlib.Path(os.environ["INLAY_SHARED"], "models/tflite").glob("*.tflite"))
    worse = []
    print("# Placements on simulated boards\n")
    print(f"`bench/placement_simulated.py`, {len(models)} models; predictions, not measurements: the boards are those of examples/boards, whose "
          "numbers are data-sheet peaks and guesses.\n`best single`: the fastest device alone, with what it refuses on the cheapest other. `greedy`: every op "
          "on the accelerator that takes it.\n`*`: the search was stopped by its limits, the plan may not be the best.\n`pipeline`: frames that follow each other through "
          "stages, one device each, transfers included; `x single`: throughput against frames one behind the other on the best single device. "
          "`-`: no cut\nruns every op, or one stage is the best.")
    with tempfile.TemporaryDirectory() as folder:
        files = [converted(args.inlay, model, folder) for model in models]
        for board in TABLE + MORE:
            text = json.loads((BOARDS / (board + ".json")).read_text(encoding="utf-8"))
            rows = []
            for model in files:
                result = planned(args.inlay, model, board)
                worse += [f"{model.stem} on {board}: {rival} is better" for rival in worse_than_rivals(result)]
                rows.append(row(model.stem, result))
            print_table(f"{board}: {text['board']['cpu']}", rows)
    for sentence in worse:
        print(sentence, file=sys.stderr)
    return 1 if args.check and worse else 0


if __name__ == "__main__":
    sys.exit(main())

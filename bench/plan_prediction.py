#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How well whole runs are predicted: bench/plan_prediction.py [MODEL...] prints a Markdown page.

Of every model (default: those of $INLAY_SHARED/models/tflite) and list of devices, the plan the solver finds and random ones are
predicted from ops measured in sessions of one device, as `inlay tune` does, and run: build/release/bin/plan_prediction.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LISTS = ("builtin,xnnpack,onednn,reference", "builtin,xnnpack,opencl")
BOUNDS = (0.05, 0.10, 0.15, 0.25)


def converted(args, model, folder):
    if model.suffix == ".inlay":
        return model
    out = pathlib.Path(folder) / (model.stem + ".inlay")
    subprocess.run([args.bin / "inlay", "convert", model, "-o", out], check=True, stdout=subprocess.DEVNULL)
    return out


def plans_of(args, model, devices):
    command = [args.bin / "plan_prediction", model, devices, str(args.plans), str(args.seconds), str(args.seed)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{model.name}: {done.stderr.strip()}", file=sys.stderr)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [dict(line, model=model.stem, list=devices, error=line["predicted_us"] / line["measured_us"] - 1) for line in lines]


def print_distribution(name, plans):
    if not plans:
        return
    errors = sorted(abs(p["error"]) for p in plans)
    cells = [f"{100 * errors[len(errors) // 2]:.1f} %", f"{100 * errors[int(0.9 * (len(errors) - 1))]:.1f} %", f"{100 * errors[-1]:.0f} %"]
    cells += [f"{100 * sum(e <= bound for e in errors) / len(errors):.0f} %" for bound in BOUNDS]
    print(f"| {name} | {len(errors)} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--bin", default=ROOT / "build/release/bin", type=pathlib.Path)
    parser.add_argument("--devices", nargs="+", default=LISTS)
    parser.add_argument("--plans", type=int, default=4, help="random plans per model and list of devices")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    models = args.models or sorted(pathlib.Path(os.environ["INLAY_SHARED"], "models/tflite").glob("*.tflite"))
    plans, load = [], os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        for model in [converted(args, model, folder) for model in models]:
            for devices in args.devices:
                plans += plans_of(args, model, devices)
                if sys.stderr.isatty():
                    print(f"\r{model.stem:40}", end="", file=sys.stderr)
    print("# Predicted and measured runs\n\n"
          f"`bench/plan_prediction.py --plans {args.plans} --seconds {args.seconds}`, load {load:.1f} before, {os.getloadavg()[0]:.1f} after, 1 thread.\n"
          "Error: predicted / measured - 1, of medians. Ops and whole plans are timed in turns, in the same seconds. Random plans put runs of ops on\n"
          "devices by chance, so they change devices far more often than any plan that is any good.\n")
    print("| plans | count | median error | 90th percentile | largest | within 5 % | 10 % | 15 % | 25 % |\n" + "|---" * 9 + "|")
    print_distribution("all", plans)
    print_distribution("above 20 us", [p for p in plans if p["measured_us"] > 20])
    for devices in args.devices:
        print_distribution(devices, [p for p in plans if p["list"] == devices])
    for kind in ("chosen", "random"):
        print_distribution(kind, [p for p in plans if p["kind"] == kind])
    print("\n| of the list | model | plan | devices | segments | predicted us | measured us | MAD | error |\n" + "|---" * 9 + "|")
    for p in plans:
        print(f"| {p['list']} | {p['model']} | {p['kind']} | {', '.join(p['devices'])} | {p['segments']} | {p['predicted_us']:.2f} | "
              f"{p['measured_us']:.2f} | {p['mad_us']:.2f} | {100 * p['error']:+.1f} % |")


if __name__ == "__main__":
    main()

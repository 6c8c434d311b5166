#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What busy neighbours cost a session of two threads: bench/threads.py MODEL.inlay... prints a Markdown table.

Each model runs on builtin with our pool and on XNNPACK with pthreadpool, beside 0, 1 and 2 processes that only count, in
interleaved rounds. On a machine with other users, run it as root with --nice -20, so that they hardly count.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

SETUPS = (
    ("builtin, our pool", ["--backend", "builtin"]),
    ("xnnpack, pthreadpool", ["--backend", "xnnpack,builtin", "--allow-inexact"]),
)


def time_model(bench, model, options, seconds):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [bench, model, "--threads", "2", "--seconds", str(seconds), "--json", out.name, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.load(open(out.name, encoding="utf-8"))["latency_us"]


def beside(neighbours, work):
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(neighbours)]
    try:
        return work()
    finally:
        for process in busy:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--bench", default="build/release/bin/inlay-bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--nice", type=int, default=0)
    args = parser.parse_args()
    os.nice(args.nice)
    print("| model | on | neighbours | median ms | p90 | p99 | median against none |\n|---|---|---|---|---|---|---|")
    for model in args.models:
        found = {}
        for _ in range(args.rounds):
            for neighbours in (0, 1, 2):
                for setup, options in SETUPS:
                    latency = beside(neighbours, lambda o=options: time_model(args.bench, model, o, args.seconds))
                    found.setdefault((setup, neighbours), []).append(latency)
        for setup, _ in SETUPS:
            alone = statistics.median(t["p50"] for t in found[setup, 0])
            for neighbours in (0, 1, 2):
                rounds = found[setup, neighbours]
                p50, p90, p99 = (statistics.median(t[key] for t in rounds) / 1000 for key in ("p50", "p90", "p99"))
                name = pathlib.Path(model).stem
                print(f"| {name} | {setup} | {neighbours} | {p50:.2f} | {p90:.2f} | {p99:.2f} | {p50 * 1000 / alone:.2f} |")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""worker.py ENGINE MODEL THREADS INPUTS: a peer behind the commands of `inlay-bench --serve` (bench/serve.h).

INPUTS is the JSON list [{"dtype", "shape"}]. Runs until stdin ends; a failure is one line {"error": ...} and exit code 1.
"""
import json
import os
import sys
import time

import numpy as np
from engines import PEERS


def status(key):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":")), 0)


def forget_peak():
    """From here on the peak is that of the model, not that of importing Python packages. Needs no right but may be missing."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass


def timed(engine, count):
    times, cpu, run = [], 0, engine.run
    for _ in range(count):
        cpu_begin = time.process_time_ns()
        begin = time.perf_counter_ns()
        run()
        times.append((time.perf_counter_ns() - begin) / 1e3)
        cpu += time.process_time_ns() - cpu_begin
    return {"us": times, "cpu_us": cpu / 1e3, "rss_peak": status("VmHWM")}


def obey(engine, line):
    verb, number, *path = line.split(None, 2)
    if verb == "run":
        return timed(engine, int(number))
    if verb == "input":
        engine.set_input(int(number), np.load(path[0]))
    elif verb == "output":
        np.save(path[0], engine.outputs()[int(number)])
    else:
        raise ValueError(f"no command '{verb}'")
    return {verb: int(number)}


def serve(answer, kind, model, threads, inputs):
    kind.library()
    forget_peak()
    before, begin = status("VmRSS"), time.perf_counter_ns()
    engine = kind(model, threads, inputs)
    answer({"version": kind.version(), "load_us": (time.perf_counter_ns() - begin) / 1e3, "prepare_us": 0, "rss_before": before})
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        if line.strip() == "outputs":
            answer({"outputs": len(engine.outputs())})
        else:
            answer(obey(engine, line.strip()))


def main():
    # Some libraries print on stdout: it becomes stderr for them, and ours is kept apart.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(line):
        print(json.dumps(line), file=answers, flush=True)

    name, model, threads, inputs = sys.argv[1:]
    try:
        serve(answer, PEERS[name], model, int(threads), json.loads(inputs))
    except Exception as error:  # whatever a library throws is the peer's answer
        lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        answer({"error": lines[-1].strip()[:200]})
        os._exit(1)
    os._exit(0)  # libraries that crash while Python shuts down would only disturb


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What faster kernels buy: builtin against reference, and LiteRT where Python has it, in turns so that a busy machine hurts all.

    twin_table.py BIN [--rounds N] [--layers MODEL.tflite] MODEL.tflite...     prints Markdown; times are minima, one thread
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    Interpreter = None


def measure(bench, model, device, runs):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.json"
        subprocess.run([bench, model, "--backend", device, "--runs", str(runs), "--warmup", "1", "--json", out], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return json.loads(out.read_text(encoding="utf-8"))


def litert(model, runs):
    if Interpreter is None:
        return None
    peer = Interpreter(str(model), num_threads=1)
    peer.allocate_tensors()
    random = np.random.default_rng(1)
    for d in peer.get_input_details():
        shape, dtype = d["shape"], d["dtype"]
        values = random.random(shape) if np.issubdtype(dtype, np.floating) else random.integers(0, 100, shape)
        peer.set_tensor(d["index"], values.astype(dtype))
    best = None
    for _ in range(runs + 1):
        begin = time.perf_counter()
        peer.invoke()
        best = min(best or 1e9, time.perf_counter() - begin)
    return best * 1e3


def compare(args, path, folder):
    model = pathlib.Path(folder) / (path.stem + ".inlay")
    subprocess.run([args.bin / "inlay", "convert", path, "-o", model], check=True, stdout=subprocess.DEVNULL)
    found = {"builtin": [], "reference": [], "LiteRT": []}
    for _ in range(args.rounds):
        found["builtin"].append(measure(args.bin / "inlay-bench", model, "builtin", 12))
        found["reference"].append(measure(args.bin / "inlay-bench", model, "reference", 2))
        found["LiteRT"].append(litert(path, 12))
    return found


def best_ms(results):
    return min(r["latency_us"]["min"] for r in results) / 1000


def model_row(name, found):
    fast, slow = best_ms(found["builtin"]), best_ms(found["reference"])
    peers = [p for p in found["LiteRT"] if p is not None]
    same = {str(r["outputs_crc32"]) for d in ("builtin", "reference") for r in found[d]}
    peer = f"{min(peers):.2f} | {min(peers) / fast:.2f}" if peers else "- | -"
    equal = "equal" if len(same) == 1 else "differ"
    memory = [found[d][0]["memory"]["persistent"] for d in ("reference", "builtin")]
    print(f"| {name} | {slow:.2f} | {fast:.2f} | {slow / fast:.1f} | {peer} | {equal} | {memory[0]} | {memory[1]} |", flush=True)


def layer_rows(found):
    print("\n| op | kind | MACs | reference us | builtin us | ratio | GMAC/s |\n|---:|---|---:|---:|---:|---:|---:|")
    for i, op in enumerate(found["builtin"][0]["ops"]):
        fast, slow = (min(r["ops"][i]["p50_us"] for r in found[d]) for d in ("builtin", "reference"))
        print(f"| {i} | {op['kind']} | {op['macs']} | {slow:.1f} | {fast:.1f} | {slow / max(fast, 0.01):.1f} | {op['macs'] / max(fast, 0.01) / 1e3:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--layers", type=pathlib.Path)
    args = parser.parse_args()
    print("| model | reference ms | builtin ms | ratio | LiteRT ms | LiteRT / builtin | outputs | persistent: reference | builtin |")
    print("|---|---:|---:|---:|---:|---:|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        kept = None
        for path in args.models:
            found = compare(args, path, folder)
            model_row(path.stem, found)
            kept = found if path == args.layers else kept
        if kept is not None:
            layer_rows(kept)


sys.exit(main())

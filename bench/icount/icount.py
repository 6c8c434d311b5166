#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions of the int8 convolutions of a model on 64-bit ARM, Inlay's against XNNPACK's, counted by QEMU; a Markdown table.

    icount.py BUILD_FOLDER SYSROOT [LAYERS]

./inlay.sh icount prepares both folders and calls this. A count is exact and repeats; it is not a time: no caches, no pipeline.
"""
import pathlib
import sys

import plugin

HERE = pathlib.Path(__file__).resolve().parent
# QEMU's CPU, our level of it, the CPU for XNNPACK's column.
COLUMNS = [("cortex-a53", "neon", "cortex-a53"), ("cortex-a76", "dotprod", "cortex-a76"), ("max", "i8mm", "max")]


def read_layers(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def count(build, sysroot, cpu, who, layers):
    """Instructions of each layer, and how many of them had other outputs than the portable kernel."""
    try:
        printed, regions = plugin.run(build / "roi.so", ["qemu-aarch64", "-cpu", cpu, "-L", str(sysroot)],
                                      [str(build / "bin" / "inlay-icount"), who], stdin=layers.read_text(encoding="utf-8"))
    except plugin.Failed as error:
        print(f"{who} on {cpu}: {error}", file=sys.stderr)
        return None, 0
    return [region["instructions"] for region in regions], printed.split().count("differs")


def name_of(layer):
    _, kind, height, width, channels, outputs, size, stride = layer
    shape = f"{height}x{width}x{channels}"
    if kind == "depthwise":
        return f"{shape}, depthwise {size}x{size} / {stride}"
    return f"{shape} -> {outputs}, {size}x{size} / {stride}"


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if ours and theirs else "-"


def main():
    build, sysroot = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    layers = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else HERE / "mobilenet_v2.txt"
    rows = read_layers(layers)
    plugin.build(build)
    columns, different = [], []
    for cpu, level, other in COLUMNS:
        for on, who in ((cpu, level), (other, "xnnpack")):
            numbers, bad = count(build, sysroot, on, who, layers)
            columns.append(numbers or [0] * len(rows))
            if bad:
                different.append(f"{who} on {on}: {bad} layers")
    times = [int(row[0]) for row in rows]
    titles = [f"{level} | XNNPACK on {other} | ratio" for _, level, other in COLUMNS]
    print("| layer | times | " + " | ".join(titles) + " |")
    print("|---|---" + "|--:" * 3 * len(COLUMNS) + "|")
    names = [f"{name_of(row)} | {row[0]}" for row in rows] + ["**whole model** | "]
    for i, name in enumerate(names):
        cells = []
        for k in range(0, len(columns), 2):
            ours, theirs = [sum(n * t for n, t in zip(c, times)) if i == len(rows) else c[i] for c in columns[k:k + 2]]
            cells += [f"{ours:,}", f"{theirs:,}", ratio(ours, theirs)]
        print(f"| {name} | " + " | ".join(cells) + " |")
    print("\nOutputs that are not those of the portable kernel: " + ("; ".join(different) or "none") + ".")


main()

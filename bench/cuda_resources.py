#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cuda_resources.py LOG...: registers and spills of every CUDA kernel, as a table by kind of kernel and architecture.

LOG: what `cmake --build` printed of inlay_cuda_kernels, configured with -DCMAKE_CUDA_FLAGS=-Xptxas=-v. A kind is a template or, of
the kernels shared with OpenCL, a source. Below the table: the kernels that spill, with the bytes that a thread stores and loads.
"""
import collections
import re
import subprocess
import sys

ENTRY = re.compile(r"Compiling entry function '(\w+)' for '(sm_\w+)'")
SPILLS = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
REGISTERS = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"inlay::cuda::shared::([a-z0-9_]+?)_\d+::")
KIND = re.compile(r"::([a-z0-9_]+)(?:<|\()")


def read(lines):
    """{(mangled name, architecture): (registers, bytes stored, bytes loaded)}"""
    found, current, stored, loaded = {}, None, 0, 0
    for line in lines:
        if entry := ENTRY.search(line):
            current, stored, loaded = entry.groups(), 0, 0
        elif spills := SPILLS.search(line):
            stored, loaded = int(spills[2]), int(spills[3])
        elif (registers := REGISTERS.search(line)) and current:
            found[current] = int(registers[1]), stored, loaded
            current = None
    return found


def kind_of(name):
    if shared := SHARED.search(name):
        return "shared " + shared[1]
    kind = KIND.search(name.replace("(anonymous namespace)", "_"))
    return kind[1] if kind else name


def short(name):
    """Without namespaces and parameters: conv_q8_mma<ConvTile<64, ...>, WindowPixels, 8, false>"""
    name = re.sub(r"inlay::cuda::|shared::|\(anonymous namespace\)::|^void ", "", name)
    return re.sub(r"\((int|bool|unsigned int)\)", "", name).split("(")[0]


def main():
    lines = [line for path in sys.argv[1:] for line in open(path, encoding="utf-8", errors="replace")]
    found = read(lines)
    if not found:
        sys.exit("no lines of ptxas: configure with -DCMAKE_CUDA_FLAGS=-Xptxas=-v")
    mangled = sorted({name for name, _ in found})
    plain = subprocess.run(["c++filt"], input="\n".join(mangled), capture_output=True, text=True, check=True).stdout.split("\n")
    names = dict(zip(mangled, plain))
    architectures = sorted({architecture for _, architecture in found}, key=lambda text: int(re.sub(r"\D", "", text)))
    table = collections.defaultdict(lambda: collections.defaultdict(list))
    for (name, architecture), (registers, stored, _) in found.items():
        table[kind_of(names[name])][architecture].append((registers, stored))
    print("| kernels | count | " + " | ".join(architectures) + " |")
    print("|---|---:|" + "---:|" * len(architectures))
    for kind, columns in sorted(table.items()):
        cells = []
        for architecture in architectures:
            of = columns.get(architecture, [])
            low, high = (f(registers for registers, _ in of) for f in (min, max)) if of else (0, 0)
            spilling = sum(stored > 0 for _, stored in of)
            cells.append((f"{low}" if low == high else f"{low}..{high}") + (f", {spilling} spill" if spilling else "") if of else "-")
        print(f"| {kind} | {max(len(of) for of in columns.values())} | " + " | ".join(cells) + " |")
    spills = [(names[name], architecture, *numbers) for (name, architecture), numbers in found.items() if numbers[1] or numbers[2]]
    print(f"\n{len(found)} kernels of {len(architectures)} architectures, {len(spills)} with spills:\n")
    rows = collections.defaultdict(list)
    for name, architecture, registers, stored, loaded in spills:
        rows[short(name)].append((architecture, registers, stored, loaded))
    for name, cells in sorted(rows.items(), key=lambda row: -max(cell[2] for cell in row[1])):
        order = sorted(cells, key=lambda cell: architectures.index(cell[0]))
        print(f"- `{name}`: " + ", ".join(f"{a} {s}/{l} B at {r} registers" for a, r, s, l in order))


if __name__ == "__main__":
    main()

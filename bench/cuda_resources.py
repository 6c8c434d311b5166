#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cuda_resources.py LOG...: registers, spills and stacks of every CUDA kernel, as a table by kind of kernel and architecture.

LOG: what `cmake --build` printed of inlay_cuda_kernels, configured with -DCMAKE_CUDA_FLAGS=-Xptxas=-v. A kind is a template or, of
the kernels shared with OpenCL, a source. Below the table: the kernels that spill, with the bytes that a thread stores and loads, and
those that have arrays in memory for other reasons. Of what several logs say, the last counts.
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
    """{(mangled name, architecture): (registers, bytes stored, bytes loaded, bytes of stack)}"""
    found, current, numbers = {}, None, (0, 0, 0)
    for line in lines:
        if entry := ENTRY.search(line):
            current, numbers = entry.groups(), (0, 0, 0)
        elif spills := SPILLS.search(line):
            numbers = int(spills[2]), int(spills[3]), int(spills[1])
        elif (registers := REGISTERS.search(line)) and current:
            found[current] = int(registers[1]), *numbers
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


def demangled(found):
    """The same by plain names, in which files have no hashes: what was compiled again takes its place."""
    mangled = sorted({name for name, _ in found})
    plain = subprocess.run(["c++filt"], input="\n".join(mangled), capture_output=True, text=True, check=True).stdout.split("\n")
    names = dict(zip(mangled, plain))
    return {(names[name], architecture): numbers for (name, architecture), numbers in found.items()}


def cell(numbers):
    if not numbers:
        return "-"
    low, high = min(n[0] for n in numbers), max(n[0] for n in numbers)
    spilling, stacks = sum(n[1] > 0 for n in numbers), sum(n[3] > 0 and n[1] == 0 for n in numbers)
    return f"{low}..{high}".removesuffix(f"..{low}") + f", {spilling} spill" * bool(spilling) + f", {stacks} stack" * bool(stacks)


def main():
    found = demangled(read(line for path in sys.argv[1:] for line in open(path, encoding="utf-8", errors="replace")))
    if not found:
        sys.exit("no lines of ptxas: configure with -DCMAKE_CUDA_FLAGS=-Xptxas=-v")
    architectures = sorted({architecture for _, architecture in found}, key=lambda text: int(re.sub(r"\D", "", text)))
    table, spills, stacks = (collections.defaultdict(lambda: collections.defaultdict(list)) for _ in range(3))
    for (name, architecture), numbers in found.items():
        registers, stored, loaded, stack = numbers
        table[kind_of(name)][architecture].append(numbers)
        if stored or loaded:
            spills[short(name)][architecture].append(f"{stored}/{loaded} B at {registers} registers")
        elif stack:
            stacks[kind_of(name)][architecture].append(stack)
    print("| kernels | count | " + " | ".join(architectures) + " |")
    print("|---|---:|" + "---:|" * len(architectures))
    for kind, columns in sorted(table.items()):
        cells = [cell(columns.get(architecture, [])) for architecture in architectures]
        print(f"| {kind} | {max(len(of) for of in columns.values())} | " + " | ".join(cells) + " |")
    print(f"\n{len(found)} kernels of {len(architectures)} architectures.\n\nSpills, stored/loaded by a thread:\n")
    for name, columns in sorted(spills.items()):
        print(f"- `{name}`: " + "; ".join(f"{a} {columns[a][0]}" for a in architectures if a in columns))
    print("\nArrays in memory:\n")
    for kind, columns in sorted(stacks.items()):
        print(f"- {kind}: " + "; ".join(f"{a} {min(columns[a])} to {max(columns[a])} B" for a in architectures if a in columns))


if __name__ == "__main__":
    main()

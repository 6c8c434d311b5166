#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions and stack of firmware for Cortex-M, region by region, counted by QEMU.

    cortex_m.py CORE ELF...                  a Markdown table; CORE is cortex-m3, m4, m7, m33 or m55
    cortex_m.py CORE --histogram N ELF...    and for each region the N functions that take most
    cortex_m.py CORE --function NAME ELF...  and the disassembly of a function, before each instruction how often it ran in
                                             the last region
    cortex_m.py CORE --json FILE ELF...      and all numbers into a file

The firmware brackets a region by the instructions `dbg #1` and `dbg #2` and ends by semihosting. Three regions are called init,
first run and second run. Stack: where the ELF has the symbols link_stack_limit and link_stack_top, bytes from the top to the
lowest address that was touched.
"""
import argparse
import bisect
import json
import pathlib
import subprocess
import sys

import plugin

ROOT = pathlib.Path(__file__).resolve().parents[2]
# QEMU's boards by core. Time goes by instructions, not by the clock of this machine: interrupts come at the same place each time.
BOARDS = {"cortex-m3": "mps2-an385", "cortex-m4": "mps2-an386", "cortex-m7": "mps2-an500", "cortex-m33": "mps2-an505",
          "cortex-m55": "mps3-an547"}
NAMES = {3: ["init", "first run", "second run"]}


def emulator(core):
    return ["qemu-system-arm", "-M", BOARDS[core], "-semihosting-config", "enable=on,target=native", "-nographic",
            "-monitor", "none", "-serial", "none", "-icount", "shift=0"]


def symbols(elf):
    """[(address, kind, name)] of an ELF, by address; names as in C++."""
    text = subprocess.run(["arm-none-eabi-nm", "-n", "-C", "--defined-only", str(elf)], check=True, capture_output=True,
                          text=True).stdout
    rows = [line.split(None, 2) for line in text.splitlines()]
    return [(int(address, 16), kind, name) for address, kind, name in rows]


def by_function(places, table):
    """{function: instructions}, most first. What lies before the first function counts as '?'."""
    functions = [(address & ~1, name) for address, kind, name in table if kind in "tTwW" and not name.startswith("$")]
    starts, sums = [address for address, _ in functions], {}
    for address, count in places.items():
        at = bisect.bisect_right(starts, address) - 1
        name = functions[at][1] if at >= 0 else "?"
        sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def count(library, core, elf, histogram=False):
    """The regions of a firmware (plugin.run), each with "functions" if a histogram was asked for."""
    table = symbols(elf)
    ends = {name: address for address, _, name in table if name in ("link_stack_limit", "link_stack_top")}
    stack = (ends["link_stack_limit"], ends["link_stack_top"]) if len(ends) == 2 else None
    command = emulator(core)
    _, regions = plugin.run(library, command, ["-kernel", str(elf)], stack, histogram)
    for region in regions if histogram else []:
        region["functions"] = by_function(region["places"], table)
    return regions


def region_names(number):
    return NAMES.get(number) or [f"region {i}" for i in range(number)]


def print_table(core, results):
    columns = max((len(regions) for _, regions in results), default=0)
    names = region_names(columns)
    print(f"| {core} | " + " | ".join(names) + " | stack " + " | stack ".join(names) + " |")
    print("|---" + "|--:" * 2 * columns + "|")
    for elf, regions in results:
        cells = [f"{region['instructions']:,}" for region in regions] + [""] * (columns - len(regions))
        cells += [f"{region['stack']:,}" if "stack" in region else "" for region in regions]
        print(f"| {pathlib.Path(elf).stem} | " + " | ".join(cells) + " |")


def print_functions(elf, regions, limit):
    for name, region in zip(region_names(len(regions)), regions):
        print(f"\n{pathlib.Path(elf).stem}, {name}:")
        for function, instructions in list(region["functions"].items())[:limit]:
            print(f"{instructions:>12,} {100 * instructions / max(1, region['instructions']):5.1f} %  {function}")


def print_disassembly(elf, region, function):
    text = subprocess.run(["arm-none-eabi-objdump", "-d", "-C", "--no-show-raw-insn", str(elf)], check=True, capture_output=True,
                          text=True).stdout
    for block in text.split("\n\n"):
        head, *lines = block.strip().split("\n")
        if f"<{function}" not in head:
            continue
        print("\n" + head)
        for line in lines:
            address = line.split(":", 1)[0].strip()
            times = region["places"].get(int(address, 16), 0) if line.startswith(" ") else 0
            print(f"{times or '':>12} {line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("core", choices=sorted(BOARDS))
    parser.add_argument("--histogram", type=int, default=0, metavar="N", help="the N functions of each region that take most")
    parser.add_argument("--function", metavar="NAME", help="how often each instruction of a function ran")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/icount", help="where the plug-in goes")
    parser.add_argument("elf", nargs="+")
    options = parser.parse_args()
    library = plugin.build(options.build)
    results, failed = [], False
    for elf in options.elf:
        try:
            results.append((elf, count(library, options.core, elf, bool(options.histogram or options.function))))
        except (plugin.Failed, subprocess.CalledProcessError) as error:
            print(f"{elf}: {error}", file=sys.stderr)
            failed = True
    print_table(options.core, results)
    for elf, regions in results:
        if options.histogram:
            print_functions(elf, regions, options.histogram)
        if options.function and regions:
            print_disassembly(elf, regions[-1], options.function)
    if options.json:
        rows = {pathlib.Path(elf).stem: [{k: v for k, v in region.items() if k != "places"} for region in regions]
                for elf, regions in results}
        options.json.write_text(json.dumps({"core": options.core, "regions": rows}, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

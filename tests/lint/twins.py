#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No twin defines a symbol that another file may define, too: the linker would keep one copy for all callers, and portable code
might then run instructions its CPU lacks.

    twins.py NM OBJECT...    looks at the objects named <kernel>__<level>.*, exits 1 when one defines a shared symbol
"""
import re
import subprocess
import sys


def main():
    nm, objects = sys.argv[1], sys.argv[2:]
    bad = 0
    for name in objects:
        if not re.search(r"__\w+\.cc\.o(bj)?$", name):
            continue
        for line in subprocess.run([nm, "-C", name], check=True, capture_output=True, text=True).stdout.splitlines():
            kind = re.match(r"[0-9a-fA-F]*\s+(\w) (.*)", line)
            # W, V, u: one of several copies. T: a function; only tables of them are exported.
            if kind and kind.group(1) in "WVuT" and not kind.group(2).startswith(("__asan", "__ubsan", "asan.")):
                print(f"{name}: exports {kind.group(2)}")
                bad += 1
    sys.exit(1 if bad else 0)


main()

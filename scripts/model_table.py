#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""model_table.py BIN > bench/results/models.md: every model of tests/models/models.tsv against its reference.

Needs INLAY_SHARED (default: ../shared) and numpy; takes LiteRT's answer where no reference output is stored.
"""
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def row(harness, case, folder):
    model = harness.convert(case, folder)
    bench = harness.bench(model, folder)
    try:
        stored = harness.golden(case) or harness.litert(case, harness.random_inputs(0))
    except harness.NoReference:
        stored = None
    worst, unequal, elements = 0.0, 0, 0
    if stored is None:
        difference, mismatches = "no reference", "-"
    else:
        inputs, references = stored
        ours = harness.run(model, inputs, folder)
        for index, reference in enumerate(references):
            d = harness.compare(case.rule, reference.pick_from(ours, index), reference.values)
            worst, unequal, elements = max(worst, d.worst), unequal + d.mismatches, elements + d.elements
        difference = f"{worst:.0f} quanta" if case.rule in ("exact", "int", "class") else f"{worst:.1e}"
        mismatches = f"{unequal} of {elements}"
    memory = bench["memory"]
    return [case.name, len(bench["ops"]) or "-", difference, mismatches, memory["planned"], memory["lower_bound"],
            memory["lower_bound_unshared"]]


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ["INLAY_BIN"] = sys.argv[1]
    os.environ.setdefault("INLAY_SHARED", str(ROOT.parent / "shared"))
    sys.path.insert(0, str(ROOT / "tests/models"))
    import harness

    print("# Real models\n")
    print("Made by `scripts/model_table.py`. Float differences are relative to the largest absolute value of the output.\n")
    print("| model | ops | max difference | unequal elements | planned bytes | lower bound | without sharing |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in harness.cases():
            try:
                cells = row(harness, case, folder)
            except AssertionError as error:
                failed = 1
                print(f"{case.name}: {error}", file=sys.stderr)
                cells = [case.name, "-", "fails", "-", "-", "-", "-"]
            print("| " + " | ".join(map(str, cells)) + " |")
    return failed


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agree.py BIN MODEL.tflite...: any model against LiteRT, on random inputs; a Markdown table on stdout.

Needs numpy and ai-edge-litert. Models with state are run several times in a row. Exits 1 when a model fails to convert or run.
"""
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNS = 5


def row(harness, path, folder):
    case = harness.Case(path.stem, "float", "-")
    case.__class__ = type("File", (harness.Case,), {"tflite": property(lambda self: path)})
    model = harness.convert(case, folder)
    inputs, references = harness.litert_stream(case, RUNS, 0)
    ours = harness.stream(model, inputs, folder)
    worst, unequal, elements = 0.0, 0, 0
    for a, b in zip(ours, references):
        d = harness.compare("float", a.reshape(-1), b.reshape(-1))
        worst, unequal, elements = max(worst, d.worst), unequal + d.mismatches, elements + d.elements
    return [path.name, f"{worst:.1e}", f"{unequal} of {elements}"]


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ["INLAY_BIN"] = sys.argv[1]
    os.environ.setdefault("INLAY_SHARED", str(ROOT.parent / "shared"))
    sys.path.insert(0, str(ROOT / "tests/models"))
    import harness

    print("| model | largest difference, relative to the largest value | unequal elements |")
    print("|---|---:|---:|")
    failed = 0
    for name in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            try:
                cells = row(harness, pathlib.Path(name), folder)
            except harness.NoReference as reason:
                cells = [pathlib.Path(name).name, str(reason), "-"]
            except (AssertionError, RuntimeError) as error:
                failed = 1
                print(f"{name}: {error}", file=sys.stderr)
                cells = [pathlib.Path(name).name, "fails", "-"]
            print("| " + " | ".join(cells) + " |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

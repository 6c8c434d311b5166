#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the cases of cases/*.py through their oracles and writes data/*.json.

    generate.py                   every file of cases/
    generate.py MUL sub           those of these ops: a NAME of ops.inc or a file's name
    generate.py MUL --case NAME   one case of it; the other lines stay
    generate.py MUL --show NAME   prints a stored case in full
    generate.py --check           writes nothing; exits 1 when the data of a case would change

Needs ai-edge-litert, numpy and flatbuffers (tests/models/requirements.txt).
"""

import argparse
import base64
import importlib.util
import json
import pathlib
import re
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402

import oracle  # noqa: E402
from conformance import Case  # noqa: E402

PACKED = ("model", "in", "out")


def pack(raw):
    """Deflated without a header, in base64."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(squeeze.compress(raw) + squeeze.flush()).decode()


def unpack(text):
    return zlib.decompress(base64.b64decode(text), -15)


def symbols():
    """NAME of ops.inc -> its file's name"""
    lines = (HERE.parent.parent / "runtime/include/inlay/ops.inc").read_text(encoding="utf-8").splitlines()
    found = (re.match(r"INLAY_OP\(\d+, *(\w+), *(\w+),", line) for line in lines)
    return {match.group(1): match.group(2) for match in found if match}


def cases_of(stem):
    path = HERE / "cases" / f"{stem}.py"
    if not path.is_file():
        sys.exit(f"generate.py: there is no {path.relative_to(HERE.parent.parent)}")
    spec = importlib.util.spec_from_file_location(f"cases_{stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases = list(module.cases())
    names = [case.name for case in cases]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        sys.exit(f"generate.py: {path.name} has two cases named {sorted(twice)}")
    return cases


def array_of(x, feed):
    if x is None or x.variable:
        return None
    return np.asarray(x.values) if x.role == "const" else next(feed)


def own_oracle(case, steps):
    """The results of a case's own function."""
    results = []
    for arrays in steps:
        feed = iter(arrays)
        results.append([np.asarray(y) for y in case.oracle([array_of(x, feed) for x in case.inputs])])
    return results


def expected(case, steps):
    own = callable(case.oracle)
    if own:
        results = own_oracle(case, steps)
    elif isinstance(case.oracle, Case):
        results = oracle.run(case.oracle.build().bytes, steps)
    else:
        results = oracle.run(case.bytes, steps, case.oracle or "default", case.resize)
    checked = []
    for outputs in results:
        if len(outputs) != len(case.given):
            raise oracle.OracleError(f"the oracle gives {len(outputs)} outputs, the case names {len(case.given)}")
        for i, (y, x) in enumerate(zip(outputs, case.given)):
            if y.dtype.name != x.dtype and not own:
                raise oracle.OracleError(f"output {i} is {y.dtype.name}, the case says {x.dtype}")
        checked.append([np.ascontiguousarray(y.astype(x.dtype)).reshape(y.shape) for y, x in zip(outputs, case.given)])
    return checked


def line_of(case):
    """The case as stored."""
    case.build()
    steps = case.values()
    results = expected(case, steps)
    shapes = [[list(y.shape) for y in outputs] for outputs in results]
    if any(shape != shapes[0] for shape in shapes):
        raise oracle.OracleError("output shapes differ between steps")
    line = {"name": case.name, "op": case.op, "about": case.about()}
    if case.steps != 1:
        line["steps"] = case.steps
    if case.tolerance is not None:
        line["tolerance"] = case.tolerance
    line["shapes"] = shapes[0]
    if case.resize is not None:
        line["resize"] = dict(zip(case.names, [list(shape) for shape in case.resize]))
    line["model"] = pack(case.bytes)
    line["in"] = pack(b"".join(x.tobytes() for arrays in steps for x in arrays))
    line["out"] = pack(b"".join(y.tobytes() for outputs in results for y in outputs))
    return line


def content(line):
    """What counts of a line: zlib libraries differ in how they deflate the same bytes."""
    return {key: unpack(value) if key in PACKED else value for key, value in line.items()}


def read_data(stem):
    path = HERE / "data" / f"{stem}.json"
    if not path.is_file():
        return {}
    return {line["name"]: line for line in json.loads(path.read_text(encoding="utf-8"))["cases"]}


def write_data(stem, lines):
    body = ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    text = f'{{"cases":[\n{body}\n]}}\n'
    (HERE / "data").mkdir(exist_ok=True)
    (HERE / "data" / f"{stem}.json").write_text(text, encoding="utf-8")


def generate(stem, only, check):
    """Returns how many cases failed or, checking, changed."""
    old, lines, failures = read_data(stem), [], 0
    cases = cases_of(stem)
    if only and only not in [case.name for case in cases]:
        sys.exit(f"generate.py: cases/{stem}.py has no case '{only}'")
    for case in cases:
        if only and case.name != only:
            lines += [old[case.name]] if case.name in old else []
            continue
        try:
            line = line_of(case)
        except Exception as error:
            print(f"{stem}: case '{case.name}': {type(error).__name__}: {error}", file=sys.stderr)
            failures += 1
            continue
        stored = old.get(case.name)
        if stored is not None and content(stored) == content(line):
            line = stored
        elif check:
            print(f"{stem}: case '{case.name}' changed", file=sys.stderr)
            failures += 1
        lines.append(line)
    if not check:
        write_data(stem, lines)
    size = (HERE / "data" / f"{stem}.json").stat().st_size if (HERE / "data" / f"{stem}.json").is_file() else 0
    print(f"{stem}: {len(lines)} cases, {size} bytes" + (f", {failures} FAILED" if failures else ""))
    return failures


def show(stem, name):
    stored = read_data(stem).get(name)
    if stored is None:
        sys.exit(f"generate.py: data/{stem}.json has no case '{name}'")
    case = next((case for case in cases_of(stem) if case.name == name), None)
    if case is None:
        sys.exit(f"generate.py: cases/{stem}.py has no case '{name}'")
    case.build()
    print(f"{stored['op']}: {stored['about']}")
    inputs, outputs = unpack(stored["in"]), unpack(stored["out"])
    for step in range(case.steps):
        for i, x in enumerate(case.fed):
            dtype = np.dtype(x.dtype)
            size = int(np.prod(x.shape)) * dtype.itemsize
            print(f"step {step} input {i}:\n{np.frombuffer(inputs[:size], dtype).reshape(x.shape)}")
            inputs = inputs[size:]
        for i, (x, shape) in enumerate(zip(case.given, stored["shapes"])):
            dtype = np.dtype(x.dtype)
            size = int(np.prod(shape)) * dtype.itemsize
            print(f"step {step} output {i}:\n{np.frombuffer(outputs[:size], dtype).reshape(shape)}")
            outputs = outputs[size:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops", nargs="*")
    parser.add_argument("--case")
    parser.add_argument("--show")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    names = symbols()
    stems = [names.get(op, op.lower()) for op in args.ops] or sorted(path.stem for path in (HERE / "cases").glob("*.py"))
    if (args.case or args.show) and len(stems) != 1:
        sys.exit("generate.py: --case and --show need exactly one op")
    if args.show:
        return show(stems[0], args.show)
    sys.exit(1 if sum(generate(stem, args.case, args.check) for stem in stems) else 0)


if __name__ == "__main__":
    main()

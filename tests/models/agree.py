#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agree.py DEVICE MODEL BIN FOLDER [--fast-math fp16]: a real model on `DEVICE,builtin` against `builtin`, on one random input.

DEVICE: a name, such as opencl, or FILE.so=NAME: the backend in the file, with the device's name.

Integer outputs must be equal, byte for byte, where no float is computed on the way; else, and for floats, the largest difference
may be 1e-4 of the largest value (2e-2 with halves). Prints how many ops ran where. Exits 77, skipped, where the model, numpy or the
device is missing.
"""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
FLOAT_BOUND, HALF_BOUND = 1e-4, 2e-2


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def command(*arguments):
    result = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\nexit {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def random_inputs(np, document, folder):
    random, paths = np.random.default_rng(7), []
    for index, tensor in enumerate(document["inputs"]):
        shape, dtype = tensor["shape"], np.dtype(tensor["dtype"])
        if dtype.kind in "iu":
            info = np.iinfo(dtype)
            array = random.integers(info.min, info.max, shape, dtype, True) if dtype.itemsize == 1 else np.zeros(shape, dtype)
        else:
            array = random.uniform(-1, 1, shape).astype(dtype)
        paths.append(folder / f"in_{index}.npy")
        np.save(paths[-1], array)
    return [part for path in paths for part in ("-i", path)]


def outputs(np, inlay, model, inputs, backend, out, *more):
    out.mkdir(exist_ok=True)
    for old in out.glob("*.npy"):
        old.unlink()
    command(inlay, "run", model, *inputs, "--backend", backend, "-o", out, *more)
    return [np.load(out / f"out_{k}.npy") for k in range(len(list(out.glob("out_*.npy"))))]


def main():
    backend, name, binaries, folder, more = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4]), sys.argv[5:]
    named, device = backend.partition("=")[::2]
    device, devices = device or backend, f"{named},builtin"
    shared = pathlib.Path(os.environ.get("INLAY_SHARED", HERE.parents[2] / "shared"))
    source = shared / "models/tflite" / f"{name}.tflite"
    if not source.is_file():
        skip(f"no {source.name} (set INLAY_SHARED)")
    python = os.environ.get("INLAY_PYTHON", sys.executable)
    if python != sys.executable and "INLAY_AGREE" not in os.environ:
        os.execve(python, [python, *sys.argv], {**os.environ, "INLAY_AGREE": "1"})
    try:
        import numpy as np  # pylint: disable=import-outside-toplevel
    except ImportError:
        skip(f"{python} has no numpy (set INLAY_PYTHON)")
    folder.mkdir(parents=True, exist_ok=True)
    model, inlay = folder / f"{name}.inlay", binaries / "inlay"
    command(inlay, "convert", source, "-o", model)
    document = json.loads(command(inlay, "inspect", model, "--plan", "--backend", devices, "--json"))
    inputs = random_inputs(np, document, folder)
    expected = outputs(np, inlay, model, inputs, "builtin", folder / "builtin")
    got = outputs(np, inlay, model, inputs, devices, folder / "there", *more)
    ops = document["ops"]
    there = [op for op in ops if op["device"] == device]
    exact = not any(op["dtype"].startswith("float") for op in there) and not more
    bound = HALF_BOUND if more else FLOAT_BOUND
    print(f"{name}: {len(there)} of {len(ops)} ops on {device}, {'bits' if exact else 'bound'} compared")
    for op in ops:
        if op["device"] != device:
            print(f"  {op['kind'] if 'kind' in op else op['op']}: {op.get('reason') or op.get('refusals')}")
    if not there:
        sys.exit(f"no op of the model runs on {device}")
    for index, (a, b) in enumerate(zip(expected, got)):
        if exact:
            wrong = int(np.count_nonzero(a.view(np.uint8) != b.view(np.uint8)))
            print(f"  output {index}: {wrong} bytes differ")
            if wrong:
                sys.exit(f"{name}: output {index} has other bits on {device}")
            continue
        largest = max(float(np.abs(a.astype(np.float64)).max(initial=0)), 1e-30)
        difference = float(np.abs(a.astype(np.float64) - b.astype(np.float64)).max(initial=0)) / largest
        print(f"  output {index}: {difference:.2e} of the largest value")
        if not difference <= bound:
            sys.exit(f"{name}: output {index} differs by {difference:.2e}, at most {bound} is allowed")


if __name__ == "__main__":
    main()

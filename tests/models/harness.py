# SPDX-License-Identifier: Apache-2.0
"""Runs a model through the inlay command and through LiteRT, reads the reference outputs, measures differences."""
import dataclasses
import json
import os
import pathlib
import re
import subprocess

import numpy as np

SHARED = pathlib.Path(os.environ["INLAY_SHARED"])
BIN = pathlib.Path(os.environ["INLAY_BIN"])
HERE = pathlib.Path(__file__).resolve().parent


class NoReference(Exception):
    """Nothing to compare with; the text says why."""


@dataclasses.dataclass
class Case:
    name: str
    rule: str
    planned: str
    kind: str = ""  # "stream": keeps state between runs

    @property
    def tflite(self):
        return SHARED / "models/tflite" / f"{self.name}.tflite"

    @property
    def golden(self):
        return SHARED / "golden/tflite" / self.name


def cases():
    lines = (HERE / "models.tsv").read_text(encoding="utf-8").splitlines()
    return [Case(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def command(*arguments):
    """Runs a program; its stdout, or an AssertionError with its own sentence."""
    result = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{' '.join(map(str, arguments))}\nexit {result.returncode}: {result.stderr.strip()}"
    return result.stdout


def convert(case, folder):
    path = pathlib.Path(folder) / f"{case.name}.inlay"
    command(BIN / "inlay", "convert", case.tflite, "-o", path)
    return path


def run(model, inputs, folder):
    """The outputs of one run, in model order."""
    arguments = []
    for index, array in enumerate(inputs):
        path = pathlib.Path(folder) / f"in_{index}.npy"
        np.save(path, array)
        arguments += ["-i", path]
    out = pathlib.Path(folder) / "out"
    for old in out.glob("out_*.npy"):
        old.unlink()
    command(BIN / "inlay", "run", model, *arguments, "-o", out)
    return [np.load(out / f"out_{k}.npy") for k in range(len(list(out.glob("out_*.npy"))))]


def stream(model, inputs, folder):
    """The outputs of consecutive runs on inputs with a dim of frames in front."""
    arguments = []
    for index, array in enumerate(inputs):
        path = pathlib.Path(folder) / f"frames_{index}.npy"
        np.save(path, array)
        arguments += ["-i", path]
    out = pathlib.Path(folder) / "stream"
    command(BIN / "inlay", "run", model, "--stream", *arguments, "-o", out)
    return [np.load(out / f"out_{k}.npy") for k in range(len(list(out.glob("out_*.npy"))))]


def bench(model, folder, *options):
    path = pathlib.Path(folder) / "bench.json"
    command(BIN / "inlay-bench", model, "--runs", 1, "--json", path, *options)
    return json.loads(path.read_text(encoding="utf-8"))


@dataclasses.dataclass
class Output:
    """A reference output: values, and which elements of the whole output they are (every `step`th of `count`)."""
    values: np.ndarray
    step: int
    count: int

    def pick_from(self, outputs, index):
        """The elements it stands for: of output `index`, or, where the stored order differs, of the only one of its size."""
        if index < len(outputs) and outputs[index].size == self.count:
            return outputs[index].reshape(-1)[:: self.step]
        fits = [o for o in outputs if o.size == self.count]
        assert len(fits) == 1, f"{len(fits)} outputs have {self.count} elements; sizes {[o.size for o in outputs]}"
        return fits[0].reshape(-1)[:: self.step]


def golden(case):
    """(inputs, [Output]) of golden/index.tsv, or None."""
    for line in (SHARED / "golden/index.tsv").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if fields[0] == f"tflite/{case.name}":
            break
    else:
        return None
    inputs = []
    for index, text in enumerate(fields[2].split("; ")):
        array = np.load(case.golden / f"in_{index}.npy")
        scale = re.search(r"-> float32 \(v-([-\d.e]+)\)\*([-\d.e]+)", text)
        if scale:
            array = ((array.astype(np.float32) - np.float32(scale[1])) * np.float32(scale[2])).astype(np.float32)
        inputs.append(array)
    outputs = []
    for index, text in enumerate(fields[3].split("; ")):
        values = np.load(case.golden / f"out_{index}.npy").reshape(-1)
        sample = re.search(r"every (\d+)\w+ element of flat \w+ of ([\dx]+)", text)
        if sample:
            outputs.append(Output(values, int(sample[1]), int(np.prod([int(d) for d in sample[2].split("x")]))))
        else:
            outputs.append(Output(values, 1, values.size))
    return inputs, outputs


def litert_model(case):
    """LiteRT's interpreter with the model in it."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise NoReference("LiteRT (ai-edge-litert) is not installed") from error
    try:
        interpreter = Interpreter(model_path=str(case.tflite), num_threads=1)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise NoReference(f"LiteRT refuses the model: {str(error)[:80]}") from error
    return interpreter


def litert_stream(case, frames, seed):
    """(inputs, outputs) of LiteRT over consecutive runs: arrays with a dim of frames in front, in model order."""
    interpreter = litert_model(case)
    details = interpreter.get_input_details()
    inputs = random_inputs(seed)([((frames, *d["shape"]), d["dtype"]) for d in details])
    outputs = [[] for _ in interpreter.get_output_details()]
    for frame in range(frames):
        for detail, array in zip(details, inputs):
            interpreter.set_tensor(detail["index"], array[frame])
        interpreter.invoke()
        for kept, detail in zip(outputs, interpreter.get_output_details()):
            kept.append(np.array(interpreter.get_tensor(detail["index"])))
    return inputs, [np.stack(kept) for kept in outputs]


def litert(case, inputs_of):
    """(inputs, [Output]) of LiteRT on inputs_of(shapes and dtypes)."""
    interpreter = litert_model(case)
    details = interpreter.get_input_details()
    inputs = inputs_of([(tuple(d["shape"]), d["dtype"]) for d in details])
    for detail, array in zip(details, inputs):
        interpreter.set_tensor(detail["index"], array.reshape(detail["shape"]))
    interpreter.invoke()
    arrays = [np.array(interpreter.get_tensor(d["index"])).reshape(-1) for d in interpreter.get_output_details()]
    return inputs, [Output(a, 1, a.size) for a in arrays]


def random_inputs(seed):
    def make(specs):
        generator = np.random.default_rng(seed)
        arrays = []
        for shape, dtype in specs:
            if np.issubdtype(dtype, np.integer):
                limits = np.iinfo(dtype)
                # Wide integers are indices into tables, as a rule.
                low, high = (0, 99) if limits.bits >= 32 else (limits.min, limits.max)
                arrays.append(generator.integers(low, high, shape, dtype, endpoint=True))
            else:
                arrays.append(generator.uniform(-1, 1, shape).astype(dtype))
        return arrays

    return make


@dataclasses.dataclass
class Difference:
    worst: float       # int: quanta; float: relative to the largest absolute value
    mismatches: int    # elements that are not equal
    outside: int       # elements outside the rule's tolerance
    elements: int


def quantum(values):
    """1 for integers; for dequantized floats the smallest step between two values."""
    if np.issubdtype(values.dtype, np.integer):
        return 1.0
    steps = np.diff(np.unique(values.astype(np.float64)))
    steps = steps[steps > 1e-6 * np.abs(values).max()]
    return float(steps.min()) if steps.size else 1.0


def even_scale(values):
    """The scale on which dequantized values are evenly spaced: their own, or their logarithm's behind a last EXP."""
    values = values.astype(np.float64)
    if values.size == 0 or values.min() <= 0 or np.issubdtype(values.dtype, np.integer):
        return lambda v: v
    step = quantum(values)
    offsets = (np.unique(values) - values.min()) / step
    return (lambda v: v) if np.abs(offsets - np.rint(offsets)).max() < 0.01 else np.log


def compare(rule, ours, reference):
    a, b = ours.astype(np.float64), reference.astype(np.float64)
    unequal = int(np.count_nonzero(a != b))
    if rule in ("exact", "int", "class"):
        scale = even_scale(reference)
        distance = np.abs(scale(a) - scale(b)) / quantum(scale(b) if scale is np.log else reference)
        limit = 2.001 if rule == "int" else 0
    else:
        distance = np.abs(a - b) / max(np.abs(b).max(), 1e-30)
        limit = {"float": 1e-5, "hybrid": 1e-3}[rule]
    outside = int(np.count_nonzero(~(distance <= limit)))
    return Difference(float(distance.max()), unequal, outside, a.size)


def passes(rule, difference):
    return difference.outside <= (difference.elements // 100 if rule in ("int", "class") else 0)

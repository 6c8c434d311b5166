# SPDX-License-Identifier: Apache-2.0
"""The peers' own converters, and a folder that keeps what they made, or why they did not."""
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from engines.base import CannotConvert

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_S = 600


class ForNow(CannotConvert):
    """A converter is missing or the machine too busy: nothing to remember."""


class Cache:
    """Files by the SHA-256 of the .tflite file they were made from."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def once(self, tflite, suffix, make):
        """The path of what make(path) wrote, now or earlier. Raises CannotConvert, now or again."""
        digest = hashlib.sha256(pathlib.Path(tflite).read_bytes()).hexdigest()[:12]
        out = self.folder / f"{pathlib.Path(tflite).stem}-{digest}.{suffix}"
        failed = out.with_name(out.name + ".failed")
        if failed.exists():
            raise CannotConvert(failed.read_text(encoding="utf-8"))
        if not out.exists():
            print(f"  converting {pathlib.Path(tflite).name} to {suffix}", file=sys.stderr, flush=True)
            try:
                make(out)
            except ForNow:
                raise
            except CannotConvert as reason:
                failed.write_text(str(reason), encoding="utf-8")
                raise
        return out


def command(title, arguments, log):
    """Runs a converter. Its failure is CannotConvert with the last thing it said."""
    try:
        done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=LIMIT_S, check=False)
    except FileNotFoundError as error:
        raise ForNow(f"{title} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise ForNow(f"{title} did not end in {LIMIT_S} s") from error
    pathlib.Path(log).write_text(done.stdout, encoding="utf-8")
    if done.returncode < 0:
        raise CannotConvert(f"{title} died ({signal.Signals(-done.returncode).name})")
    if "No module named" in done.stdout:
        raise ForNow(f"{title} is not installed ({done.stdout.strip().splitlines()[-1]})")
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        raise CannotConvert(f"{title}: {lines[-1][:160]}")
    return done.stdout


def python_check(code, tflite, out):
    """Writes an empty file when Python code runs through with the model as its argument."""
    command("OpenVINO", [sys.executable, "-c", code, tflite], f"{out}.log")
    out.touch()


def to_onnx(tflite, cache):
    """tf2onnx lives with TensorFlow, in a Python of its own: INLAY_CONVERT_PYTHON."""
    python = os.environ.get("INLAY_CONVERT_PYTHON", sys.executable)
    return cache.once(tflite, "onnx", lambda out: command("tf2onnx", [python, HERE / "to_onnx.py", tflite, out], f"{out}.log"))


def is_quantized(onnx):
    return b"QuantizeLinear" in pathlib.Path(onnx).read_bytes()


def tool(name):
    """A command of the packages in this Python's environment."""
    return pathlib.Path(sys.executable).parent / name


def pnnx(onnx, out):
    """ncnn's .param, and beside it .bin."""
    with tempfile.TemporaryDirectory() as folder:
        model = shutil.copy(onnx, pathlib.Path(folder) / "model.onnx")
        said = command("pnnx", [tool("pnnx"), model], f"{out}.log")
        dropped = {line.split()[1] for line in said.splitlines() if line.startswith("ignore ")}
        if dropped:
            raise CannotConvert(f"pnnx has no ncnn layer for {', '.join(sorted(dropped))}")
        made = pathlib.Path(folder) / "model.ncnn.bin"
        if not made.exists():
            raise CannotConvert("pnnx wrote no ncnn model")
        shutil.copy(made, str(out).replace("ncnn.param", "ncnn.bin"))
        shutil.copy(made.with_suffix(".param"), out)


def mnn(form, model, out):
    said = command("mnnconvert", [tool("mnnconvert"), "-f", form, "--modelFile", model, "--MNNModel", out, "--bizCode", "inlay"],
                   f"{out}.log")
    if not out.exists() or out.stat().st_size == 0:
        out.unlink(missing_ok=True)
        errors = [line.split("==>")[-1].strip() for line in said.splitlines() if "NOT_SUPPORTED" in line or "Check failed" in line]
        raise CannotConvert(f"mnnconvert: {errors[0] if errors else 'wrote no model'}")

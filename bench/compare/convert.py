# SPDX-License-Identifier: Apache-2.0
"""The peers' own converters, and a folder that keeps what they made, or why they did not."""
import hashlib
import importlib.util
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import repair
from engines.base import CannotConvert

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


def repaired(tflite, cache):
    """The model as the peers get it: itself, or with what repair.py repairs."""
    data = repair.repaired(pathlib.Path(tflite).read_bytes())
    return tflite if data is None else cache.once(tflite, "tflite", lambda out: out.write_bytes(data))


def python_check(code, tflite, out):
    """Writes an empty file when Python code runs through with the model as its argument."""
    command("OpenVINO", [sys.executable, "-c", code, tflite], f"{out}.log")
    out.touch()


def to_onnx(tflite, cache):
    return cache.once(tflite, "onnx", lambda out: command("tf2onnx", [
        sys.executable, "-m", "tf2onnx.convert", "--tflite", tflite, "--output", out, "--opset", "18"], f"{out}.log"))


def is_quantized(onnx):
    return b"QuantizeLinear" in pathlib.Path(onnx).read_bytes()


def pnnx(onnx, out):
    """ncnn's .param, and beside it .bin."""
    with tempfile.TemporaryDirectory() as folder:
        model = shutil.copy(onnx, pathlib.Path(folder) / "model.onnx")
        # The program in the package: importing the package itself would need torch.
        found = importlib.util.find_spec("pnnx")
        if found is None:
            raise ForNow("pnnx is not installed")
        said = command("pnnx", [pathlib.Path(found.submodule_search_locations[0]) / "pnnx", model, "fp16=0"], f"{out}.log")
        dropped = {line.split()[1] for line in said.splitlines() if line.startswith("ignore ")}
        if dropped:
            raise CannotConvert(f"pnnx has no ncnn layer for {', '.join(sorted(dropped))}")
        made = pathlib.Path(folder) / "model.ncnn.bin"
        if not made.exists():
            raise CannotConvert("pnnx wrote no ncnn model")
        shutil.copy(made, str(out).replace("ncnn.param", "ncnn.bin"))
        shutil.copy(made.with_suffix(".param"), out)


def mnn(form, model, out):
    # The converter inside mnnconvert: the command itself goes on to install packages and to report home.
    code = "import sys, MNN, _tools; _tools.mnnconvert(sys.argv)"
    arguments = ["-f", form, "--modelFile", model, "--MNNModel", out, "--bizCode", "inlay"]
    said = command("mnnconvert", [sys.executable, "-c", code, *arguments], f"{out}.log")
    errors = [line.strip() for line in said.splitlines() if "NOT_SUPPORTED" in line or "Check failed" in line]
    if errors or not out.exists() or out.stat().st_size == 0:
        out.unlink(missing_ok=True)
        raise CannotConvert(f"mnnconvert: {errors[0].rpartition(' :')[2][:120] if errors else 'wrote no model'}")

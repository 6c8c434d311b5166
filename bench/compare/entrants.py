# SPDX-License-Identifier: Apache-2.0
"""Who is measured: Inlay, perhaps in several ways, and the peers."""
import json
import pathlib
import shlex
import subprocess
import sys

import convert
from engines import PEERS
from engines.base import CannotConvert

HERE = pathlib.Path(__file__).resolve().parent


class Inlay:
    """inlay-bench --serve; `arguments` are further options of it."""

    def __init__(self, bin_folder, title="Inlay", arguments=""):
        self.bin, self.title, self.key, self.arguments = pathlib.Path(bin_folder), title, title, shlex.split(arguments)
        self.missing = None

    def version(self):
        said = subprocess.run([self.bin / "inlay-bench", "--version"], capture_output=True, text=True, check=False)
        words = said.stdout.split()
        return words[-1] if words else None

    def convert(self, tflite, cache):
        def make(out):
            done = subprocess.run([self.bin / "inlay", "convert", tflite, "-o", out], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise CannotConvert(done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "inlay convert failed")

        # The converter is ours and changes: its files are made anew.
        out = cache.folder / f"{pathlib.Path(tflite).stem}.inlay"
        make(out)
        return out

    def command(self, model, threads, _inputs):
        return [self.bin / "inlay-bench", model, "--serve", "--threads", threads, *self.arguments]


class Peer:
    def __init__(self, key):
        self.engine, self.key, self.title = PEERS[key], key, PEERS[key].title
        self.missing = None if self.version() else f"not installed (pip install {self.engine.distribution})"

    def version(self):
        return self.engine.version()

    def convert(self, tflite, cache):
        return self.engine.convert(convert.repaired(tflite, cache), cache)

    def command(self, model, threads, inputs):
        return [sys.executable, HERE / "worker.py", self.key, model, threads, json.dumps(inputs)]

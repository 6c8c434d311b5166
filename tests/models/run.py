#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py NAME BIN: the tests of one model under pytest; exits 77 (skipped, for ctest) when none could run."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED, NOTHING_COLLECTED = 77, 5


def main():
    name, binaries = sys.argv[1], sys.argv[2]
    environment = dict(os.environ, INLAY_BIN=binaries, INLAY_CASE=name, PYTHONDONTWRITEBYTECODE="1")
    environment.setdefault("INLAY_SHARED", str(HERE.parent.parent.parent / "shared"))
    python = environment.get("INLAY_PYTHON") or sys.executable
    if not pathlib.Path(environment["INLAY_SHARED"], "models/tflite").is_dir():
        print(f"SKIPPED models.{name}: no folder {environment['INLAY_SHARED']}/models/tflite (set INLAY_SHARED)")
        return SKIPPED
    if subprocess.run([python, "-c", "import numpy, pytest"], stderr=subprocess.DEVNULL, check=False).returncode:
        print(f"SKIPPED models.{name}: {python} has no numpy and pytest (set INLAY_PYTHON)")
        return SKIPPED
    result = subprocess.run([python, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(HERE / "test_models.py")],
                            env=environment, capture_output=True, text=True, check=False)
    print(result.stdout + result.stderr)
    last = result.stdout.strip().splitlines()[-1] if result.stdout.strip() else ""
    if result.returncode == 0 and "passed" not in last:
        return SKIPPED
    return 1 if result.returncode == NOTHING_COLLECTED else result.returncode


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""A worker process that answers each command with one line of JSON."""
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time

LIMIT_S = 180


class WorkerFailed(Exception):
    """The worker said so, died, or went silent."""


class Channel:
    def __init__(self, command):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.buffer = b""
        self.hello = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass  # it died; its last answer or its exit code says why
        return self.answer()

    def answer(self):
        limit = time.monotonic() + LIMIT_S
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self.buffer:
                if not ready.select(max(0, limit - time.monotonic())):
                    raise WorkerFailed(f"no answer in {LIMIT_S} s")
                data = os.read(self.process.stdout.fileno(), 1 << 20)
                if not data:
                    raise WorkerFailed(self.last_words())
                self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerFailed(answer["error"])
        return answer

    def last_words(self):
        code = self.process.wait()
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        if code < 0:
            return f"died ({signal.Signals(-code).name})"
        return f"ended with code {code}: {lines[-1][:200]}" if lines else f"ended with code {code}"

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

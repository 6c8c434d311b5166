# SPDX-License-Identifier: Apache-2.0
"""inlay-bench --serve, and bench/compare with LiteRT where Python has it: what it writes, never how fast anything is."""
import json
import math
import os
import subprocess
import unittest
import xml.etree.ElementTree

from support import BIN, DIGITS, ROOT, CommandTest, npy, read_npy

PYTHON = os.environ.get("INLAY_PEERS_PYTHON") or os.environ.get("INLAY_PYTHON")
NUMBERS = {"ms", "mad_ms", "cpu_ms", "ratio", "ratio_q1", "ratio_q3", "cpu_ratio", "load_ms", "first_ms", "start_ms", "rss_mb",
           "rss_added_mb"}


class Serve(CommandTest):
    def serve(self, commands, code=0):
        done = subprocess.run([BIN / "inlay-bench", self.int8, "--serve"], input=commands, capture_output=True, text=True,
                              check=False, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def test_a_run_on_an_input(self):
        pixels = bytes((i * i * 11) & 255 for i in range(64))
        given, made = self.file("in.npy", npy("|i1", (1, 8, 8, 1), pixels)), self.folder / "out.npy"
        (hello, _, run, _), error = self.serve(f"input 0 {given}\nrun 3\noutput 0 {made}\nquit\nnonsense\n")
        self.assertEqual(error, "")
        self.assertEqual((hello["inputs"][0]["dtype"], hello["inputs"][0]["shape"]), ("int8", [1, 8, 8, 1]))
        self.assertEqual(len(run["us"]), 3)
        self.assertGreater(run["rss_peak"], 0)
        self.inlay("run", self.int8, "-i", given, "-o", self.folder)
        self.assertEqual(read_npy(made), read_npy(self.folder / "out_0.npy"))

    def test_failures_end_it(self):
        for commands, says in (("fly 1\n", "fly 1"), ("run\n", "run N"), ("input 7 x.npy\n", "input 7"),
                               ("output 0 /none/o.npy\n", "/none"), ("input 0 none.npy\n", "none.npy")):
            answers, error = self.serve(commands + "run 1\n", code=1)
            self.assertIn(says, error)
            self.assertEqual(len(answers), 1, "only the hello")


def has_litert(python):
    return subprocess.run([python, "-c", "import numpy, ai_edge_litert"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(PYTHON and has_litert(PYTHON),
                     "INLAY_PEERS_PYTHON and INLAY_PYTHON name no Python with numpy and ai-edge-litert")
class Compare(CommandTest):
    def compare(self, *arguments):
        command = [PYTHON, ROOT / "bench/compare", DIGITS / "digits_int8.tflite", "--bin", BIN, "--out", self.folder, "--cache",
                   self.folder / "cache", "--rounds", "2", "--seconds", "0.002", *arguments]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, timeout=280)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads((self.folder / "peers.json").read_text(encoding="utf-8")), done.stdout

    def test_litert(self):
        document, said = self.compare("--peers", "litert", "--threads", "1,2", "--inlay", "plain=--backend builtin")
        self.assertEqual(said.rstrip(), (self.folder / "peers.md").read_text(encoding="utf-8").rstrip())
        self.assertEqual([r["threads"] for r in document["results"]], [1, 2])
        for result in document["results"]:
            self.assertEqual([e["title"] for e in result["entries"]], ["Inlay", "plain", "LiteRT"])
            for entry in result["entries"]:
                self.assertEqual(entry["status"], "ok", entry)
                self.assertEqual(len(entry["rounds_us"]), 2)
                self.assertEqual(entry["agreement"]["verdict"], "equal", entry)
                for key in NUMBERS:
                    self.assertTrue(math.isfinite(entry[key]), key)
            self.assertEqual(result["entries"][0]["ratio"], 1)
        self.assertEqual(said.count("\n| digits_int8 "), 4 + 3 + 1)  # time and CPU time by threads, start by engine, agreement
        for threads in (1, 2):
            xml.etree.ElementTree.parse(self.folder / f"peers_{threads}.svg")

    def test_what_cannot_run_is_said(self):
        _, said = self.compare("--peers", "", "--threads", "1", "--inlay", "odd=--backend nosuch")
        self.assertIn("odd, digits_int8: fails: ended with code 1: inlay-bench: the backend 'nosuch'", said)


if __name__ == "__main__":
    unittest.main()

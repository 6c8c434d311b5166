# SPDX-License-Identifier: Apache-2.0
"""inlay-bench's files, and what inlay embed writes: compiled, linked and run as a firmware would."""
import json
import os
import pathlib
import subprocess
import unittest

from support import EMULATOR, ROOT, CommandTest, npy, read_npy

HERE = pathlib.Path(__file__).resolve().parent
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
KEYS = {
    "inlay": {"version", "build"},
    "host": {"cpu", "features", "cores", "os"},
    "model": {"name", "sha256", "macs"},
    "latency_us": {"min", "p50", "p90", "p99", "max", "mean", "mad", "runs"},
    "memory": {"persistent", "planned", "scratch", "lower_bound", "weights", "device", "rss_peak", "lower_bound_unshared"},
}
OTHER_KEYS = {"backend", "threads", "load_us", "prepare_us", "first_us", "outputs_crc32", "ops"}


class Bench(CommandTest):
    def measured(self, name="b.json", *arguments):
        path = self.folder / name
        out, error = self.bench(self.int8, "--runs", 20, "--json", path, *arguments)
        self.assertEqual(error, "")
        return json.loads(path.read_text(encoding="utf-8")), out

    def test_json_has_the_keys_of_the_contract(self):
        result, _ = self.measured()
        self.assertEqual(set(result), set(KEYS) | OTHER_KEYS)
        for key, inner in KEYS.items():
            self.assertEqual(set(result[key]), inner, key)
        self.assertTrue(result["ops"])
        for op in result["ops"]:
            self.assertEqual(set(op), {"name", "kind", "device", "backend", "p50_us", "macs", "gops", "kernel"})
        self.assertEqual(result["latency_us"]["runs"], 20)
        self.assertEqual(result["threads"], 1)
        self.assertIn("builtin", result["backend"])
        self.assertEqual(sum(op["macs"] for op in result["ops"]), result["model"]["macs"])
        order = [result["latency_us"][key] for key in ("min", "p50", "p90", "p99", "max")]
        self.assertEqual(order, sorted(order))
        self.assertGreater(order[0], 0)

    def test_outputs_do_not_depend_on_the_device(self):
        crcs = {str(self.measured("b.json", "--backend", b)[0]["outputs_crc32"]) for b in ("builtin", "reference", "auto")}
        self.assertEqual(len(crcs), 1)

    def test_per_op(self):
        result, out = self.measured("b.json", "--per-op")
        for op in result["ops"]:
            self.assertIn(op["kind"], out)

    def test_trace(self):
        self.bench(self.int8, "--runs", 5, "--trace", self.folder / "t.json")
        self.bench(self.int8, "--runs", 5, "--backend", "builtin,reference", "--trace", self.folder / "t.html")
        page = (self.folder / "t.html").read_text(encoding="utf-8")
        self.assertEqual(page.count("<rect class='fill'"), 10)  # one run
        self.assertRegex(page, r"<text x='4' y='[\d.]+'>builtin</text>")
        self.assertRegex(page, r"<title>op 9 \w+\n[\d.]+ us, from [\d.]+ us</title>")
        self.assertNotRegex(page, r"<script|https?:|src=|href=")
        events = json.loads((self.folder / "t.json").read_text(encoding="utf-8"))["traceEvents"]
        lanes = {event["tid"] for event in events if event["ph"] == "M"}
        ops = [event for event in events if event["ph"] == "X"]
        self.assertTrue(ops)
        self.assertEqual(len(lanes) + len(ops), len(events))
        for event in ops:
            self.assertIn(event["tid"], lanes)
            self.assertGreaterEqual(event["ts"], 0)
            self.assertGreaterEqual(event["dur"], 0)

    def test_many_frames(self):
        for more in [], ["--one-thread"]:
            out, _ = self.bench(self.int8, "--pipeline", "--backend", "builtin,reference", "--seconds", 0, *more)
            self.assertRegex(out, r"(?m)^stage 0: from op 0 on (builtin|reference), \d+\.\d us$")
            self.assertRegex(out, r"predicted \d+\.\d us from frame to frame, measured \d+\.\d us")
        out, _ = self.bench(self.int8, "--sessions", 3, "--backend", "builtin", "--seconds", 0)
        self.assertRegex(out, r"^1 session: \d+\.\d frames/s; 3 sessions at once: \d+\.\d frames/s")
        self.refused(self.int8, "--pipeline", "--backend", "builtin", program="inlay-bench", says=["two devices"])

    def test_compare(self):
        self.measured("base.json")
        base = self.folder / "base.json"
        out, _ = self.bench(self.int8, "--runs", 5, "--compare", base)
        self.assertRegex(out, r"(?m)^latency_us/p50 .*\d")
        self.assertRegex(out, r"(?m)^outputs_crc32 +equal$")
        self.refused(self.float, "--runs", 5, "--compare", base, program="inlay-bench", says=["another model"])
        for data in (b"", b"{}", b"[1", b'{"model":{"sha256":3}}'):
            self.refused(self.int8, "--compare", self.file("bad.json", data), program="inlay-bench", says=["bad.json"])

    def test_failures(self):
        self.refused(self.folder / "none.inlay", program="inlay-bench", says=["none.inlay"])
        self.refused(self.int8, "--backend", "nosuch", program="inlay-bench", says=["nosuch"])
        self.refused(self.int8, "--adapt", program="inlay-bench", says=["no stored placement", "inlay tune"])
        # An unwritable file costs no benchmark first, and nothing is printed as if all went well.
        self.refused(self.int8, "--runs", 1, "--json", self.folder / "none/b.json", program="inlay-bench", says=["none/b.json"])


class Embed(CommandTest):
    def embedded(self):
        out, error = self.inlay("embed", self.int8, "-o", self.folder / "c", "--name", "digits", "--mode", "file")
        self.assertIn("digits_model.c", out)
        self.assertEqual(error, "")
        return self.folder / "c/digits_model.c"

    def cc(self, *arguments):
        command = [os.environ.get("INLAY_CC", "gcc"), *STRICT, f"-I{ROOT / 'runtime/include'}", *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, f"{' '.join(command)}\n{result.stderr}")

    def test_is_strict_c99(self):
        source = self.embedded()
        self.cc("-c", source, "-o", self.folder / "model.o")

    def test_bad_names(self):
        self.inlay("embed", self.int8, "-o", self.folder, "--name", "1st", code=2)
        self.inlay("embed", self.int8, "-o", self.folder, "--lang", "cobol", code=2)
        self.refused("embed", self.int8, "-o", self.file("taken", b""), says=["taken"])

    @unittest.skipUnless("INLAY_LIBRARIES" in os.environ, "INLAY_LIBRARIES is not set")
    def test_firmware_gives_the_same_answer(self):
        source = self.embedded()
        libraries = os.environ["INLAY_LIBRARIES"].split(":")
        self.assertFalse([path for path in libraries if "runtime.a" in path])
        program = self.folder / "firmware"
        self.cc("-Wl,--gc-sections", f"-I{source.parent}", HERE / "embed_main.c", source, *libraries, "-lm", "-o", program)
        for seed in range(5):
            pixels = bytes((seed * 37 + i * i * 11) & 255 for i in range(64))
            self.inlay("run", self.int8, "-i", self.file("in.npy", npy("|i1", (1, 8, 8, 1), pixels)), "-o", self.folder)
            result = subprocess.run([*EMULATOR, program], input=pixels, capture_output=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, read_npy(self.folder / "out_0.npy")[2])


if __name__ == "__main__":
    unittest.main()

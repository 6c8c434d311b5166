# SPDX-License-Identifier: Apache-2.0
"""inlay tune: what it measures, keeps and stores, and how the other commands follow it."""
import json
import os
import re
import signal
import struct
import subprocess
import time
import unittest

from support import BIN, SHARED, CommandTest

MODELS = SHARED / "models/tflite"
DEVICES = "builtin,reference"


class Tune(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = subprocess.run([BIN / "inlay", "inspect", cls.int8, "--why", "avx2"], capture_output=True, check=False)
        cls.devices = DEVICES + (",avx2" if result.returncode == 0 else "")

    def setUp(self):
        super().setUp()
        self.profile, self.out = self.folder / "p.json", self.folder / "out.inlay"

    def tune(self, *arguments, model=None, devices=None):
        out, error = self.inlay("tune", model or self.int8, "--devices", devices or self.devices, "--profile", self.profile,
                                "-o", self.out, "--seconds", 1, *arguments)
        self.assertEqual(error, "")  # no bar in a pipe
        return out

    def plan(self, model, *arguments):
        return json.loads(self.inlay("inspect", model, "--plan", "--json", *arguments)[0])

    def measured(self, model, *arguments):
        self.bench(model, "--runs", 5, "--json", self.folder / "b.json", *arguments)
        return json.loads((self.folder / "b.json").read_text(encoding="utf-8"))

    def test_stores_a_placement_that_sessions_follow(self):
        out = self.tune()
        self.assertRegex(out, r"(?m)^reference +10 +\d+ +\d+\.\d\d$")
        self.assertRegex(out, r"(?m)^predicted \d+\.\d\d us, measured \d+\.\d\d us")
        document = self.plan(self.out)
        self.assertEqual(document["plan"]["source"], "stored")
        self.assertEqual(document["plan"]["devices"], self.devices.split(","))
        self.assertGreater(document["plan"]["predicted_us"], 0)
        self.assertNotIn("note", document["plan"])
        self.assertAlmostEqual(sum(op["share"] for op in document["ops"]), 1)
        for op in document["ops"]:
            self.assertEqual(set(op["measured_us"]), set(self.devices.split(",")))
            self.assertTrue(op["reason"].startswith("measured "), op)
        result = self.measured(self.out)
        self.assertEqual([op["device"] for op in result["ops"]], [op["device"] for op in document["ops"]])
        self.assertEqual([op["kernel"] for op in result["ops"]], [op["kernel"] for op in document["ops"]])
        crcs = {str(self.measured(model, *more)["outputs_crc32"]) for model, more in (
            (self.out, []), (self.int8, []), (self.out, ["--backend", "reference"]), (self.int8, ["--profile", self.profile]))}
        self.assertEqual(len(crcs), 1)
        text, _ = self.inlay("inspect", self.out, "--plan")
        self.assertIn("plan: the model's own of " + self.devices, text)
        out, _ = self.bench(self.out, "--runs", 2, "--per-op")
        self.assertRegex(out, r"(?m)^ +0 +CONV_2D +\w+ +\w+ +\d")

    def test_measures_a_signature_once(self):
        self.assertRegex(self.tune(), r"10 signatures, 0 of them known")
        before, again = self.profile.read_bytes(), self.out
        first = again.read_bytes()
        self.assertRegex(self.tune(), r"10 signatures, 10 of them known; 0 rounds")
        self.assertEqual(self.profile.read_bytes(), before)
        self.assertEqual(len(again.read_bytes()), len(first))
        self.assertRegex(self.tune("--fresh"), r"10 signatures, 0 of them known")
        self.tune(model=self.float)
        profile = json.loads(self.profile.read_text(encoding="utf-8"))
        kinds = " ".join(profile["ops"])
        self.assertIn("int8[", kinds)
        self.assertIn("*float32[", kinds)
        # What an interrupted run left is measured again, with all else kept.
        key = next(iter(profile["ops"]))
        profile["ops"][key][0]["count"] = 1
        self.profile.write_text(json.dumps(profile), encoding="utf-8")
        self.assertRegex(self.tune(), r"10 signatures, 9 of them known|10 signatures, 10 of them known")
        self.assertRegex(self.tune(), r"10 of them known")

    def test_threads_have_placements_of_their_own(self):
        self.tune()
        self.inlay("tune", self.out, "--devices", DEVICES, "-o", self.out, "--seconds", 1, "--threads", 2)
        self.assertEqual(self.plan(self.out)["plan"]["devices"], self.devices.split(","))
        self.assertEqual(self.plan(self.out, "--threads", 2)["plan"]["devices"], DEVICES.split(","))
        self.assertIn("another number of threads", self.plan(self.out, "--threads", 4)["plan"]["note"])

    def test_places_by_a_profile_alone(self):
        self.tune()
        profile = json.loads(self.profile.read_text(encoding="utf-8"))
        for number, measured in enumerate(profile["ops"].values()):
            for one in measured:
                one["us"] = 1 if (one["device"] == "reference") == (number % 2 == 0) else 9
                one["mad"] = 0  # no noise to lose the difference in
        self.profile.write_text(json.dumps(profile), encoding="utf-8")
        document = self.plan(self.int8, "--profile", self.profile, "--backend", DEVICES)
        self.assertEqual(document["plan"]["source"], "profile")
        self.assertEqual({op["device"] for op in document["ops"]}, {"builtin", "reference"})
        self.assertEqual({op["predicted_us"] for op in document["ops"]}, {1})
        result = self.measured(self.int8, "--profile", self.profile, "--backend", DEVICES)
        self.assertEqual([op["device"] for op in result["ops"]], [op["device"] for op in document["ops"]])
        self.assertEqual(result["outputs_crc32"], self.measured(self.int8)["outputs_crc32"])
        self.inlay("run", self.int8, "--profile", self.profile, "--backend", DEVICES)

    def test_refuses_profiles_of_elsewhere(self):
        self.tune()
        text = self.profile.read_text(encoding="utf-8")
        other = self.file("other.json", re.sub(r'"cores": \d+', '"cores": 999', text).encode())
        for command in (["tune", self.int8, "-o", self.out], ["run", self.int8], ["inspect", self.int8, "--plan"]):
            self.refused(*command, "--profile", other, says=["other.json", "another board", "cores"])
        self.refused(self.int8, "--profile", other, program="inlay-bench", says=["another board"])
        self.measured(self.int8, "--profile", other, "--any-board", "--backend", DEVICES)
        self.refused("run", self.int8, "--profile", self.profile, "--threads", 3, says=["knows no op", "3 thread"])
        for data in (b"", b"{", b"[]", text.encode()[:-3], text.replace('"us": ', '"us": -').encode()):
            bad = self.file("bad.json", data)
            self.refused("tune", self.int8, "--profile", bad, "-o", self.out, says=["bad.json", "no profile"])
        self.refused("run", self.int8, "--profile", self.folder / "none.json", says=["none.json"])
        self.refused("tune", self.int8, "--profile", self.folder / "none/p.json", "-o", self.out, says=["none/p.json"])

    def test_wishes(self):
        self.tune("--pin", "0=reference:0", "--pin", "9=builtin")
        document = self.plan(self.out)
        self.assertEqual([document["ops"][n]["device"] for n in (0, 9)], ["reference", "builtin"])
        events = document["plan"]["timeline"]["events"]
        self.assertEqual([e["device"] for e in events if e["kind"] == "op"], [op["device"] for op in document["ops"]])
        by_profile = self.plan(self.int8, "--profile", self.profile, "--backend", self.devices)["plan"]  # with the measured starts
        self.assertAlmostEqual(by_profile["timeline"]["events"][-1]["end_us"], by_profile["predicted_us"], delta=0.001)
        text, _ = self.inlay("inspect", self.out, "--plan", "--trace", self.folder / "trace.json")
        self.assertRegex(text, r"(?m)^reference +\|=*#.*\| +\d+\.\d\d us$")
        trace = json.loads((self.folder / "trace.json").read_text(encoding="utf-8"))["traceEvents"]
        self.assertEqual([e["name"] for e in trace if e.get("cat") == "op" and e["name"].startswith("op 0 ")],
                         ["op 0 " + document["ops"][0]["kind"]])
        for wish in (["--objective", "memory"], ["--objective", "throughput"], ["--max-memory", "builtin=100000000"]):
            self.assertRegex(self.tune(*wish), r"10 of them known")
        for wish, says in ((["--pin", "99=builtin"], ["op 99", "has 10"]), (["--pin", "0=gpu"], ["'gpu'", "builtin, reference"]),
                           (["--pin", "none=builtin"], ["'none'"]), (["--pin", "0"], ["OP=DEVICE"]),
                           (["--pin", "0=builtin", "--pin", "0=reference"], ["two devices"]),
                           (["--max-memory", "builtin=1k"], ["'1k'"]),
                           (["--max-memory", "reference=9"], ["no placement fits", "'reference' needs", "may take 9"])):
            self.refused("tune", self.int8, "--devices", self.devices, "--profile", self.profile, "-o", self.out, "--seconds", 1,
                         *wish, says=says)
        self.refused("inspect", self.int8, "--plan", "--trace", self.folder / "t.json", says=["--trace", "inlay tune"])

    def test_bench_of_predictions(self):
        text, _ = self.command("plan_prediction", self.int8, "builtin,reference", 2, 0.01, 1)
        plans = [json.loads(line) for line in text.splitlines()]
        self.assertEqual([p["kind"] for p in plans], ["chosen", "random", "random"])
        for p in plans:
            self.assertGreater(min(p["predicted_us"], p["measured_us"], p["runs"]), 0, p)

    def test_transfers_of_a_profile_stay(self):
        self.tune()
        profile = json.loads(self.profile.read_text(encoding="utf-8"))
        profile["transfers"] = [{"from": "host", "to": "opencl", "latency_us": 12.5, "bytes_per_us": 4000.0}]
        self.profile.write_text(json.dumps(profile), encoding="utf-8")
        self.tune()
        self.assertEqual(json.loads(self.profile.read_text(encoding="utf-8"))["transfers"], profile["transfers"])
        for bad in ([{}], 3, [{"from": "host", "to": "x", "latency_us": -1, "bytes_per_us": 1}]):
            file = self.file("bad.json", json.dumps({**profile, "transfers": bad}).encode())
            self.refused("tune", self.int8, "--profile", file, "-o", self.out, says=["bad.json", "no profile"])

    def test_estimates(self):
        out = self.tune("--estimate")
        self.assertRegex(out, r"10 signatures, 0 of them known; 0 rounds")
        self.assertRegex(out, r"10 ops by estimates")
        self.assertRegex(out, r"(?m)^placed +\d+\.\d\d us predicted$")
        profile = json.loads(self.profile.read_text(encoding="utf-8"))
        self.assertEqual(profile["ops"], {})  # nothing was measured
        self.assertEqual({d["name"] for d in profile["devices"]}, set(self.devices.split(",")))
        for device in profile["devices"]:
            self.assertGreater(min(device[key] for key in ("start_us", "int8_macs_per_us", "float_macs_per_us", "bytes_per_us")), 0)
        document = self.plan(self.out)
        self.assertEqual(document["plan"]["source"], "stored")
        self.assertIn("estimates", document["plan"]["note"])
        self.assertNotIn("note", self.plan(self.float, "--profile", self.profile)["plan"])
        out, _ = self.inlay("tune", self.float, "--board", self.profile)  # a real board's file on paper
        self.assertRegex(out, r"10 of them estimated")
        self.assertRegex(self.tune(), r"10 signatures, 0 of them known; [1-9]")  # estimates are no measurements
        self.assertNotIn("note", self.plan(self.out)["plan"])

    def test_a_changed_plan_is_refused(self):
        self.tune(devices="builtin")
        file = bytearray(self.out.read_bytes())
        placed = bytes(len(self.plan(self.out)["ops"]))
        at = file.find(struct.pack("<I", len(placed)) + placed)
        self.assertGreater(at, 64)
        file[at + 4 + 3] = 200
        self.refused("inspect", self.file("crc.inlay", bytes(file)), says=["CRC"])
        struct.pack_into("<I", file, 24, crc32c(bytes(file[64:struct.unpack_from("<Q", file, 16)[0]])))
        self.refused("inspect", self.file("bad.inlay", bytes(file)), says=["puts op 3 on device 200"])

    def test_a_plan_of_absent_devices_is_left(self):
        plugin = os.environ.get("INLAY_PLUGIN")
        if plugin is None:
            self.skipTest("INLAY_PLUGIN is not set")
        text = self.tune(model=self.float, devices=plugin + ",builtin")
        profile = json.loads(self.profile.read_text(encoding="utf-8"))
        name = next(d["device"] for m in profile["ops"].values() for d in m if d["device"] != "builtin")
        self.assertIn(name, text)
        for measured in profile["ops"].values():  # let it win
            for one in measured:
                one["us"] = 1 if one["device"] == name else 9
                one["mad"] = 0
        self.profile.write_text(json.dumps(profile), encoding="utf-8")
        document = self.plan(self.float, "--profile", self.profile, "--backend", plugin + ",builtin")
        self.assertEqual([op["kind"] for op in document["ops"] if op["device"] == name], ["ADD"])
        self.assertTrue(any(name in op["refusals"] for op in document["ops"]), document["ops"])
        document = self.plan(self.out)  # no process has the device now, whatever the plan says
        self.assertEqual({op["device"] for op in document["ops"]}, {"builtin"})
        if document["plan"]["source"] != "stored":
            self.assertIn(f"'{name}', which is not here", document["plan"]["note"])

    def test_interrupted(self):
        model = self.folder / "large.inlay"
        if not MODELS.is_dir():
            self.skipTest("no shared models")
        self.inlay("convert", MODELS / "mobilenet_v2_1.0_224_int8.tflite", "-o", model)
        command = [BIN / "inlay", "tune", model, "--devices", DEVICES, "--profile", self.profile, "-o", self.out,
                   "--seconds", "600"]
        with subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 100
            while time.monotonic() < deadline and process.poll() is None:
                if self.profile.is_file() and '"us"' in self.profile.read_text(encoding="utf-8"):
                    break
                time.sleep(0.2)
            process.send_signal(signal.SIGKILL)
        self.assertTrue(json.loads(self.profile.read_text(encoding="utf-8"))["ops"])
        self.assertFalse(self.out.exists())


def crc32c(data):
    """CRC-32C, bit by bit."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


if __name__ == "__main__":
    unittest.main()

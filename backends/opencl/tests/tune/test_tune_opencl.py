# SPDX-License-Identifier: Apache-2.0
"""inlay tune with an OpenCL device: its kernel variants are measured, chosen, stored and followed."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "tests/cli"))
from support import CommandTest  # noqa: E402

DEVICES = "builtin,opencl"
CONV, DEPTHWISE = 2, 1  # neighbours in the digits model


class TuneOpenCL(CommandTest):
    def setUp(self):
        super().setUp()
        self.profile, self.out = self.folder / "p.json", self.folder / "out.inlay"

    def tune(self, *arguments):
        return self.inlay("tune", self.int8, "--devices", DEVICES, "--profile", self.profile, "-o", self.out, "--seconds", 1,
                          *arguments)[0]

    def plan(self, model, *arguments):
        return json.loads(self.inlay("inspect", model, "--plan", "--json", *arguments)[0])

    def measured(self, model, *arguments):
        self.bench(model, "--runs", 2, "--json", self.folder / "b.json", *arguments)
        return json.loads((self.folder / "b.json").read_text(encoding="utf-8"))

    def make_cheapest(self, column, op):
        """Writes into the profile that nothing is as fast as `column` for an op, known by what it was measured to take, and that
        all was measured often enough, however slow the machine."""
        profile = json.loads(self.profile.read_text(encoding="utf-8"))
        gap = next(d for d in profile["devices"] if d["name"] == "opencl").get("gap_us", 0)  # from op to op, which a plan counts as the op's
        found = [all_of_it for key, all_of_it in profile["ops"].items() for m in all_of_it
                 if key.startswith(op["kind"]) and m["device"] == column and abs(m["us"] + gap - op["measured_us"][column]) < 1e-6]
        self.assertEqual(len(found), 1, column)
        for m in found[0]:  # the others by more than starts and transfers take
            m.update(us=0.001 if m["device"] == column else 1e5, mad=0)
        for measurement in sum(profile["ops"].values(), []):
            measurement["count"] = 30
        self.profile.write_text(json.dumps(profile), encoding="utf-8")

    def test_chooses_stores_and_follows_variants(self):
        out = self.tune()
        for column in ("opencl", "opencl#1", "opencl#2", "opencl#3"):
            self.assertRegex(out, rf"(?m)^{column} +\d+ +\d+ +\d+\.\d\d$")
        ops = self.plan(self.int8, "--backend", DEVICES, "--profile", self.profile)["ops"]
        self.assertLessEqual({"builtin", "opencl", "opencl#1", "opencl#2", "opencl#3"}, set(ops[CONV]["measured_us"]))
        self.make_cheapest("opencl#3", ops[CONV])
        self.make_cheapest("opencl#2", ops[DEPTHWISE])
        self.assertRegex(self.tune("--pin", f"{CONV}=opencl", "--pin", f"{DEPTHWISE}=opencl"), r" 0 rounds")

        stored, replayed = self.plan(self.out), self.plan(self.int8, "--backend", DEVICES, "--profile", self.profile)
        self.assertEqual((stored["plan"]["source"], replayed["plan"]["source"]), ("stored", "profile"))
        self.assertNotIn("note", stored["plan"])
        self.assertEqual(stored["plan"]["devices"], DEVICES.split(","))
        own = self.plan(self.int8, "--backend", "opencl,builtin")["ops"]
        for document in (stored, replayed):
            self.assertEqual(document["ops"][CONV]["device"], "opencl#3")
            self.assertEqual(document["ops"][DEPTHWISE]["device"], "opencl#2")
        kernels = [document["ops"][CONV]["kernel"] for document in (stored, replayed)]
        self.assertEqual(kernels[0], kernels[1])
        self.assertNotEqual(kernels[0], own[CONV]["kernel"])
        starts = [e for e in stored["plan"]["timeline"]["events"] if e["kind"] == "start" and e["device"] == "opencl"]
        self.assertGreater(len(starts), 0)
        self.assertNotIn(CONV, [e["op"] for e in starts])  # in the segment of the op before it, though by another variant

        expected = self.measured(self.int8, "--backend", "reference")["outputs_crc32"]
        for model, more in ((self.out, ()), (self.int8, ("--backend", DEVICES, "--profile", self.profile))):
            result = self.measured(model, *more)
            self.assertEqual(result["outputs_crc32"], expected)
            self.assertEqual(result["ops"][CONV]["device"], "opencl")
            self.assertEqual(result["ops"][CONV]["kernel"], kernels[0])
        self.assertRegex(self.inlay("inspect", self.out, "--plan")[0], rf"(?m)^ +{CONV} +CONV_2D +opencl#3 ")
        self.assertNotIn("opencl#", self.tune("--variants", "off"))

    def test_is_not_taken_unnamed(self):
        out, _ = self.inlay("tune", self.int8, "-o", self.out, "--seconds", 0)
        self.assertNotIn("opencl", out)


if __name__ == "__main__":
    unittest.main()

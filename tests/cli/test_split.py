# SPDX-License-Identifier: Apache-2.0
"""inlay split, and what the other commands say of splits."""
import json
import subprocess
import unittest

from support import BIN, ROOT, CommandTest, npy

BOARDS = ROOT / "examples/boards"


class Splits(CommandTest):
    def document(self, model, *arguments):
        return json.loads(self.inlay("inspect", model, "--json", *arguments)[0])

    def answers(self, model, *arguments):
        image = self.folder / "in.npy"
        image.write_bytes(npy("|i1", (1, 8, 8, 1), bytes((7 * i) % 256 for i in range(64))))
        self.inlay("run", model, "-i", image, "-o", self.folder / "out", *arguments)
        return (self.folder / "out/out_0.npy").read_bytes()

    def test_by_hand(self):
        out = self.folder / "split.inlay"
        text, _ = self.inlay("split", self.int8, "-o", out, "--split", "0..3=3,5@reference,builtin", "--split", "8=0.5,0.3,0.2")
        lines = ["op 0 (CONV_2D) to 3 (ADD): rows 0:3 on reference, 3:8 on builtin", "op 8 (FULLY_CONNECTED): features 0:5, 5:8, 8:10"]
        self.assertEqual(text.splitlines(), lines)
        plan = self.document(out, "--plan", "--memory")
        self.assertEqual(plan["plan"]["splits"], lines)
        devices = {op["device"] for op in plan["ops"] if op["name"].endswith("[0:3 of 8]") and op["kind"] != "SLICE"}
        self.assertEqual(devices, {"reference"})
        whole = self.document(self.int8, "--memory")
        # The bytes alive: a split keeps its input and its output until the end, and less of what lies between.
        self.assertLess(plan["memory"]["planned"], 1.5 * whole["memory"]["planned"])
        for arguments in ([], ["--backend", "builtin"], ["--backend", "reference"]):
            self.assertEqual(self.answers(out, *arguments), self.answers(self.int8))

    def test_by_hand_by_pixels_and_features(self):
        out = self.folder / "split.inlay"
        text, _ = self.inlay("split", self.int8, "-o", out, "--split", "2..3=pixels:3,5@reference,builtin", "--split", "5=features:1,1",
                             "--split", "8=features:1,1")
        self.assertRegex(text, r"op 2 \(CONV_2D\) to 3 \(ADD\): pixels 0:24 on reference, 24:64 on builtin\n"
                               r"op 5 \(CONV_2D\): features 0:12, 12:24\nop 8 \(FULLY_CONNECTED\): features 0:5, 5:10\n")
        self.assertEqual(self.answers(out), self.answers(self.int8))

    def test_refuses(self):
        for split, sentence in (("7=1,1", "op 7 (digits_1/flatten_1/Reshape) cannot be split: its rows are not those of its input"),
                                ("5=1,1,1,1,1", "a part of op 5"), ("5=1", "a split needs two parts or more"),
                                ("99=1,1", "--split names op 99, the model has 10"), ("5", "is not of the form"),
                                ("0..2=1,1", "is read outside of the split"), ("5=1,1@builtin", "has 2 shares and 1 devices")):
            result = subprocess.run([BIN / "inlay", "split", self.int8, "-o", self.folder / "x.inlay", "--split", split],
                                    capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 1, split)
            self.assertIn(sentence, result.stderr)
            self.assertFalse((self.folder / "x.inlay").exists())

    def test_on_paper(self):
        def paper(board, *arguments):
            return json.loads(self.inlay("tune", self.int8, "--board", BOARDS / board, "--json", *arguments)[0])

        slow = paper("slow_link.json")["split"]
        self.assertEqual(slow["splits"], [])
        self.assertIn("nothing is split: the best, op ", slow["why"])
        twins = paper("two_equal.json")
        self.assertLessEqual(twins["split"]["predicted_us"], twins["predicted_us"])
        self.assertNotIn("split", paper("two_equal.json", "--splits", "off"))
        # A line for each op that is whole: the split that begins there, or the reason why there is none.
        for lines in (slow["rejected"], twins["split"]["rejected"]):
            self.assertTrue(all(line.startswith("op ") for line in lines), lines)
        self.assertEqual(len(slow["rejected"]), 10)
        self.assertRegex(slow["rejected"][0], r"^op 0 \(CONV_2D\).*: would take \d+\.\d\d us, the whole ops take \d+\.\d\d us$")
        text, _ = self.inlay("tune", self.int8, "--board", BOARDS / "slow_link.json", "--why")
        self.assertEqual(text.count("\nnot split: op "), 10)

    def test_tune_says_why_not(self):
        out = self.folder / "tuned.inlay"
        text, _ = self.inlay("tune", self.int8, "-o", out, "--devices", "builtin,reference", "--seconds", 0.2)
        why = "nothing is split: no device computes while the host goes on"
        self.assertIn("splits: " + why, text)
        self.assertEqual(self.document(out, "--plan")["plan"]["splits_why"], why)
        self.assertIn("not split: no search is on record", self.inlay("inspect", out, "--plan", "--why", "splits")[0])

    def test_estimates_split_too(self):
        """By rooflines of builtin and of a device with a queue, which are measured: whatever they say is written down, and holds."""
        queue = BIN.parent / "lib/libinlay_cuda_emulated.so"
        if not queue.is_file():
            self.skipTest("no device with a queue here: " + queue.name)
        out = self.folder / "tuned.inlay"
        text, _ = self.inlay("tune", self.int8, "-o", out, "--devices", f"builtin,{queue}", "--variants", "off", "--estimate", "--why")
        self.assertRegex(text, r"(?m)^splits: .")
        self.assertRegex(text, r"(?m)^not split: op ")
        self.assertEqual(self.answers(out), self.answers(self.int8))
        rejected = self.document(out, "--plan")["plan"]["splits_rejected"]
        shown, _ = self.inlay("inspect", out, "--why", "splits")
        self.assertEqual([line for line in shown.splitlines() if line.startswith("not split: ")], ["not split: " + line for line in rejected])

    def test_tune_measures_parts_and_the_whole(self):
        """A device with a queue that is slow, said to be as slow as builtin in whole ops: what was predicted does not come true, and
        nothing is split unless the machine says otherwise."""
        queue = BIN.parent / "lib/libinlay_cuda_emulated.so"
        if not queue.is_file():
            self.skipTest("no device with a queue here: " + queue.name)
        out, profile = self.folder / "tuned.inlay", self.folder / "p.json"
        arguments = ("tune", self.int8, "-o", out, "--devices", f"builtin,{queue}", "--variants", "off", "--seconds", 0.2,
                     "--profile", profile)
        self.inlay(*arguments, "--splits", "off")
        known = json.loads(profile.read_text(encoding="utf-8"))
        whole = len(known["ops"])
        for measured in known["ops"].values():  # then parts pay, on paper
            for m in measured:
                m["us"] = 1e5
        profile.write_text(json.dumps(known), encoding="utf-8")
        text, _ = self.inlay(*arguments)
        self.assertRegex(text, r"(?m)^splits: .")
        self.assertGreater(len(json.loads(profile.read_text(encoding="utf-8"))["ops"]), whole + 10)  # signatures of parts
        self.assertEqual(self.answers(out), self.answers(self.int8))
        plan = self.document(out, "--plan")["plan"]
        self.assertEqual("splits" in plan, "nothing is split" not in plan["splits_why"])


if __name__ == "__main__":
    unittest.main()

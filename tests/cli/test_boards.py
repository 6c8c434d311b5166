# SPDX-License-Identifier: Apache-2.0
"""inlay tune --board: plans on paper, for the boards of examples/boards."""
import json
import pathlib
import re
import subprocess
import sys
import unittest

from support import BIN, EMULATOR, ROOT, SHARED, CommandTest

sys.path.insert(0, str(ROOT / "bench"))
import placement_simulated as bench  # noqa: E402

BOARDS = ROOT / "examples/boards"
# Of the shared models those with convolutions and other ops that matter: what a GPU for convolutions alone is good for.
MIXED = ("mobilenet_v2_1.0_224_int8", "resnet8_cifar10_int8", "ssd_mobilenet_v1_coco_uint8", "yamnet_wave_int8", "movenet_heatmap_192_int8",
         "deeplabv3_257_float", "face_landmark_float", "kws_dscnn_int8")


class Boards(CommandTest):
    def paper(self, model, board, *arguments):
        return json.loads(self.inlay("tune", model, "--board", board, "--json", *arguments)[0])

    def test_prints_the_plan_and_its_rivals(self):
        text, error = self.inlay("tune", self.int8, "--board", BOARDS / "fast_convs.json", "--trace", self.folder / "t.json")
        self.assertEqual(error, "")
        self.assertRegex(text, r"10 ops, 10 of them estimated\nsimulated: made up")
        for line in (r"cpu alone +\d", r"gpu alone +\d", r"greedy by capability +\d", r"placed +\d+\.\d\d +1\.00  \w", r"predicted timeline:",
                     r"cpu +\|.*#.*\| +\d+\.\d\d us"):
            self.assertRegex(text, r"(?m)^" + line)
        self.assertTrue(json.loads((self.folder / "t.json").read_text(encoding="utf-8"))["traceEvents"])
        self.assertEqual(self.left(), ["t.json"])
        result = self.paper(self.int8, BOARDS / "fast_convs.json")
        self.assertIn(f"{result['predicted_us']:.2f}", text)
        again = self.paper(self.int8, BOARDS / "fast_convs.json")
        self.assertEqual(again, result)  # the same on every run and machine

    def test_pipelines_are_as_predicted(self):
        for board in ("two_equal", "fast_convs", "big_little", "rk3588"):
            board = BOARDS / (board + ".json")
            pipeline = self.paper(self.int8, board)["pipeline"]
            text, _ = self.inlay("tune", self.int8, "--board", board, "--splits", "off", "--objective", "throughput")
            self.assertRegex(text, rf"(?m)^pipeline +{pipeline['period_us']:.2f} .* from frame to frame: {pipeline['ops']}$")
            out, _ = self.bench(self.int8, "--pipeline", "--board", board)
            stages = [re.escape(f"stage {k}: from op {s['first']} on {s['device']}, {s['us']:.1f} us\n") for k, s in enumerate(pipeline["stages"])]
            self.assertRegex(out, "".join(stages))
            predicted, measured = re.search(r"predicted (\S+) us from frame to frame, measured (\S+) us on the clock", out).groups()
            self.assertEqual(predicted, measured)
            self.assertEqual(predicted, f"{pipeline['period_us']:.1f}")
        self.assertEqual(self.bench(self.int8, "--board", BOARDS / "rk3588.json", code=2)[0], "")

    def test_wishes_hold(self):
        board = BOARDS / "fast_convs.json"
        result = self.paper(self.int8, board, "--pin", "0=cpu", "--pin", "9=gpu")
        self.assertEqual([result["placement"][n] for n in (0, 9)], ["cpu", "gpu"])
        self.refused("tune", self.int8, "--board", board, "--max-memory", "cpu=10", "--max-memory", "gpu=10",
                     says=["no placement fits", "may take 10"])
        small = json.loads(board.read_text(encoding="utf-8"))
        small["devices"][1].update(shares_memory=False, memory_bytes=100)
        self.assertEqual(set(self.paper(self.int8, self.file("small.json", json.dumps(small).encode()))["placement"]), {"cpu"})

    def test_measured_ops_come_before_estimates(self):
        profile = self.folder / "p.json"
        self.inlay("tune", self.int8, "--devices", "builtin", "--profile", profile, "-o", self.folder / "o.inlay", "--seconds", 1)
        measured = json.loads(profile.read_text(encoding="utf-8"))
        board = json.loads((BOARDS / "fast_convs.json").read_text(encoding="utf-8"))
        board["ops"] = {key: [{**one[0], "device": "gpu", "us": 0.5}] for key, one in measured["ops"].items()}
        result = self.paper(self.int8, self.file("b.json", json.dumps(board).encode()))
        self.assertEqual(result["estimated_ops"], 0)
        self.assertEqual(set(result["placement"]), {"gpu"})

    def test_refuses_what_makes_no_board(self):
        board = BOARDS / "rk3588.json"
        good = json.loads(board.read_text(encoding="utf-8"))
        self.refused("tune", self.int8, "--board", board, "-o", self.folder / "o.inlay", says=["goes without -o"])
        self.refused("tune", self.int8, says=["-o is missing", "--board"])
        self.refused("tune", self.int8, "--board", self.folder / "none.json", says=["none.json"])
        self.refused("run", self.int8, "--profile", board, says=["simulated board", "--board"])
        device = good["devices"][0]
        for change, says in (({"kind": "moon"}, "'moon'"), ({"op_us": -1}, "'op_us'"), ({"bytes_per_us": 1e-9}, "below 0.001"),
                             ({"kinds": {"CONV_3000": {}}}, "CONV_3000"), ({"refuses": ["X"]}, "'X'"), ({"takes": 3}, "'takes'"),
                             ({"shares_memory": 1}, "neither true nor false"), ({"memory_bytes": "1"}, "'memory_bytes'"),
                             ({"kinds": {"ADD": 3}}, "'ADD' is no object")):
            bad = {**good, "devices": [{**device, **change}, good["devices"][1]]}
            self.refused("tune", self.int8, "--board", self.file("bad.json", json.dumps(bad).encode()), says=["bad.json", says])
        for change, says in (({"devices": []}, "says nothing of its devices"), ({"devices": 3}, "'devices' is no list"),
                             ({"devices": [device] * 16}, "1 to 15 devices"), ({"simulated": 3}, "'simulated' is no text"),
                             ({"devices": [{**device, "name": "x" * 16}]}, "1 to 15 characters")):
            self.refused("tune", self.int8, "--board", self.file("bad.json", json.dumps({**good, **change}).encode()), says=[says])

    def test_shared_models(self):
        models = sorted((SHARED / "models/tflite").glob("*.tflite"))
        if not models:
            self.skipTest("no shared models")
        if EMULATOR:
            models = [m for m in models if m.stem in MIXED]
        for file in models:
            model = self.folder / (file.stem + ".inlay")
            subprocess.run([BIN / "inlay", "convert", file, "-o", model], check=True, capture_output=True)
            for board in sorted(BOARDS.glob("*.json")):
                with self.subTest(model=file.stem, board=board.stem):
                    result = self.paper(model, board, "--splits", "off")
                    self.assertEqual(bench.worse_than_rivals(result), [])
                    if board.stem == "slow_link":
                        self.assertEqual(set(result["placement"]), {"cpu"})
                        self.assertTrue(result["exact"])
                    if board.stem == "fast_convs" and file.stem in MIXED:
                        self.assertGreaterEqual(result["gain"], 1.2)

    def test_the_table(self):
        text = subprocess.run([sys.executable, pathlib.Path(bench.__file__), "--inlay", BIN / "inlay", "--check", self.int8, self.float],
                              check=True, capture_output=True, text=True).stdout
        self.assertEqual(text.count("| digits_int8 |"), len(bench.TABLE) + len(bench.MORE))


if __name__ == "__main__":
    unittest.main()

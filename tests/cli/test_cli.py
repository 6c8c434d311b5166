# SPDX-License-Identifier: Apache-2.0
"""inlay convert, run and inspect, as a user types them. See test_bench_embed.py for the rest."""
import json
import os
import struct
import subprocess
import unittest

from support import BIN, DIGITS, SHARED, CommandTest, npy, read_npy, with_op_codes

MODELS, INPUTS = SHARED / "models/tflite", SHARED / "inputs"


def pictures():
    lines = (DIGITS / "expected.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        name, _, int8, real, values = line.split("\t")
        yield DIGITS / "test" / name, int8, real, bytes(int(v) & 255 for v in values.split())


def top(stdout):
    """(index, label) of the first line of the top 5."""
    fields = stdout.splitlines()[1].split(maxsplit=2)
    return fields[1], fields[2] if len(fields) > 2 else ""


class Convert(CommandTest):
    def test_says_what_was_written(self):
        out, error = self.inlay("convert", DIGITS / "digits_int8.tflite", "-o", self.folder / "m.inlay")
        size = (self.folder / "m.inlay").stat().st_size
        self.assertRegex(out, rf"m\.inlay: \d+ ops, \d+ tensors, {size} bytes; weights \d+ bytes, activations planned in \d+ bytes")
        self.assertEqual(error, "")
        self.assertEqual(self.left(), ["m.inlay"])

    def test_is_repeatable(self):
        for name in ("a", "b"):
            self.inlay("convert", DIGITS / "digits_int8.tflite", "-o", self.folder / name)
        self.assertEqual((self.folder / "a").read_bytes(), (self.folder / "b").read_bytes())

    def test_missing_file(self):
        self.refused("convert", self.folder / "none.tflite", "-o", self.folder / "m.inlay", says=["none.tflite", "No such file"])
        self.assertEqual(self.left(), [])

    def test_not_a_tflite(self):
        for index, data in enumerate([b"", b"hello", b"\0" * 4096, (DIGITS / "digits_int8.tflite").read_bytes()[:3000]]):
            file = self.file(f"{index}.tflite", data)
            self.refused("convert", file, "-o", self.folder / "m.inlay", says=[file.name])
            self.assertNotIn("m.inlay", self.left())

    def test_unknown_shape_name(self):
        self.refused("convert", DIGITS / "digits_int8.tflite", "-o", self.folder / "m", "--shape", "nobody=1x8x8x1", says=["nobody"])
        self.assertEqual(self.left(), [])

    def test_malformed_shape_is_wrong_usage(self):
        for shape in ("nobody", "a=", "a=1x", "a=0x1", "a=-1", "=1x2", "a=1x1x1x1x1x1x1x1x1"):
            self.inlay("convert", DIGITS / "digits_int8.tflite", "-o", self.folder / "m", "--shape", shape, code=2)

    def test_unwritable_output(self):
        closed = self.folder / "closed"
        closed.mkdir()
        self.refused("convert", DIGITS / "digits_int8.tflite", "-o", self.folder / "none/m.inlay", says=["none/m.inlay"])
        self.refused("convert", DIGITS / "digits_int8.tflite", "-o", closed, says=["closed", "not a regular file"])
        self.assertEqual(self.left(), ["closed"])
        self.assertEqual(list(closed.iterdir()), [])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk_behind_stdout(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([BIN / "inlay", "inspect", self.int8], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("stdout", result.stderr)

    def test_missing_ops_are_all_named(self):
        # A set's size is known only at run time, so Inlay, whose shapes are static, lacks UNIQUE; and nobody has op 32000.
        file = with_op_codes((DIGITS / "digits_int8.tflite").read_bytes(), {3: 103, 25: 32000})  # CONV_2D, SOFTMAX
        result = subprocess.run([BIN / "inlay", "convert", self.file("odd.tflite", file), "-o", self.folder / "m"],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        for name in ("odd.tflite", "2 ops of this model", "UNIQUE", "only at run time", "op number 32000"):
            self.assertIn(name, result.stderr)
        self.assertEqual(self.left(), ["odd.tflite"])


class Run(CommandTest):
    zeros = npy("|i1", (1, 8, 8, 1), bytes([128] * 64))

    def test_every_picture(self):
        for path, int8, real, values in pictures():
            self.inlay("run", self.int8, "-i", path, "-o", self.folder)
            self.assertEqual(read_npy(self.folder / "out_0.npy"), ("|i1", (1, 10), values), path)
            for model, digit in ((self.int8, int8), (self.float, real)):
                out, error = self.inlay("run", model, "-i", path)
                self.assertEqual((top(out), error), ((digit, digit), ""), path)

    def test_inputs_are_saved_as_the_model_got_them(self):
        path, _, _, values = next(iter(pictures()))
        self.inlay("run", self.int8, "-i", path, "-o", self.folder / "a", "--save-inputs")
        self.inlay("run", self.int8, "-i", self.folder / "a/in_0.npy", "-o", self.folder / "b")
        self.assertEqual(read_npy(self.folder / "a/in_0.npy")[:2], ("|i1", (1, 8, 8, 1)))
        self.assertEqual(read_npy(self.folder / "b/out_0.npy"), ("|i1", (1, 10), values))
        self.assertFalse((self.folder / "b/in_0.npy").exists())
        self.inlay("run", self.int8, "-i", path, "--save-inputs", code=2)

    def test_npy_is_the_same_as_the_picture(self):
        self.inlay("run", self.int8, "-i", self.file("in.npy", self.zeros), "-o", self.folder / "a/b")
        self.inlay("run", self.int8, "-o", self.folder / "c", "-i", self.file("v2.npy", self.version_2(self.zeros)))
        self.assertEqual(read_npy(self.folder / "a/b/out_0.npy"), read_npy(self.folder / "c/out_0.npy"))

    def version_2(self, file):
        size = struct.unpack("<H", file[8:10])[0]
        return file[:6] + b"\x02\x00" + struct.pack("<I", size) + file[10:]

    def test_wrong_npy(self):
        good = self.zeros
        big = npy(">f4", (1, 8, 8, 1), bytes(256))
        cases = {
            "dtype": (npy("<f4", (1, 8, 8, 1), bytes(256)), ["input 0", "int8 1x8x8x1", "float32 1x8x8x1"]),
            "shape": (npy("|i1", (8, 8), bytes(64)), ["input 0", "int8 1x8x8x1", "int8 8x8"]),
            "truncated": (good[:-1], ["truncated.npy", "64 bytes", "63"]),
            "long": (good + b"\0", ["64 bytes", "65"]),
            "header": (good[:40], ["header.npy", "cut"]),
            "magic": (good[:8], ["magic.npy"]),
            "fortran": (npy("|i1", (1, 8, 8, 1), bytes(64), fortran=True), ["Fortran", "ascontiguousarray"]),
            "big_endian": (big, ["big-endian"]),
            "objects": (npy("|O", (1, 8, 8, 1), bytes(64)), ["|O"]),
            "huge": (npy("|i1", (2**31 - 1,) * 8, bytes(64)), ["huge.npy"]),
            "text": (b"not an array at all", ["text.npy", ".npy"]),
            "empty": (b"", ["empty.npy"]),
        }
        for name, (data, says) in cases.items():
            with self.subTest(name):
                self.refused("run", self.int8, "-i", self.file(f"{name}.npy", data), says=says)

    def test_no_input(self):
        out, error = self.inlay("run", self.int8)
        self.assertIn("zeros", error)
        self.assertEqual(len(out.splitlines()), 6)

    def test_too_many_inputs(self):
        file = self.file("in.npy", self.zeros)
        self.refused("run", self.int8, "-i", file, "-i", file, says=["1 input", "2 time"])

    def test_missing_files(self):
        self.refused("run", self.folder / "none.inlay", says=["none.inlay"])
        self.refused("run", self.int8, "-i", self.folder / "none.npy", says=["none.npy"])
        self.refused("run", self.int8, "--labels", self.folder / "none.txt", says=["none.txt"])

    def test_broken_model(self):
        good = self.int8.read_bytes()
        flipped = bytearray(good)
        flipped[-200] ^= 1
        for data in (b"", b"x", good[:1000], good[: len(good) // 2], bytes(flipped), (DIGITS / "digits_int8.tflite").read_bytes()):
            self.refused("run", self.file("bad.inlay", data), says=["bad.inlay"])

    def test_output_folder_is_a_file(self):
        self.refused("run", self.int8, "-o", self.file("taken", b""), says=["taken"])

    def test_backends(self):
        answers = set()
        picture = DIGITS / "test/0_0.png"
        for backend in ("auto", "builtin", "reference", "reference,builtin", os.environ.get("INLAY_PLUGIN", "builtin") + ",builtin"):
            out, _ = self.inlay("run", self.int8, "-i", picture, "--backend", backend, "--threads", 2)
            answers.add(out)
        self.assertEqual(len(answers), 1)
        self.refused("run", self.int8, "--backend", "nosuch", says=["nosuch", "NO_DEVICE"])
        self.refused("run", self.int8, "--backend", "builtin,,builtin", says=["empty name"])
        self.refused("run", self.int8, "--backend", "./none.so", says=["./none.so"])

    @unittest.skipUnless(INPUTS.is_dir(), "no shared inputs")
    def test_sound_into_a_picture(self):
        self.refused("run", self.float, "-i", INPUTS / "audio/yes_1000ms.wav", says=["yes_1000ms.wav", "1x8x8x1"])

    @unittest.skipUnless(MODELS.is_dir() and INPUTS.is_dir(), "no shared models and inputs")
    def test_cat(self):
        for kind in ("int8", "uint8"):
            model = self.folder / f"{kind}.inlay"
            self.inlay("convert", MODELS / f"mobilenet_v2_1.0_224_{kind}.tflite", "-o", model)
            for labels in ([], ["--labels", INPUTS / "labels/imagenet_1001.txt"]):
                out, _ = self.inlay("run", model, "-i", INPUTS / "images/cat.bmp", *labels)
                self.assertEqual(top(out), ("286", "Egyptian cat"))

    def test_numbered_labels(self):
        labels = self.file("labels.txt", "".join(f"{i}  digit {i}\r\n" for i in range(10)).encode())
        out, _ = self.inlay("run", self.int8, "-i", DIGITS / "test/0_0.png", "--labels", labels)
        self.assertEqual(top(out), ("0", "digit 0"))


class Inspect(CommandTest):
    def test_json_says_what_the_text_says(self):
        text, _ = self.inlay("inspect", self.int8, "--memory", "--plan")
        out, error = self.inlay("inspect", self.int8, "--memory", "--plan", "--json")
        model = json.loads(out)
        self.assertEqual(error, "")
        self.assertEqual(model["inputs"][0]["shape"], [1, 8, 8, 1])
        self.assertEqual(model["inputs"][0]["zero_point"], -128)
        self.assertTrue(all(op["device"] for op in model["ops"]))
        self.assertEqual(model["metadata"]["source"], "digits_int8.tflite")
        self.assertIn(f"planned {model['memory']['planned']}", text)
        self.assertGreaterEqual(model["memory"]["planned"], model["memory"]["lower_bound"])
        self.assertEqual(max(op["live_bytes"] for op in model["ops"]), model["memory"]["lower_bound"])
        for op in model["ops"]:
            self.assertIn(op["kind"], text)

    def test_memory_is_that_of_the_benchmark(self):
        out, _ = self.inlay("inspect", self.int8, "--memory", "--json")
        self.bench(self.int8, "--runs", 1, "--json", self.folder / "b.json")
        bench = json.loads((self.folder / "b.json").read_text(encoding="utf-8"))["memory"]
        memory = json.loads(out)["memory"]
        for key in ("persistent", "planned", "scratch", "lower_bound", "lower_bound_unshared", "weights"):
            self.assertEqual(memory[key], bench[key], key)

    def test_why(self):
        out, _ = self.inlay("inspect", self.int8, "--why", "builtin", "--json")
        self.assertTrue(all(op["rejected"] is None for op in json.loads(out)["ops"]))
        plugin = os.environ.get("INLAY_PLUGIN")
        if plugin is None:
            self.skipTest("INLAY_PLUGIN is not set")
        out, _ = self.inlay("inspect", self.int8, "--why", plugin)
        self.assertIn(f"{plugin} takes ", out)
        out, _ = self.inlay("inspect", self.int8, "--why", plugin, "--json")
        reasons = [op["rejected"] for op in json.loads(out)["ops"] if op["rejected"]]
        self.assertTrue(reasons and all(len(reason) > 10 for reason in reasons), reasons)
        self.refused("inspect", self.int8, "--why", "nosuch", says=["nosuch"])


class Usage(CommandTest):
    def test_wrong_usage(self):
        for arguments in ([], ["dance"], ["run"], ["run", "a", "b"], ["convert", "a"], ["run", "a", "--threads", "0"], ["inspect", "--bad", "a"]):
            self.inlay(*arguments, code=2)
        for arguments in ([], ["m", "--runs", "0"], ["m", "--runs", "3", "--seconds", "1"], ["m", "--warmup", "x"]):
            self.bench(*arguments, code=2)

    def test_help_and_version(self):
        for arguments in (["--help"], ["run", "--help"], ["--version"]):
            out, error = self.inlay(*arguments)
            self.assertEqual(error, "")
            self.assertTrue(out)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""A user's op from end to end (examples/custom_op): refused, taken, run, benched, embedded, linked into a program."""
import json
import math
import os
import struct
import subprocess
import unittest

from support import BIN, EMULATOR, ROOT, CommandTest, npy, read_npy

EXAMPLE = ROOT / "examples/custom_op"
PLUGIN = os.environ.get("INLAY_CUSTOM_OP")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def mish(x):
    return x * math.tanh(math.log1p(math.exp(x)))


def constant(file, floats):
    """The bytes of the buffer with that many floats: a vector of bytes begins with its length."""
    at = file.index(struct.pack("<I", 4 * floats)) + 4
    return file[at:at + 4 * floats]


@unittest.skipUnless(PLUGIN, "INLAY_CUSTOM_OP, the example's shared object, is not set")
class CustomOps(CommandTest):
    def model(self, kind, *options):
        out = self.folder / f"{kind}.inlay"
        self.inlay("convert", EXAMPLE / f"mish_{kind}.tflite", "-o", out, *options)
        return out

    def cc(self, *arguments):
        command = [os.environ.get("INLAY_CC", "gcc"), *STRICT, f"-I{ROOT / 'runtime/include'}", *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, f"{' '.join(command)}\n{result.stderr}")

    def every_int8(self):
        return self.file("q.npy", npy("|i1", (1, 16, 16), bytes(range(256))))

    def expected_int8(self):
        """Of the bytes 0 to 255, as the model's scales say."""
        values = []
        for byte in range(256):
            real = mish(0.05 * ((byte - 256 if byte > 127 else byte) - 3))
            values.append(max(-128, min(127, math.floor(real / 0.03 + 0.5) - 110)))
        return values

    def test_is_refused_without_an_option(self):
        result = subprocess.run([BIN / "inlay", "convert", EXAMPLE / "mish_float.tflite", "-o", self.folder / "m"],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        for part in ("CUSTOM 'Mish'", "--ops LIB.so", "--custom-op NAME", "docs/custom_ops.md"):
            self.assertIn(part, result.stderr)
        self.assertEqual(self.left(), [])

    def test_int8_values(self):
        model = self.model("int8", "--ops", PLUGIN)
        self.inlay("run", model, "--ops", PLUGIN, "-i", self.every_int8(), "-o", self.folder / "out")
        descr, shape, data = read_npy(self.folder / "out/out_0.npy")
        self.assertEqual((descr, shape), ("|i1", (1, 16, 16)))
        self.assertEqual(list(struct.unpack("256b", data)), self.expected_int8())

    def test_float_values(self):
        """With the weights from the file, so that the layer before the op counts, too."""
        model = self.model("float", "--ops", PLUGIN)
        x = (0.5, -1.0, 2.0, 0.25, -3.0)
        source = self.file("x.npy", npy("<f4", (1, 5), struct.pack("<5f", *x)))
        self.inlay("run", model, "--ops", PLUGIN, "-i", source, "-o", self.folder / "out")
        values = struct.unpack("<13f", read_npy(self.folder / "out/out_0.npy")[2])
        file = (EXAMPLE / "mish_float.tflite").read_bytes()
        weights = struct.unpack("<65f", constant(file, 65))
        bias = struct.unpack("<13f", constant(file, 13))
        for i, value in enumerate(values):
            dense = sum(w * v for w, v in zip(weights[5 * i:5 * i + 5], x)) + bias[i]
            self.assertAlmostEqual(value, mish(dense), delta=2e-6 * max(1, abs(dense)))

    def test_shapes_of_the_file_give_the_same_model(self):
        asked, told = self.model("int8", "--ops", PLUGIN).read_bytes(), self.model("int8", "--custom-op", "Mish").read_bytes()
        self.assertEqual(asked, told)

    def test_unknown_dims_need_the_op(self):
        file = (EXAMPLE / "mish_float.tflite").read_bytes()
        shape = struct.pack("<3i", 2, 1, 13)
        self.assertEqual(file.count(shape), 2)
        open_shape = self.file("open.tflite", file.replace(shape, struct.pack("<3i", 2, 1, -1)))
        self.refused("convert", open_shape, "-o", self.folder / "m", "--custom-op", "Mish",
                     says=["'Mish'", "no fixed shape", "--ops LIB.so"])
        self.inlay("convert", open_shape, "-o", self.folder / "m", "--ops", PLUGIN)
        out, _ = self.inlay("inspect", self.folder / "m", "--json")
        self.assertEqual(json.loads(out)["outputs"][0]["shape"], [1, 13])

    def test_run_without_the_op(self):
        out, error = self.inlay("convert", EXAMPLE / "mish_int8.tflite", "-o", self.folder / "m", "--custom-op", "Mish")
        self.assertIn("1 ops", out)
        self.assertIn("--ops LIB.so", error)  # a note: no session here
        self.refused("run", self.folder / "m", says=["Mish", "--ops LIB.so"])
        self.refused("inspect", self.folder / "m", "--memory", says=["Mish", "--ops LIB.so"])

    def test_the_other_tools(self):
        model = self.model("float", "--ops", PLUGIN)
        self.bench(model, "--ops", PLUGIN, "--runs", 2, "--per-op")
        out, _ = self.inlay("inspect", model, "--why", "builtin", "--json")
        self.assertEqual(json.loads(out)["why_counts"], {"takes": 1, "refuses": 1})
        out, _ = self.inlay("inspect", model, "--why", "builtin", "--ops", PLUGIN, "--json", "--plan")
        self.assertEqual([op["kind"] for op in json.loads(out)["ops"]], ["FULLY_CONNECTED", "CUSTOM:Mish"])
        self.assertEqual(json.loads(out)["why_counts"], {"takes": 2, "refuses": 0})

    def test_bad_libraries(self):
        model = self.model("int8", "--custom-op", "Mish")
        self.refused("run", model, "--ops", self.folder / "none.so", says=["none.so", "cannot load"])
        self.refused("run", model, "--ops", self.file("text.so", b"no library"), says=["text.so", "cannot load"])
        other = os.environ.get("INLAY_PLUGIN")
        if other is not None:
            self.refused("run", model, "--ops", other, says=["inlay_ops_entry"])
        source = self.file("bad.c", b"""#include <inlay/op.h>
static const inlay_op op = {sizeof(inlay_op), INLAY_OP_CUSTOM, 0, "Mish", 0, 0, 0};
static const inlay_op* const list[] = {&op};
static const inlay_op_table table = {list, 1};
INLAY_API const inlay_op_table* inlay_ops_entry(uint32_t abi_version);
const inlay_op_table* inlay_ops_entry(uint32_t abi_version) { return abi_version == 1 ? &table : 0; }
""")
        self.cc("-shared", "-fPIC", source, "-o", self.folder / "bad.so")
        self.refused("run", model, "--ops", self.folder / "bad.so", says=["op 0", "no prepare or no eval"])

    def test_embed(self):
        model = self.model("int8", "--ops", PLUGIN)
        self.refused("embed", model, "-o", self.folder / "c", "--mode", "file", says=["'Mish'", "--custom-op", "--ops"])
        self.refused("embed", model, "-o", self.folder / "c", "--mode", "file", "--custom-op", "Mish=mish_op", says=["'Mish'", "--ops"])
        for wrong in ("Mish", "=x", "Mish=1st", "Mish="):
            self.inlay("embed", model, "-o", self.folder / "c", "--custom-op", wrong, code=2)
        # The name is that of the program of test_bench_embed.py.
        self.inlay("embed", model, "-o", self.folder / "c", "--name", "digits", "--mode", "file", "--custom-op", "Mish=mish_op", "--ops", PLUGIN)
        source = self.folder / "c/digits_model.c"
        self.assertIn("&mish_op,", source.read_text(encoding="utf-8"))
        libraries = os.environ.get("INLAY_LIBRARIES", "").split(":")
        if libraries == [""]:
            self.skipTest("INLAY_LIBRARIES is not set")
        program = self.folder / "firmware"
        self.cc("-Wl,--gc-sections", f"-I{source.parent}", ROOT / "tests/cli/embed_main.c", source, EXAMPLE / "mish.c",
                *libraries, "-lm", "-o", program)
        result = subprocess.run([*EMULATOR, program], input=bytes(range(256)), capture_output=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertEqual(list(struct.unpack("256b", result.stdout)), self.expected_int8())

    @unittest.skipUnless("INLAY_LIBRARIES" in os.environ, "INLAY_LIBRARIES is not set")
    def test_embed_prepared(self):
        """The firmware's C names mish_eval, links nothing of prepare, and computes what `inlay run` does; in a float model, too."""
        x = struct.pack("<5f", 0.5, -1.0, 2.0, 0.25, -3.0)
        cases = {"int8": (self.every_int8(), bytes(range(256))), "float": (self.file("x.npy", npy("<f4", (1, 5), x)), x)}
        for kind, (source, raw) in cases.items():
            model, folder = self.model(kind, "--ops", PLUGIN), self.folder / f"prepared_{kind}"
            self.inlay("embed", model, "-o", folder, "--name", "net", "--target", "cortex-m4", "--ops", PLUGIN)
            self.assertIn("{mish_eval, 0, AT(", (folder / "net_model.c").read_text(encoding="utf-8"))
            program = folder / "firmware"
            self.cc("-ffunction-sections", "-Wl,--gc-sections", f"-Wl,-Map={folder / 'map.txt'}", f"-I{folder}",
                    ROOT / "tests/cli/embed_prepared.c", folder / "net_model.c", EXAMPLE / "mish.c",
                    *os.environ["INLAY_LIBRARIES"].split(":"), "-lm", "-o", program)
            kept = (folder / "map.txt").read_text(encoding="utf-8").split("Memory Configuration")[1]  # after what was discarded
            self.assertIn(".text.mish_eval", kept)
            self.assertNotIn(".text.prepare", kept)
            result = subprocess.run([*EMULATOR, program], input=raw + raw, capture_output=True, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.inlay("run", model, "--ops", PLUGIN, "-i", source, "-o", folder / "out", "--backend", "dsp")
            self.assertEqual(result.stdout, 2 * read_npy(folder / "out/out_0.npy")[2])

    def test_embed_prepared_refusals(self):
        model, source = self.model("int8", "--ops", PLUGIN), (EXAMPLE / "mish.c").read_text(encoding="utf-8")
        self.refused("embed", model, "-o", self.folder / "c", says=["'Mish'", "--ops", "--mode file"])
        named = 'p->eval_symbol = "mish_eval";'
        flaws = {"": "names no eval", 'p->eval_symbol = "mish eval";': "no C identifier", f"{named} p->twin = data;": "twin",
                 f"{named} data->table[0] = (int8_t)((uintptr_t)data >> 6);": "other bytes each time"}
        for i, (line, says) in enumerate(flaws.items()):
            library = self.folder / f"flaw{i}.so"
            last = "  return p->output_shape"  # where data is filled
            text = source.replace(named, line, 1) if i < 3 else source.replace(last, f"  {line}\n{last}", 1)
            self.assertNotEqual(text, source)
            self.cc("-shared", "-fPIC", f"-I{EXAMPLE}", self.file(f"flaw{i}.c", text.encode()), "-lm", "-o", library)
            self.refused("embed", model, "-o", self.folder / "c", "--ops", library, says=["op 0", "'Mish'", says, "--mode file"])

    def test_program_with_the_op_linked(self):
        program = BIN / "custom_op"
        if not program.is_file():
            self.skipTest("examples are not built")
        model = self.model("int8", "--custom-op", "Mish")
        result = subprocess.run([program, model], input=bytes(range(256)), capture_output=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertEqual(list(struct.unpack("256b", result.stdout)), self.expected_int8())


if __name__ == "__main__":
    unittest.main()

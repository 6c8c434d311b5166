#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""inlay embed, prepared: the C it writes is strict, links without any op's prepare, and computes what inlay run does."""
import json
import os
import random
import struct
import subprocess
import unittest

from support import BIN, EMULATOR, ROOT, SHARED, CommandTest, npy, read_npy

HERE = ROOT / "tests/cli"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
TARGETS = ("portable", "cortex-m4", "cortex-m55")
# dtype: NumPy's name, struct's letter, what random values it gets
DTYPES = {
    "int8": ("|i1", "b", lambda r: r.randint(-128, 127)),
    "uint8": ("|u1", "B", lambda r: r.randint(0, 255)),
    "int16": ("<i2", "h", lambda r: r.randint(-20000, 20000)),
    "int32": ("<i4", "i", lambda r: r.randint(0, 5)),
    "float32": ("<f4", "f", lambda r: r.uniform(-1, 1)),
}
# Small ones of every kind: state, control flow, tables, dynamic range, float16 weights, signal ops, LSTM.
MODELS = ("ad_toycar_int8", "kws_dscnn_int8", "resnet8_cifar10_int8", "vww_mobilenet96_int8", "person_detect_int8", "micro_speech_int8",
          "audio_preprocessor_int8", "hello_world_int8", "hello_world_float", "kws_dscnn_float", "mnist_lstm_int8", "mnist_lstm_float",
          "wakeword_alexa_v2_int8", "sww_streaming_wakeword_int8", "fomo_face_96_int8", "blazeface_front_fp16", "dtln_1_dynrange",
          "text_classifier_float", "kwt1_transformer_float", "mobilenet_v1_0.25_128_uint8", "lyra_soundstream_encoder_mixed")


class Prepared(CommandTest):
    def build(self, model, target, *options):
        """The program of an embedded model."""
        folder = self.folder / target
        out, error = self.inlay("embed", model, "-o", folder, "--name", "net", "--target", target, *options)
        self.assertIn(target, out)
        self.assertEqual(error, "")
        program = folder / "net"
        libraries = os.environ["INLAY_LIBRARIES"].split(":")
        command = [os.environ.get("INLAY_CC", "gcc"), *STRICT, "-Wl,--gc-sections", f"-I{ROOT / 'runtime/include'}", f"-I{folder}",
                   HERE / "embed_prepared.c", folder / "net_model.c", *folder.glob("net_data.S"), *libraries, "-lm", "-o", program]
        result = subprocess.run([str(a) for a in command], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr[:2000])
        return program

    def inputs_of(self, model, seed):
        """The bytes of random inputs, and --input arguments for them."""
        rng = random.Random(seed)
        out, _ = self.inlay("inspect", model, "--json")
        raw, arguments = b"", []
        for i, tensor in enumerate(json.loads(out)["inputs"]):
            name, letter, value = DTYPES[tensor["dtype"]]
            count = 1
            for d in tensor["shape"]:
                count *= d
            data = struct.pack(f"<{count}{letter}", *(value(rng) for _ in range(count)))
            raw += data
            arguments += ["-i", self.file(f"in{seed}_{i}.npy", npy(name, tensor["shape"], data))]
        return raw, arguments

    def check(self, model, target, *options):
        program = self.build(model, target, *options)
        raw, arguments = self.inputs_of(model, 1)
        result = subprocess.run([*EMULATOR, program], input=raw + raw, capture_output=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        got, out = result.stdout, self.folder / f"{model.stem}_{target}"
        device = {"cortex-m4": "dsp", "cortex-m55": "mve"}.get(target, "reference")
        self.inlay("run", model, *arguments, "-o", out, "--backend", device)
        expected = b"".join(read_npy(p)[2] for p in sorted(out.glob("out_*.npy"), key=lambda p: int(p.stem[4:])))
        self.assertEqual(got[:len(expected)], expected)
        self.assertEqual(len(got), 2 * len(expected))

    @unittest.skipUnless("INLAY_LIBRARIES" in os.environ, "INLAY_LIBRARIES is not set")
    def test_digits(self):
        for model in (self.int8, self.float):
            for target in TARGETS:
                with self.subTest(model=model.stem, target=target):
                    self.check(model, target)

    @unittest.skipUnless("INLAY_LIBRARIES" in os.environ and SHARED.is_dir(), "INLAY_LIBRARIES or the shared models are not there")
    def test_models(self):
        for name in MODELS:
            model = self.folder / f"{name}.inlay"
            subprocess.run([BIN / "inlay", "convert", SHARED / f"models/tflite/{name}.tflite", "-o", model], check=True, capture_output=True)
            for target in TARGETS if name.endswith("int8") else TARGETS[:1]:
                with self.subTest(model=name, target=target):
                    self.check(model, target)

    @unittest.skipUnless("INLAY_LIBRARIES" in os.environ, "INLAY_LIBRARIES is not set")
    def test_bytes_placed_by_the_linker(self):
        self.check(self.int8, "portable", "--binary")
        self.assertTrue((self.folder / "portable/net_data.bin").is_file())
        self.check(self.int8, "cortex-m4", "--names")

    def test_refusals(self):
        self.inlay("embed", self.int8, "-o", self.folder, "--target", "z80", code=2)
        self.inlay("embed", self.int8, "-o", self.folder, "--mode", "magic", code=2)


if __name__ == "__main__":
    unittest.main()

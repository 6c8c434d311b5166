# SPDX-License-Identifier: Apache-2.0
"""What the tests of the commands share: running them, and .npy files by hand."""
import ast
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = ROOT / "examples/digits"
BIN = pathlib.Path(os.environ.get("INLAY_BIN", ROOT / "build/release/bin"))
EMULATOR = os.environ.get("INLAY_EMULATOR", "").split()  # before programs that tests build themselves
SHARED = pathlib.Path(os.environ.get("INLAY_SHARED", ROOT.parent / "shared"))


def npy(descr, shape, data, fortran=False):
    """The bytes of a .npy file."""
    header = str({"descr": descr, "fortran_order": fortran, "shape": tuple(shape)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def read_npy(path):
    """(descr, shape, data) of a .npy file."""
    file = pathlib.Path(path).read_bytes()
    assert file[:8] == b"\x93NUMPY\x01\x00", file[:8]
    begin = 10 + struct.unpack("<H", file[8:10])[0]
    assert begin % 64 == 0, begin
    header = ast.literal_eval(file[10:begin].decode())
    assert header["fortran_order"] is False
    return header["descr"], header["shape"], file[begin:]


def with_op_codes(tflite, changes):
    """The bytes of a .tflite file whose operator codes are changed {old: new}; the builtin code is field 3 of its table."""
    file = bytearray(tflite)

    def number(at, form="<I"):
        return struct.unpack_from(form, file, at)[0]

    def field(table, index):
        vtable = table - number(table, "<i")
        offset = number(vtable + 4 + 2 * index, "<H") if 4 + 2 * index < number(vtable, "<H") else 0
        return table + offset if offset else None

    codes = field(number(0), 1)
    codes += number(codes)
    changed = set()
    for i in range(number(codes)):
        entry = codes + 4 + 4 * i
        table = entry + number(entry)
        old = field(table, 3)
        if old is not None and number(old) in changes:
            changed.add(number(old))
            struct.pack_into("<I", file, old, changes[number(old)])
    assert changed == set(changes), f"the file has no op codes {set(changes) - changed}"
    return bytes(file)


class CommandTest(unittest.TestCase):
    """A folder per test, and the two digits models converted once."""

    @classmethod
    def setUpClass(cls):
        cls.models = tempfile.TemporaryDirectory()
        cls.int8 = cls.convert("int8")
        cls.float = cls.convert("float")

    @classmethod
    def tearDownClass(cls):
        cls.models.cleanup()

    @classmethod
    def convert(cls, kind):
        out = pathlib.Path(cls.models.name) / f"digits_{kind}.inlay"
        subprocess.run([BIN / "inlay", "convert", DIGITS / f"digits_{kind}.tflite", "-o", out, "--labels", DIGITS / "labels.txt"],
                       check=True, capture_output=True)
        return out

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def command(self, program, *arguments, code=0):
        """Runs a program; checks its exit code and that it talks on the right stream. Returns (stdout, stderr)."""
        result = subprocess.run([str(a) for a in (BIN / program, *arguments)], capture_output=True, text=True, check=False, timeout=120)
        said = f"{program} {' '.join(map(str, arguments))}\nstdout: {result.stdout}\nstderr: {result.stderr}"
        self.assertEqual(result.returncode, code, said)
        if code != 0:
            self.assertEqual(result.stdout, "", said)
            self.assertGreater(len(result.stderr.strip()), 10, said)
        if code == 1:
            self.assertEqual(len(result.stderr.strip().splitlines()), 1, said)
            self.assertTrue(result.stderr.startswith(program), said)
        return result.stdout, result.stderr

    def inlay(self, *arguments, code=0):
        return self.command("inlay", *arguments, code=code)

    def bench(self, *arguments, code=0):
        return self.command("inlay-bench", *arguments, code=code)

    def refused(self, *arguments, says, program="inlay"):
        """The work must fail with exit code 1 and a sentence that has every part of `says`."""
        _, error = self.command(program, *arguments, code=1)
        for part in says:
            self.assertIn(part, error)

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def left(self):
        return sorted(p.name for p in self.folder.iterdir())

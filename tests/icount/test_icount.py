# SPDX-License-Identifier: Apache-2.0
"""The plug-in of bench/icount on a firmware whose instructions can be counted by hand (loop.c): exact, and the same every time."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench/icount"))
import cortex_m  # noqa: E402
import plugin  # noqa: E402

FLAGS = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-mthumb", "-nostdlib", "-T", str(HERE / "loop.ld"), str(HERE / "loop.c")]
MEMORY = {"cortex-m33": (0x10000000, 0x38000000), "cortex-m55": (0x10000000, 0x30000000)}  # on QEMU's boards
MISSING = [tool for tool in ("cc", "arm-none-eabi-gcc", "qemu-system-arm") if not shutil.which(tool)]


@unittest.skipIf(MISSING, f"not here: {', '.join(MISSING)}")
class Icount(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.library = plugin.build(pathlib.Path(cls.folder.name))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def firmware(self, core, exit_code=0):
        """loop.c for a core; at the end it reports exit_code."""
        elf = pathlib.Path(self.folder.name, f"{core}-{exit_code}.elf")
        rom, ram = MEMORY.get(core, (0, 0x20000000))
        subprocess.run(["arm-none-eabi-gcc", f"-mcpu={core}", f"-DEXIT_CODE={exit_code}",
                        f"-Wl,--defsym=ROM={rom:#x},--defsym=RAM={ram:#x}", *FLAGS, "-o", str(elf)], check=True)
        return elf

    def test_counts_are_exact_and_repeat(self):
        elf = self.firmware("cortex-m4")
        for histogram in (False, True, False):
            regions = cortex_m.count(self.library, "cortex-m4", elf, histogram)
            self.assertEqual([10, 204, 1031], [region["instructions"] for region in regions])
            self.assertEqual(24, regions[1]["stack"] - self.depth_of_caller(elf))

    def depth_of_caller(self, elf):
        """Bytes on the stack in region 1 but work's own: regions() pushes 8, reset() what the compiler likes."""
        text = subprocess.run(["arm-none-eabi-objdump", "-d", str(elf)], check=True, capture_output=True, text=True).stdout
        reset = text.split("<reset>:")[1].split("\n\n")[0]
        pushed = reset.split("push\t{")[1].split("}")[0].count(",") + 1 if "push\t{" in reset else 0
        return 8 + 4 * pushed

    def test_histogram_by_function(self):
        regions = cortex_m.count(self.library, "cortex-m4", self.firmware("cortex-m4"), histogram=True)
        self.assertEqual([{"regions": 10}, {"work": 203, "regions": 1}, {"work": 1015, "regions": 16}],
                         [region["functions"] for region in regions])

    def test_every_core(self):
        for core in cortex_m.BOARDS:
            regions = cortex_m.count(self.library, core, self.firmware(core))
            self.assertEqual([10, 204, 1031], [region["instructions"] for region in regions], core)

    def test_a_firmware_that_fails_is_reported(self):
        with self.assertRaisesRegex(plugin.Failed, "exit code 7"):
            cortex_m.count(self.library, "cortex-m4", self.firmware("cortex-m4", exit_code=7))


if __name__ == "__main__":
    unittest.main()

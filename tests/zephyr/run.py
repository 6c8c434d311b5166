#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py BIN BUILD: examples/zephyr without Zephyr: Kconfig by kconfiglib, CMake with a stand-in, the sample in QEMU.

Exits 77 (skipped, for ctest) without kconfiglib, the compiler or the emulator.
"""
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "examples/firmware_cortex_m"))
import boards  # noqa: E402

SAMPLE = ROOT / "examples/zephyr/sample"
SKIPPED = 77


def options(kconfiglib, folder, text):
    """Kconfig after a prj.conf of this text, and what it warns of."""
    config = kconfiglib.Kconfig(str(HERE / "Kconfig.stub"), warn_to_stderr=False)
    config.warn_assign_undef = True
    path = folder / "prj.conf"
    path.write_text(text, encoding="utf-8")
    config.load_config(str(path))
    return config, list(config.warnings)


def check_options(kconfiglib, folder):
    """The sample's options are accepted, and C++ is asked for. Returns the .config of the sample."""
    text = (SAMPLE / "prj.conf").read_text(encoding="utf-8")
    config, warnings = options(kconfiglib, folder, text)
    assert not warnings, warnings
    wanted = {"INLAY": "y", "INLAY_MODELS_PREPARED": "y", "INLAY_TWINS": "y", "INLAY_OPTIMIZE_SPEED": "y", "APP_LINK_WITH_INLAY": "y",
              "INLAY_STRIP_STRINGS": "n"}
    found = {name: config.syms[name].str_value for name in wanted}
    assert found == wanted, found
    # The same code, compiled in half the time.
    config, _ = options(kconfiglib, folder, text + "CONFIG_INLAY_OPTIMIZE_DEFAULT=y\n")
    config.write_config(str(folder / ".config"))

    config, _ = options(kconfiglib, folder, text.replace("CONFIG_STD_CPP17=y", "CONFIG_STD_CPP14=y"))
    assert config.syms["INLAY"].str_value == "n", "C++14 must not do"
    config, _ = options(kconfiglib, folder, text + "CONFIG_INLAY_TWINS=n\nCONFIG_INLAY_MODELS_FILE=y\n")
    assert config.syms["INLAY_OPTIMIZE_DEFAULT"].str_value == "y"
    assert config.syms["INLAY_MODELS_PREPARED"].str_value == "n"
    _, warnings = options(kconfiglib, folder, text + "CONFIG_INLAY_NO_SUCH_OPTION=y\n")
    assert warnings, "a misspelt option goes unnoticed"
    return folder / ".config"


def main():
    tool, build = pathlib.Path(sys.argv[1], "inlay").resolve(), pathlib.Path(sys.argv[2]).resolve()
    missing = [p for p in ("arm-none-eabi-g++", "qemu-system-arm", "ninja") if shutil.which(p) is None]
    sys.path.append("/usr/lib/python3/dist-packages")  # Debian's, when CMake has found another Python
    try:
        import kconfiglib
    except ImportError:
        missing.append("kconfiglib")
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        return SKIPPED
    build.mkdir(parents=True, exist_ok=True)
    dotconfig = check_options(kconfiglib, build)
    boards.command(["cmake", "-S", SAMPLE, "-B", build / "sample", "-G", "Ninja", f"-DDOTCONFIG={dotconfig}",
                    f"-DCMAKE_TOOLCHAIN_FILE={ROOT / 'toolchains/cortex-m4.cmake'}", f"-DZephyr_DIR={HERE / 'stub'}",
                    f"-DINLAY_HOST_TOOL={tool}"])
    boards.command(["cmake", "--build", build / "sample", "--parallel", "1", "--target", "zephyr.elf"])
    text, _ = boards.emulate("mps2-an386", build / "sample/zephyr.elf", None)
    print(text)
    assert "this is a 7" in text
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except boards.Failure as failure:
        print(failure)
        sys.exit(1)

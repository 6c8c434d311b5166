#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Flash and RAM of firmware for a Cortex-M4, against the numbers recorded in sizes.json.

    size.py --build DIR --tool INLAY              fails where something has grown, and says which functions did
    size.py --build DIR --tool INLAY --update     records what is measured: after a change that was meant

What is recorded may grow so, what limits.py sets may not.

Links with the libraries of this tree, whatever their names: the framework alone, the framework with the ops of all four MLPerf Tiny
models, and each model by itself; in the smallest build (-Os, portable kernels) and in the fastest (the kernels for DSP
instructions); with the models prepared by the host, and as files that the board verifies and prepares. The four come from
INLAY_SHARED (default: ../shared); without them only what needs the digits model alone is compared, and that is said.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import firmware
import limits

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE / "sizes.json"
SHARED = pathlib.Path(os.environ.get("INLAY_SHARED") or firmware.ROOT.parent / "shared")
DIGITS = firmware.ROOT / "examples/digits/digits_int8.tflite"
TINY = {"ad": "ad_toycar_int8", "kws": "kws_dscnn_int8", "ic": "resnet8_cifar10_int8", "vww": "vww_mobilenet96_int8"}


def models():
    """{name: .tflite file} of what is here, the digits first."""
    found = {name: SHARED / "models/tflite" / f"{stem}.tflite" for name, stem in TINY.items()}
    missing = [path.name for path in found.values() if not path.is_file()]
    if missing:
        print(f"left out, with all four: no {', '.join(missing)} in {SHARED} (INLAY_SHARED)")
    return {"digits": DIGITS, **({} if missing else found)}


def cases(names):
    """(case, library, mode, models): what is linked together."""
    tiny = [name for name in names if name != "digits"]
    for library in firmware.LIBRARIES:
        for mode in ("prepared", "file"):
            if library != "smallest" and mode == "file":
                continue
            yield f"{library}/{mode}/framework", library, mode, []
            yield from ((f"{library}/{mode}/{name}", library, mode, [name]) for name in names)
            if tiny:
                yield f"{library}/{mode}/all four", library, mode, tiny
    yield "texts/file/framework", "texts", "file", []


def measure(options):
    tflite, sizes, elfs = models(), {}, {}
    for case, library, mode, wanted in cases(list(tflite)):
        elf = firmware.link(options.build, library, mode, {name: tflite[name] for name in wanted}, options.tool)
        sizes[case], elfs[case] = firmware.sections(elf), elf
    return sizes, elfs


def grown_functions(record, elf):
    """What the recorded functions have gained, most first: [(bytes, name)]."""
    now = firmware.functions(elf)
    gains = [(size - record.get(name, 0), name) for name, size in now.items() if size > record.get(name, 0)]
    return sorted(gains, reverse=True)[:8]


def announced(options, case, elf):
    """inlay inspect --target on the model of a case, against what the linker shows; the differences as sentences."""
    library, mode, name = case.split("/")
    if mode != "prepared" or name in ("framework", "all four"):
        return []
    file, target = elf.parent / f"{name}.inlay", firmware.LIBRARIES[library][1]
    said = json.loads(firmware.run(options.tool, "inspect", file, "--target", target, "--json"))["target"]
    linked = firmware.sections(elf)
    pairs = [("model", said["flash"]["total"]), *((f"ram_{part}", said["ram"][part]) for part in ("session", "planned", "scratch"))]
    return [f"{case}: inspect --target {target} says {number:,} bytes of {part}, the linker {linked[part]:,}"
            for part, number in pairs if linked[part] != number]


def compare(sizes, elfs, record):
    failed = shrunk = 0
    for case, now in sizes.items():
        old = record["sizes"].get(case)
        if old is None:
            print(f"{case}: not recorded yet; run tests/size/size.py with --update")
            failed += 1
            continue
        for part in sorted(now):
            change = now[part] - old.get(part, 0)
            if change > 0:
                failed += 1
                print(f"{case}: {part} has grown by {change} to {now[part]:,} bytes")
            shrunk += change < 0
        if now.get("code", 0) > old.get("code", 0):
            for gain, name in grown_functions(record["functions"].get(case.split("/")[0], {}), elfs[case]):
                print(f"    +{gain:5} {name}")
    if shrunk:
        print(f"{shrunk} numbers have shrunk: run tests/size/size.py with --update to hold what was won")
    if failed:
        print(f"{failed} numbers have grown; if that was meant, run tests/size/size.py with --update, and say why in the commit")
    return 1 if failed else 0


def table(sizes):
    """Markdown: what is linked, its code, the model's bytes, RAM."""
    print("| Cortex-M4 | code | model | session | planned | scratch | other RAM |\n|---|--:|--:|--:|--:|--:|--:|")
    for case, now in sizes.items():
        cells = [now["code"], now["model"], now["ram_session"], now["ram_planned"], now["ram_scratch"], now["data"] + now["bss"]]
        print(f"| {case} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="a folder for libraries and ELFs")
    parser.add_argument("--tool", type=pathlib.Path, required=True, help="the inlay command of this computer")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    sizes, elfs = measure(options)
    table(sizes)
    wrong = [sentence for case, elf in elfs.items() for sentence in announced(options, case, elf)]
    print("\n".join(wrong) or "inlay inspect --target says what the linker shows")
    high = limits.of_sizes(sizes)
    print("\n".join(high) or "all within limits.py")
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {"sizes": {}, "functions": {}}
    if not options.update:
        return compare(sizes, elfs, record) or (1 if wrong or high else 0)
    record["sizes"].update(sizes)
    for library in firmware.LIBRARIES:  # of the largest firmware of each library: to name what grew
        held = [case for case in elfs if case.startswith(library + "/")]
        if f"{library}/prepared/all four" in held or not record["functions"].get(library):
            record["functions"][library] = {}
            for case in held:
                record["functions"][library].update(firmware.functions(elfs[case]))
    RECORD.write_text(json.dumps(record, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

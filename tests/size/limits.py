# SPDX-License-Identifier: Apache-2.0
"""What firmware with the int8 models of MLPerf Tiny may take at most, whatever is recorded: the project's own goals, set from
TFLite Micro's figures on the same files (bench/results/firmware.md has both). tests/size holds code and RAM to them,
tests/firmware instructions, stack and RAM."""
# Case of tests/size: bytes of code.
CODE = {"smallest/file/framework": 12_000, "smallest/prepared/framework": 9_000, "smallest/prepared/all four": 30_000,
        "fastest/prepared/all four": 45_000}
# Bytes of RAM in all: session, planned, scratch.
RAM = {"ad": 1_400, "kws": 17_000, "ic": 50_200, "vww": 57_000}
# Instructions of the second run.
RUN = {"cortex-m4": {"ad": 520_000, "kws": 5_100_000, "ic": 21_700_000, "vww": 14_900_000},
       "cortex-m55": {"ad": 250_000, "kws": 1_200_000, "ic": 3_900_000, "vww": 4_200_000}}
INIT = 20_000  # instructions
STACK = 1_024  # bytes, of init and of a run


def above(what, number, limit, unit):
    """A list of the one sentence, or empty."""
    return [f"{what}: {number:,} {unit}, the limit is {limit:,}"] if number > limit else []


def of_sizes(sizes):
    """Sentences about {case: bytes by section} of tests/size."""
    wrong = []
    for case, now in sizes.items():
        wrong += above(case, now["code"], CODE.get(case, now["code"]), "bytes of code")
        mode, model = case.split("/")[1:]
        if mode == "prepared" and model in RAM:
            ram = sum(now[f"ram_{part}"] for part in ("session", "planned", "scratch"))
            wrong += above(case, ram, RAM[model], "bytes of RAM")
    return wrong


def of_run(core, model, ram, stack, init=None, run=None):
    """Sentences about one model on a core: bytes of RAM, [bytes of stack], instructions where they were counted."""
    what = f"{model} on {core}"
    wrong = above(what, ram, RAM[model], "bytes of RAM")
    for bytes_ in stack:
        wrong += above(what, bytes_, STACK, "bytes of stack")
    if init is not None:
        wrong += above(what, init, INIT, "instructions of init")
    if run is not None:
        wrong += above(what, run, RUN[core][model], "instructions of a run")
    return wrong

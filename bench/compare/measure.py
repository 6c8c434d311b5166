# SPDX-License-Identifier: Apache-2.0
"""One model on one number of threads: every engine a process that keeps it loaded, blocks of runs taken in turns."""
import contextlib
import dataclasses
import pathlib
import tempfile

import agree
import numpy as np
from channel import Channel, WorkerFailed
from engines.base import CannotConvert
from stats import mad, median, quartiles


@dataclasses.dataclass
class Options:
    rounds: int = 7
    seconds: float = 0.05   # of one block
    starts: int = 1         # processes started for load, first run and memory
    min_runs: int = 3
    max_runs: int = 2000


@dataclasses.dataclass
class Racer:
    """An entrant at work. Times in microseconds."""
    entrant: object
    starts: list = dataclasses.field(default_factory=list)
    rounds: list = dataclasses.field(default_factory=list)  # (median, CPU time per run)
    runs: int = 0
    channel: Channel = None
    outputs: list = None
    agreement: dict = None
    failure: str = None

    def block(self, count):
        answer = self.channel.ask(f"run {count}")
        self.starts[-1]["rss_peak"] = answer["rss_peak"]
        return answer


def random_inputs(specs, seed=0):
    """Arrays of the input dtypes: floats in [-1, 1), all values of narrow integers, small ones of wide (often indices)."""
    generator = np.random.default_rng(seed)
    arrays = []
    for spec in specs:
        dtype, shape = np.dtype(spec["dtype"]), spec["shape"]
        if dtype == np.bool_:
            arrays.append(generator.integers(0, 2, shape).astype(dtype))
        elif np.issubdtype(dtype, np.integer):
            wide = np.iinfo(dtype).bits >= 32
            low, high = (0, 99) if wide else (np.iinfo(dtype).min, np.iinfo(dtype).max)
            arrays.append(generator.integers(low, high, shape, dtype, endpoint=True))
        else:
            arrays.append(generator.uniform(-1, 1, shape).astype(dtype))
    return arrays


class Contest:
    def __init__(self, entrants, tflite, threads, options, cache, folder):
        self.tflite, self.threads, self.options, self.cache = tflite, threads, options, cache
        self.folder = pathlib.Path(folder)
        self.racers = [Racer(entrant) for entrant in entrants]
        self.ours, self.specs, self.quants, self.inputs = self.racers[0], [], [], []

    def guard(self, racer, work):
        """Runs work(); what goes wrong becomes the racer's failure."""
        if racer.failure is not None:
            return
        try:
            work()
        except CannotConvert as reason:
            racer.failure = f"cannot convert: {reason}"
        except WorkerFailed as reason:
            racer.failure = f"fails: {reason}"

    def start(self, racer, stack):
        """A fresh process: load, inputs, first run, outputs."""
        if racer.entrant.missing:
            racer.failure = racer.entrant.missing
            return
        model = racer.entrant.convert(self.tflite, self.cache)
        if racer.channel is not None:
            racer.channel.close()
        racer.channel = Channel(racer.entrant.command(model, self.threads, self.specs))
        stack.callback(racer.channel.close)
        hello = racer.channel.hello
        if racer is self.ours and not self.inputs:
            self.specs, self.quants = hello["inputs"], hello["outputs"]
            self.inputs = random_inputs(self.specs)
        for index, array in enumerate(self.inputs):
            np.save(self.folder / f"in_{index}.npy", array)
            racer.channel.ask(f"input {index} {self.folder / f'in_{index}.npy'}")
        racer.starts.append({"load_us": hello["load_us"] + hello["prepare_us"], "rss_before": hello["rss_before"]})
        racer.starts[-1]["first_us"] = racer.block(1)["us"][0]
        count = len(hello["outputs"]) if "outputs" in hello else racer.channel.ask("outputs")["outputs"]
        racer.outputs = []
        for index in range(count):
            path = self.folder / f"out_{index}.npy"
            racer.channel.ask(f"output {index} {path}")
            racer.outputs.append(np.load(path))
        racer.agreement = agree.compare(self.ours.outputs, racer.outputs, self.quants)
        if racer.agreement["verdict"] == "wrong":
            raise WorkerFailed(f"its answer is wrong ({racer.agreement.get('reason', 'nothing like ours')})")

    def estimate(self, racer):
        """How many runs make a block."""
        one = median(racer.block(3)["us"])
        wanted = int(self.options.seconds * 1e6 / max(one, 0.1))
        racer.runs = min(max(wanted, self.options.min_runs), self.options.max_runs)

    def take_turn(self, racer):
        racer.block(1)  # the caches still hold the others
        answer = racer.block(racer.runs)
        racer.rounds.append((median(answer["us"]), answer["cpu_us"] / racer.runs))

    def run(self):
        """The entries of the results, in the order of the entrants."""
        with contextlib.ExitStack() as stack:
            for _ in range(self.options.starts):
                for racer in self.racers:
                    self.guard(racer, lambda racer=racer: self.start(racer, stack))
                    if self.ours.failure:
                        return [self.entry(self.ours)]
            for racer in self.racers:
                self.guard(racer, lambda racer=racer: self.estimate(racer))
            for turn in range(self.options.rounds):
                for racer in self.racers if turn % 2 == 0 else self.racers[::-1]:  # nobody always follows the same one
                    self.guard(racer, lambda racer=racer: self.take_turn(racer))
        return [self.entry(racer) for racer in self.racers]

    def entry(self, racer):
        found = {"engine": racer.entrant.key, "title": racer.entrant.title, "status": "ok"}
        if racer.failure is not None:
            return {**found, "status": "no", "reason": racer.failure}
        walls, cpus = [r[0] for r in racer.rounds], [r[1] for r in racer.rounds]
        found.update(ms=median(walls) / 1e3, mad_ms=mad(walls) / 1e3, cpu_ms=median(cpus) / 1e3, runs=racer.runs,
                     rounds_us=[round(w, 3) for w in walls], rounds_cpu_us=[round(c, 3) for c in cpus])
        for name, index in (("ratio", 0), ("cpu_ratio", 1)):
            ratios = [theirs[index] / max(ours[index], 1e-3) for theirs, ours in zip(racer.rounds, self.ours.rounds)]
            found.update(zip((f"{name}_q1", name, f"{name}_q3"), quartiles(ratios)))
        found.update(load_ms=median([s["load_us"] for s in racer.starts]) / 1e3,
                     first_ms=median([s["first_us"] for s in racer.starts]) / 1e3,
                     start_ms=median([s["load_us"] + s["first_us"] for s in racer.starts]) / 1e3,
                     rss_mb=median([s["rss_peak"] for s in racer.starts]) / 2**20,
                     rss_added_mb=median([s["rss_peak"] - s["rss_before"] for s in racer.starts]) / 2**20)
        found["agreement"] = racer.agreement
        return found


def contest(entrants, tflite, threads, options, cache):
    with tempfile.TemporaryDirectory() as folder:
        return Contest(entrants, tflite, threads, options, cache, folder).run()

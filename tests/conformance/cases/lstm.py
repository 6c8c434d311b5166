# SPDX-License-Identifier: Apache-2.0
"""TFLite's single-step LSTM becomes UNIDIRECTIONAL_SEQUENCE_LSTM."""
import numpy as np
from conformance import Case, out, t
from recurrent import lstm


def basic(batch, inputs, cells):
    """The BASIC kernel, which has its state as an input; two steps."""

    def model(b):
        rng = np.random.Generator(np.random.PCG64(3))
        weights = b.const((rng.integers(-64, 65, (4 * cells, inputs + cells)) / 64).astype(np.float32))
        bias = b.const((rng.integers(-64, 65, 4 * cells) / 64).astype(np.float32))
        y, state = b.add(t("float32", (batch, cells))), b.add(t("float32", (batch, cells)))
        for step in range(2):
            x = b.add(t("float32", (batch, inputs)))
            new = b.add(out("float32", (batch, cells))) if step else b.tensor("float32", (batch, cells))
            next_state = b.add(out("float32", (batch, cells))) if step else b.tensor("float32", (batch, cells))
            spare = [b.tensor("float32", (batch, inputs + cells)), b.tensor("float32", (batch, 4 * cells))]
            options = dict(kernelType="BASIC", fusedActivationFunction="TANH")
            b.op("LSTM", [x, y, weights, bias, state], [new, next_state] + spare, options)
            y, state = new, next_state

    return model


def cases():
    for kind in ("f32", "hybrid", "s8"):
        for variant, options in (("plain", {}), ("cifg_peephole", dict(cifg=True, peephole=True)), ("norm", dict(norm=True)),
                                 ("projection", dict(projection=True, outputs=3))):
            name = f"{kind}_{variant}"
            model = lstm(kind, name, op="LSTM", version=4, **options)
            yield Case(name, "LSTM", model=model, steps=4, tolerance=1e-4 if kind == "hybrid" else None)
    for name, batch, inputs, cells in (("basic", 1, 3, 4), ("basic_batch", 3, 5, 2), ("basic_one", 1, 1, 1)):
        yield Case(name, "LSTM", model=basic(batch, inputs, cells), version=1)

# SPDX-License-Identifier: Apache-2.0
"""TFLite's single-step RNN becomes UNIDIRECTIONAL_SEQUENCE_RNN."""
from conformance import Case
from recurrent import rnn


def cases():
    for kind in ("f32", "hybrid"):
        for activation in ("TANH", "RELU"):
            name = f"{kind}_{activation.lower()}"
            model = rnn(kind, name, op="RNN", activation=activation)
            yield Case(name, "RNN", model=model, steps=4, tolerance=1e-4 if kind == "hybrid" else None)

# SPDX-License-Identifier: Apache-2.0
"""TFLite's single-step LSTM becomes UNIDIRECTIONAL_SEQUENCE_LSTM."""
from conformance import Case
from recurrent import lstm


def cases():
    for kind in ("f32", "hybrid", "s8"):
        for variant, options in (("plain", {}), ("cifg_peephole", dict(cifg=True, peephole=True)), ("norm", dict(norm=True)),
                                 ("projection", dict(projection=True, outputs=3))):
            name = f"{kind}_{variant}"
            model = lstm(kind, name, op="LSTM", version=4, **options)
            yield Case(name, "LSTM", model=model, steps=4, tolerance=1e-4 if kind == "hybrid" else None)

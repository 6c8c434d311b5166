# SPDX-License-Identifier: Apache-2.0
"""TFLite's single-step LSTM becomes UNIDIRECTIONAL_SEQUENCE_LSTM."""
from conformance import Case
from recurrent import lstm


def cases():
    for kind in ("f32", "hybrid", "s8"):
        for variant, options in (("plain", {}), ("cifg_peephole", dict(cifg=True, peephole=True)), ("norm", dict(norm=True)),
                                 ("projection", dict(projection=True, outputs=3))):
            name = f"{kind}_{variant}"
            tolerance = {"f32": None, "hybrid": 1e-4, "s8": 2 if "projection" in options else None}[kind]
            yield Case(name, "LSTM", model=lstm(kind, name, op="LSTM", version=4, **options), steps=4, tolerance=tolerance)

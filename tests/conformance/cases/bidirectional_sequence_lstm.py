# SPDX-License-Identifier: Apache-2.0
"""BIDIRECTIONAL_SEQUENCE_LSTM becomes two UNIDIRECTIONAL_SEQUENCE_LSTM."""
from conformance import Case
from recurrent import bidirectional_lstm

VARIANTS = [("merged", {}), ("two_outputs", dict(merge=False)), ("time_major", dict(time_major=True, batch=3)),
            ("cifg", dict(cifg=True)), ("peephole", dict(peephole=True)),
                ("projection", dict(projection=True, outputs=(3, 3))), ("second_input", dict(second_input=True, merge=False))]


def cases():
    for kind in ("f32", "hybrid"):
        for variant, options in VARIANTS:
            name = f"{kind}_{variant}"
            yield Case(name, "BIDIRECTIONAL_SEQUENCE_LSTM", model=bidirectional_lstm(kind, name, **options), steps=3,
                       tolerance=1e-4 if kind == "hybrid" else None)

# SPDX-License-Identifier: Apache-2.0
"""BIDIRECTIONAL_SEQUENCE_RNN becomes two UNIDIRECTIONAL_SEQUENCE_RNN."""
from conformance import Case
from recurrent import bidirectional_rnn

VARIANTS = [("merged", {}), ("two_outputs", dict(merge=False)), ("time_major", dict(time_major=True, batch=3)),
            ("second_input", dict(second_input=True, merge=False))]


def cases():
    for kind in ("f32", "hybrid"):
        for variant, options in VARIANTS:
            if (kind, variant) == ("hybrid", "time_major"):
                continue  # crashes LiteRT 2.3
            name = f"{kind}_{variant}"
            yield Case(name, "BIDIRECTIONAL_SEQUENCE_RNN", model=bidirectional_rnn(kind, name, **options), steps=3,
                       tolerance=1e-4 if kind == "hybrid" else None)

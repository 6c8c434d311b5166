# SPDX-License-Identifier: Apache-2.0
from conformance import Case
from recurrent import rnn


def cases():
    for kind in ("f32", "hybrid"):
        for variant, options in (("tanh", {}), ("none", dict(activation="NONE", steps=2)), ("relu", dict(activation="RELU")),
                                 ("relu6", dict(activation="RELU6")), ("relu_n1_to_1", dict(activation="RELU_N1_TO_1")),
                                 ("time_major", dict(time_major=True, batch=3)), ("one", dict(steps=1, batch=1, inputs=1, units=1)),
                                 ("wide", dict(inputs=19, units=17))):
            name = f"{kind}_{variant}"
            model = rnn(kind, name, **options)
            yield Case(name, "UNIDIRECTIONAL_SEQUENCE_RNN", model=model, steps=3, tolerance=1e-4 if kind == "hybrid" else None)
    model = rnn("hybrid", "hybrid_asymmetric", asymmetric=True)
    yield Case("hybrid_asymmetric", "UNIDIRECTIONAL_SEQUENCE_RNN", model=model, steps=3, tolerance=1e-4)

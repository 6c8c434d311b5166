# SPDX-License-Identifier: Apache-2.0
from conformance import Case
from recurrent import svdf

VARIANTS = [
    ("plain", {}),
    ("rank_2", dict(rank=2, memory=4)),
    ("rank_3_no_bias", dict(rank=3, bias=False)),
    ("memory_1", dict(memory=1)),
    ("one", dict(batch=1, inputs=1, units=1)),
    ("wide", dict(batch=1, inputs=19, units=3, memory=9)),
]


def cases():
    for kind in ("f32", "hybrid", "s8"):
        for variant, options in VARIANTS:
            name = f"{kind}_{variant}"
            # LiteRT's integer SVDF asks for RELU, but saturates at the ends of int8 alone.
            model = svdf(kind, name, activation="RELU" if kind == "s8" else "NONE", **options)
            yield Case(name, "SVDF", model=model, steps=5, tolerance=1e-4 if kind == "hybrid" else None)
    for activation in ("RELU", "RELU6", "RELU_N1_TO_1", "TANH"):
        name = f"f32_{activation.lower()}"
        yield Case(name, "SVDF", model=svdf("f32", name, activation=activation), steps=4)
    yield Case("hybrid_asymmetric", "SVDF", model=svdf("hybrid", "hybrid_asymmetric", asymmetric=True), steps=4, tolerance=1e-4)
    for name, options in (("s8_zero_points_low", dict(x_quant=(0.01, -128), y_quant=(0.02, -128))),
                          ("s8_zero_points_high", dict(x_quant=(0.01, 127), y_quant=(0.02, 127)))):
        yield Case(name, "SVDF", model=svdf("s8", name, activation="RELU", **options), steps=4)
    for variant, options in (("plain", {}), ("rank_2", dict(rank=2, memory=4))):
        name = f"s8_state8_{variant}"  # LiteRT reads such a state as int16
        model = svdf("s8", name, activation="RELU", state="int8", **options)
        yield Case(name, "SVDF", model=model, steps=5, oracle="tflm")

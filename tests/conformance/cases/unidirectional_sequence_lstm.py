# SPDX-License-Identifier: Apache-2.0
from conformance import Case
from recurrent import lstm

VARIANTS = [
    ("plain", {}),
    ("one_step_one_cell", dict(steps=1, batch=1, inputs=1, cells=1)),
    ("cifg", dict(cifg=True)),
    ("peephole", dict(peephole=True, cells=9)),
    ("cifg_peephole", dict(cifg=True, peephole=True, inputs=11)),
    ("cell_clip", dict(cell_clip=0.3)),
    ("projection", dict(projection=True, outputs=4)),
    ("projection_clip", dict(projection=False, outputs=6, projection_clip=0.15)),
    ("norm", dict(norm=True)),
    ("everything", dict(norm=True, cifg=True, peephole=True, projection=True, outputs=5, cell_clip=0.5)),
    ("time_major", dict(time_major=True, steps=4, batch=3)),
]
INTEGER = [
    ("zero_points_low", dict(x_quant=(0.01, -128), y_quant=(1 / 128, -128))),
    ("zero_points_high", dict(x_quant=(0.01, 127), y_quant=(1 / 200, 127))),
    ("hidden_differs", dict(hidden_quant=(1 / 100, -9))),
    ("projection_hidden_differs", dict(projection=True, outputs=4, hidden_quant=(1 / 100, -9))),
    ("cell_bits_9", dict(cell_bits=9, inputs=20)),
    ("cell_bits_15", dict(cell_bits=15)),
]
ACTIVATIONS = ("RELU", "RELU6", "RELU_N1_TO_1")


def cases():
    for kind in ("f32", "hybrid", "s8"):
        variants = VARIANTS + (INTEGER if kind == "s8" else [(a.lower(), dict(activation=a)) for a in ACTIVATIONS])
        for variant, options in variants:
            name = f"{kind}_{variant}"
            model = lstm(kind, name, **options)
            yield Case(name, "UNIDIRECTIONAL_SEQUENCE_LSTM", model=model, steps=3, tolerance=1e-4 if kind == "hybrid" else None)
    for variant, options in VARIANTS:
        name = f"hybrid_asymmetric_{variant}"
        model = lstm("hybrid", name, asymmetric=True, version=3, **options)
        yield Case(name, "UNIDIRECTIONAL_SEQUENCE_LSTM", model=model, steps=3, tolerance=1e-4)
    for variant, options in (("plain", {}), ("wide", dict(inputs=19, cells=17)), ("time_major", dict(time_major=True, steps=4, batch=3)),
                             ("cell_clip", dict(cell_clip=0.3))):
        name = f"s16_{variant}"
        model = lstm("s16", name, x_quant=(1 / 32768, 0), y_quant=(1 / 32768, 0), **options)
        # TFLite Micro reads tanh and logistic from other tables: some 1e-3 of full scale.
        yield Case(name, "UNIDIRECTIONAL_SEQUENCE_LSTM", model=model, steps=3, oracle="tflm", tolerance=32)

# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import ZEROS

SHAPES = ((7,), (2, 3, 4), (1, 3, 2, 5), (), (0, 4))


def cases():
    for op in ("RELU", "RELU6", "RELU_N1_TO_1"):
        for shape in SHAPES:
            text = "x".join(map(str, shape)) or "scalar"
            yield Case(f"{op}_f32_{text}", op, [t("float32", shape, low=-9, high=9)], [out("float32", shape)], tolerance=0)
            for dtype, zeros in ZEROS.items():
                quant = dict(scale=0.07, zp=zeros[1] + 3)
                yield Case(f"{op}_{dtype}_{text}", op, [t(dtype, shape, **quant)], [out(dtype, shape, **quant)])
        for dtype, zeros in ZEROS.items():
            for zero_in in zeros:
                for zero_out in zeros:
                    yield Case(
                        f"{op}_{dtype}_zeros{zero_in}_{zero_out}",
                        op,
                        [t(dtype, (40,), scale=0.08, zp=zero_in)],
                        [out(dtype, (40,), scale=0.031, zp=zero_out)],
                    )
        yield Case(
            f"{op}_f32_special",
            op,
            [t("float32", (6,), values=[0, -0.0, np.inf, -np.inf, 1e-30, -1e-30])],
            [out("float32", (6,))],
            tolerance=0,
        )

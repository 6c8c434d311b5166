# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for radius, bias, alpha, beta in ((1, 1.0, 1.0, 0.5), (2, 2.0, 0.1, 0.75), (20, 1.0, 0.01, 1.0), (0, 0.5, 0.3, 0.3)):
        for shape in ((1, 2, 3, 9), (2, 1, 1, 4), (1, 1, 1, 1)):
            yield Case(
                f"f32_{'x'.join(map(str, shape))}_radius{radius}",
                "LOCAL_RESPONSE_NORMALIZATION",
                [t("float32", shape, low=-4, high=4)],
                [out("float32", shape)],
                dict(radius=radius, bias=bias, alpha=alpha, beta=beta),
            )

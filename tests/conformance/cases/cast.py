# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


WHOLE = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "bool")
FLOATS = ("float32", "float16", "float64")
EDGES = [0, 1, -1, 1.5, -1.5, 2.9, 127.5, 200, -129, 300, -300, 32767, 40000, -40000, 65536, 3e9, -3e9, 1e19, -1e19, 0.1, 1e-7, 65519]


def values_of(dtype):
    if dtype == "bool":
        return [0, 1, 1, 0]
    if dtype in FLOATS:
        with np.errstate(over="ignore"):
            return np.array(EDGES + [np.inf, -np.inf, np.nan], np.float64).astype(dtype)
    limits = np.iinfo(dtype)
    wide = [0, 1, 2, 100, 127, 128, 200, 255, 256, 300, 32768, 65535, 65536, 2**31 - 1, limits.max, limits.min, -1, -100, -129, -40000]
    return np.array([v for v in wide if limits.min <= v <= limits.max]).astype(dtype)


def cases():
    for source in WHOLE + FLOATS:
        for target in WHOLE + FLOATS:
            if source != target:
                feed = np.array(values_of(source))
                # LiteRT converts a NaN to an integer as its processor likes.
                yield Case(
                    f"{source}_to_{target}",
                    "CAST",
                    [t(source, feed.shape, values=feed)],
                    [out(target, feed.shape)],
                    dict(inDataType=source.upper(), outDataType=target.upper()),
                    tolerance=1e-3 if target == "float16" else 0,
                )
    for shape in ((2, 3, 5), (), (0, 4)):
        yield Case(
            f"rank{len(shape)}_{shape.count(0)}", "CAST", [t("float32", shape, low=-99, high=99)], [out("int32", shape)], tolerance=0
        )

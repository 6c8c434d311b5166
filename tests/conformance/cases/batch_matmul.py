# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import channel_scales, weights

# name: dims in front of both, m, k, n
SHAPES = {
    "plain": ((), (), 3, 4, 5),
    "batch": ((2,), (2,), 3, 5, 4),
    "batch_left": ((3,), (), 2, 3, 4),
    "batch_right": ((), (3,), 2, 3, 4),
    "broadcast": ((2, 1), (1, 3), 2, 3, 2),
    "rank5": ((2, 1, 2), (1, 2, 1), 2, 3, 2),
    "vector": ((2,), (2,), 1, 7, 1),
    "one_k": ((), (), 4, 1, 5),
    "wide": ((), (), 2, 3, 70),
    "long": ((1,), (1,), 2, 129, 3),
    "empty": ((0,), (1,), 2, 3, 4),
}


def dims(shape, adj_x, adj_y):
    a, b, m, k, n = SHAPES[shape]
    return a + ((k, m) if adj_x else (m, k)), b + ((n, k) if adj_y else (k, n)), np.broadcast_shapes(a, b) + (m, n)


def nothing(inputs):
    """LiteRT refuses empty inputs."""
    return [np.zeros((0, 2, 4), np.float32)]


def case(name, shape, x, y, z, adj_x=False, adj_y=False):
    oracle = nothing if shape == "empty" else None
    return Case(name, "BATCH_MATMUL", [x, y], [z], dict(adjX=adj_x, adjY=adj_y), oracle=oracle)


def float_case(name, shape, adj_x=False, adj_y=False, fixed=False):
    a, b, y = dims(shape, adj_x, adj_y)
    right = weights("float32", b, name) if fixed else t("float32", b)
    return case(name, shape, t("float32", a), right, out("float32", y), adj_x, adj_y)


def int8(name, shape, adj_x=False, adj_y=False, zeros=(3, 0, -5), fixed=False):
    a, b, y = dims(shape, adj_x, adj_y)
    right = weights("int8", b, name, scale=0.02, zp=zeros[1]) if fixed else t("int8", b, scale=0.02, zp=zeros[1])
    return case(name, shape, t("int8", a, scale=0.03, zp=zeros[0]), right, out("int8", y, scale=0.08, zp=zeros[2]), adj_x, adj_y)


def int16(name, shape, adj_x=False, adj_y=False):
    a, b, y = dims(shape, adj_x, adj_y)
    x, right = t("int16", a, scale=3e-4, zp=0), t("int16", b, scale=2e-4, zp=0)
    return case(name, shape, x, right, out("int16", y, scale=4e-3, zp=0), adj_x, adj_y)


def hybrid(name, shape, adj_x=False, adj_y=False, per_channel=False):
    a, b, y = dims(shape, adj_x, adj_y)
    scale = channel_scales(y[-1], name) if per_channel else 0.01
    right = weights("int8", b, name, scale=scale, zp=0, axis=len(b) - (2 if adj_y else 1), low=-127)
    return case(name, shape, t("float32", a, low=-2, high=3), right, out("float32", y), adj_x, adj_y)


def cases():
    for shape in SHAPES:
        yield float_case(f"f32_{shape}", shape)
        yield float_case(f"f32_{shape}_adj_y", shape, adj_y=True)
        if shape != "empty":
            yield int8(f"s8_{shape}", shape)
    for adj_x, adj_y in ((True, False), (False, True), (True, True)):
        tag = "adj_" + "x" * adj_x + "y" * adj_y
        yield float_case(f"f32_{tag}", "broadcast", adj_x, adj_y)
        yield int8(f"s8_{tag}", "broadcast", adj_x, adj_y)
        yield int16(f"s16_{tag}", "broadcast", adj_x, adj_y)
        yield hybrid(f"hybrid_{tag}", "batch", adj_x, adj_y)
    yield float_case("f32_const", "batch_left", fixed=True)
    yield int8("s8_const", "batch_left", fixed=True)
    for zeros in ((-128, -128, 127), (127, 127, -128), (0, 9, 0)):
        yield int8(f"s8_zeros{zeros[0]}", "batch", zeros=zeros)
    for shape in ("plain", "long", "wide"):
        yield int16(f"s16_{shape}", shape)
        yield hybrid(f"hybrid_{shape}", shape)
        yield hybrid(f"hybrid_{shape}_channels", shape, per_channel=True)

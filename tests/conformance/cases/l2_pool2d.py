# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for padding in ("SAME", "VALID"):
        for stride in (1, 2):
            for act in ("NONE", "RELU6"):
                high = 6 if stride == 1 else 3
                shape = (2, -(-6 // stride), -(-7 // stride), 3) if padding == "SAME" else (2, (6 - 2) // stride + 1, (7 - 3) // stride + 1, 3)
                yield Case(
                    f"f32_{padding}_{stride}_{act}",
                    "L2_POOL_2D",
                    [t("float32", (2, 6, 7, 3), low=-9, high=high)],
                    [out("float32", shape)],
                    dict(padding=padding, strideW=stride, strideH=stride, filterWidth=3, filterHeight=2, fusedActivationFunction=act),
                )

# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    # The addition keeps the model from being one constant.
    for dtype in ("float32", "int32"):

        def model(b, dtype=dtype):
            x = b.add(t(dtype, (2, 3), low=-5, high=5))
            zeros = b.tensor(dtype, (2, 3))
            b.op("ZEROS_LIKE", [x], [zeros])
            b.op("ADD", [x, zeros], [b.add(out(dtype, (2, 3)))])

        yield Case(dtype, "ZEROS_LIKE", model=model)

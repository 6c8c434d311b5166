# SPDX-License-Identifier: Apache-2.0
"""Whether two engines gave the same answer."""
import numpy as np

QUANTA = 2          # integers: so far apart on 99 % of the elements is still the same network
FLOAT = 1e-3        # floats: relative to the largest absolute value
COARSE = 0.1        # beyond that: root mean square of the difference relative to that of the values around their mean
WRONG = 2.0         # no longer the same network: worse than not knowing anything about the values


def is_integer(array):
    return np.issubdtype(array.dtype, np.integer)


def real(array, quant):
    """What quantized values stand for."""
    return (array.astype(np.float64) - quant.get("zero_point", 0)) * quant["scale"]


def layouts(theirs, ours):
    """The array in the orders it may have been written in."""
    yield theirs.reshape(-1)
    if theirs.ndim == 4:
        yield theirs.transpose(0, 2, 3, 1).reshape(-1)
        yield theirs.transpose(0, 3, 1, 2).reshape(-1)
    if ours.ndim == 4 and ours.shape[0] == 1 and theirs.ndim == 3:
        yield theirs.transpose(1, 2, 0).reshape(-1)


def difference(ours, theirs):
    """Of two flat arrays: (largest, in quanta or relative; unequal elements; coarse error)."""
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    distance = np.abs(a - b)
    least = 10.0 if is_integer(ours) else 0.1 * np.abs(a).max(initial=0)  # of outputs with few or equal elements
    spread = max(np.sqrt(np.mean((a - a.mean()) ** 2)), least, 1e-30) if a.size else 1.0
    coarse = float(np.sqrt(np.mean(distance ** 2)) / spread) if distance.any() else 0.0
    largest = distance if is_integer(ours) else distance / max(np.abs(a).max(initial=0), 1e-30)
    return largest, int(np.count_nonzero(distance)), coarse


def verdict(ours, largest, unequal, coarse):
    if unequal == 0:
        return "equal"
    if not coarse <= WRONG:
        return "wrong"
    near = np.count_nonzero(largest > QUANTA) <= largest.size // 100 if is_integer(ours) else not (largest > FLOAT).any()
    return "close" if near else "coarse" if coarse <= COARSE else "differs"


def compare_one(ours, theirs, quant):
    """The best of the layouts, as the dictionary of compare()."""
    if is_integer(ours) and not is_integer(theirs) and "scale" in quant:
        ours = real(ours, quant)
    found = min((difference(ours.reshape(-1), flat) for flat in layouts(theirs, ours)), key=lambda d: d[2])
    largest, unequal, coarse = found
    return {"kind": "int" if is_integer(ours) else "float", "worst": float(largest.max(initial=0)), "unequal": unequal,
            "elements": int(largest.size), "coarse": coarse, "verdict": verdict(ours, *found)}


def compare(ours, theirs, quants):
    """The worst output: {"kind", "worst" (quanta or relative), "unequal", "elements", "coarse", "verdict"}.

    Outputs are paired by size, then by likeness, since converters may change their order.
    Verdicts: equal, close, coarse, differs, wrong.
    """
    left, results = list(theirs), []
    for array, quant in zip(ours, quants):
        fits = [(compare_one(array, other, quant), index) for index, other in enumerate(left) if other.size == array.size]
        if not fits:
            return {"verdict": "wrong", "reason": f"no output of {array.size} elements; sizes {[o.size for o in theirs]}"}
        result, index = min(fits, key=lambda fit: fit[0]["coarse"])
        left.pop(index)
        results.append(result)
    order = ["equal", "close", "coarse", "differs", "wrong"]
    return max(results, key=lambda r: (order.index(r["verdict"]), r["worst"])) if results else {"verdict": "equal"}

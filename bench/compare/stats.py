# SPDX-License-Identifier: Apache-2.0
"""Numbers about lists of numbers that outliers do not move."""
import statistics


def median(values):
    return statistics.median(values) if values else float("nan")


def mad(values):
    """The median absolute deviation from the median."""
    middle = median(values)
    return median([abs(v - middle) for v in values])


def quartiles(values):
    """(first, second, third) quartile."""
    if len(values) < 2:
        return (median(values),) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high

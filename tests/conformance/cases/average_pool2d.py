# SPDX-License-Identifier: Apache-2.0
from pools import pool_cases


def cases():
    return pool_cases("AVERAGE_POOL_2D")

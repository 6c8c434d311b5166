# SPDX-License-Identifier: Apache-2.0
from pools import pool_cases


def cases():
    return pool_cases("MAX_POOL_2D")

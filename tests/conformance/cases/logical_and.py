# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("LOGICAL_AND", "bool")

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "using.h"

namespace inlay::cuda {

/// The op of a kind, NULL when there is none.
const Op* find_op(uint16_t kind);

}  // namespace inlay::cuda

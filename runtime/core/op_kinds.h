// SPDX-License-Identifier: Apache-2.0
// What ops.inc says about a kind of op, without its name: for firmwares that leave texts out.
#pragma once
#include <cstdint>

#include "inlay/op.h"

namespace inlay {

constexpr int32_t kOpKinds = 256;  ///< numbers in ops.inc are below; more need wider tables in op_names.cc
constexpr int32_t kUnknownOp = -1;

/// The inlay_alias of an op of ops.inc, else kUnknownOp: custom ops too.
int32_t alias_or_unknown(int32_t kind);

}  // namespace inlay

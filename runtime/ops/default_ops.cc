// SPDX-License-Identifier: Apache-2.0
// The table of every op. A firmware passes its own table and never links this file.
#include "inlay/op.h"

#define INLAY_OP(number, NAME, symbol, alias) extern "C" INLAY_API const inlay_op inlay_op_##symbol;
#include "inlay/ops.inc"
#undef INLAY_OP

extern "C" const inlay_op_table* inlay_default_ops(void) {
  static const inlay_op* const list[] = {
#define INLAY_OP(number, NAME, symbol, alias) &inlay_op_##symbol,
#include "inlay/ops.inc"
#undef INLAY_OP
  };
  static const inlay_op_table table = {list, static_cast<int32_t>(sizeof(list) / sizeof(list[0]))};
  return &table;
}

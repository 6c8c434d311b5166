// SPDX-License-Identifier: Apache-2.0
#include "inlay/graph.h"

extern "C" const char* inlay_op_kind_name(int32_t kind) {
  switch (kind) {
#define INLAY_OP(number, NAME, symbol, alias) \
  case number:                                \
    return #NAME;
#include "inlay/ops.inc"
#undef INLAY_OP
    case INLAY_OP_CUSTOM:
      return "CUSTOM";
    default:
      return "?";
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "core/op_kinds.h"
#include "inlay/graph.h"

namespace {

// The names one behind the other, each ended by a zero, and their numbers in the same order: half of what pointers would take.
constexpr char kNames[] =
#define INLAY_OP(number, NAME, symbol, alias) #NAME "\0"
#include "inlay/ops.inc"
#undef INLAY_OP
    ;
constexpr uint8_t kNumbers[] = {
#define INLAY_OP(number, NAME, symbol, alias) number,
#include "inlay/ops.inc"
#undef INLAY_OP
};

struct Aliases {
  uint8_t by_kind[(inlay::kOpKinds + 1) / 2] = {};
};

/// Four bits per kind: 1 + its alias, 0 where there is no op.
constexpr Aliases make_aliases() {
  Aliases out;
#define INLAY_OP(number, NAME, symbol, alias) \
  out.by_kind[number / 2] = static_cast<uint8_t>(out.by_kind[number / 2] | (INLAY_ALIAS_##alias + 1) << number % 2 * 4);
#include "inlay/ops.inc"
#undef INLAY_OP
  return out;
}
constexpr Aliases kAliases = make_aliases();

}  // namespace

extern "C" const char* inlay_op_kind_name(int32_t kind) {
  if (kind == INLAY_OP_CUSTOM) return "CUSTOM";
  const char* name = kNames;
  for (const uint8_t number : kNumbers) {
    if (number == kind) return name;
    while (*name++ != 0) {
    }
  }
  return "?";
}

namespace inlay {

int32_t alias_or_unknown(int32_t kind) {
  return kind >= 0 && kind < kOpKinds ? (kAliases.by_kind[kind / 2] >> kind % 2 * 4 & 15) - 1 : kUnknownOp;
}

}  // namespace inlay

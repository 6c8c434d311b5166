// SPDX-License-Identifier: Apache-2.0
#include "ops.h"

namespace inlay::cuda {

#define INLAY_GPU_OP(KIND, symbol) extern const Op op_##symbol;
#include "ops.inc"
#undef INLAY_GPU_OP

const Op* find_op(uint16_t kind) {
  static const OpEntry kOwn[] = {
#define INLAY_GPU_OP(KIND, symbol) {INLAY_OP_##KIND, &op_##symbol},
#include "ops.inc"
#undef INLAY_GPU_OP
  };
  return gpu::find_op(kOwn, sizeof(kOwn) / sizeof(kOwn[0]), kind);
}

}  // namespace inlay::cuda

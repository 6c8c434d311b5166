// SPDX-License-Identifier: Apache-2.0
// L2_POOL_2D: input [n, h, w, c], output [n, oh, ow, c], float32: the root of the mean square. Padding does not take part.
#include "ops/pool_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(prepare_pool(raw));
  return p.dtype(p.input(0), kFloat, "input");
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<PoolData>();
  kernels::l2_pool2d_f32(d.shape, d.float_range, e.input<float>(0), e.output<float>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(l2_pool2d, L2_POOL_2D, NONE, sizeof(PoolData), prepare, eval)

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// MAX_POOL_2D: input [n, h, w, c], output [n, oh, ow, c]. Padding does not take part.
#include "ops/pool_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_max_pool2d_s8)

namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  using kernels::TwinKind;
  INLAY_TRY(prepare_pool(raw));
  if (choose_pool_twin(p, TwinKind::kMaxPoolS8, TwinKind::kMaxPoolU8, TwinKind::kMaxPoolF32)) return INLAY_OK;
  if (p.input(0)->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_max_pool2d_s8));
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<PoolData>();
  if (eval_pool_twin(e)) return INLAY_OK;
  for_each_pool_part(e, d.shape, 8, [&](const kernels::PoolShape& s, int64_t from, int64_t to) {
    switch (e.input_tensor(0)->dtype) {
      case INLAY_UINT8: kernels::max_pool2d_u8(s, d.quant_range, e.input<uint8_t>(0) + from, e.output<uint8_t>(0) + to); break;
      case INLAY_INT16: kernels::max_pool2d_s16(s, d.quant_range, e.input<int16_t>(0) + from, e.output<int16_t>(0) + to); break;
      default: kernels::max_pool2d_f32(s, d.float_range, e.input<float>(0) + from, e.output<float>(0) + to); break;
    }
  });
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_max_pool2d_s8(const inlay_eval* raw) { return eval_pool_s8(raw, kernels::max_pool2d_s8); }

INLAY_DEFINE_OP(max_pool2d, MAX_POOL_2D, NONE, sizeof(PoolData), prepare, eval)

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// AVERAGE_POOL_2D: input [n, h, w, c], output [n, oh, ow, c]. Padding does not take part.
#include "ops/pool_util.h"

namespace inlay {
namespace {

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<PoolData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::average_pool2d_s8(d.shape, d.quant_range, e.input<int8_t>(0), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::average_pool2d_u8(d.shape, d.quant_range, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
    case INLAY_INT16: kernels::average_pool2d_s16(d.shape, d.quant_range, e.input<int16_t>(0), e.output<int16_t>(0)); break;
    default: kernels::average_pool2d_f32(d.shape, d.float_range, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(average_pool2d, AVERAGE_POOL_2D, NONE, sizeof(PoolData), prepare_pool, eval)

}  // namespace inlay

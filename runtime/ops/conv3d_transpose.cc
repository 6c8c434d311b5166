// SPDX-License-Identifier: Apache-2.0
// CONV_3D_TRANSPOSE: float32 input [n, d, h, w, c], weights [fd, fh, fw, out_c, c], optional bias [out_c]; output [n, od, oh, ow,
// out_c].
#include "ops/conv3d_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_conv3d(raw, true); }

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Conv3dData>();
  kernels::conv3d_transpose_f32(d.shape, d.range, e.input<float>(0), e.input<float>(1), e.optional_input<float>(2),
                                e.output<float>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(conv3d_transpose, CONV_3D_TRANSPOSE, NONE, sizeof(Conv3dData), prepare, eval)

}  // namespace inlay

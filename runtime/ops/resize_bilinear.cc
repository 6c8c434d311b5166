// SPDX-License-Identifier: Apache-2.0
// RESIZE_BILINEAR: input [n, h, w, c]; input 1 is the constant int32 [height, width] of the output.
#include "ops/resize_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_resize* resize = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_RESIZE, &resize));
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | dtype_bit(INLAY_INT16), "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  if (!same_quant(input, p.output(0))) return p.fail("input and output need the same scale and zero point");
  if (resize->align_corners != 0 && resize->half_pixel_centers != 0) {
    return p.fail("align_corners and half_pixel_centers exclude each other");
  }
  int32_t dims[4];
  INLAY_TRY(resize_target(p, dims));
  *p.data<kernels::ResizeShape>() = {dims[0], input->dims[1], input->dims[2],        dims[3],
                                     dims[1], dims[2],        resize->align_corners, resize->half_pixel_centers};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& s = *e.data<kernels::ResizeShape>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::resize_bilinear_s8(s, e.input<int8_t>(0), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::resize_bilinear_u8(s, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
    case INLAY_INT16: kernels::resize_bilinear_s16(s, e.input<int16_t>(0), e.output<int16_t>(0)); break;
    default: kernels::resize_bilinear_f32(s, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(resize_bilinear, RESIZE_BILINEAR, NONE, sizeof(kernels::ResizeShape), prepare, eval)

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// TRANSPOSE_CONV: input [n, h, w, c], weights [out_c, fh, fw, c], optional bias [out_c]; output [n, oh, ow, out_c] with
// oh = (h - 1) * stride_h + fh - pad_top - pad_bottom. A negative pad_bottom or pad_right adds pixels that hold the bias.
#include "kernels/transpose_conv.h"

#include "ops/window_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_window* w = nullptr;
  INLAY_TRY(p.counts(2, 3, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_WINDOW, &w));
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* weights = p.input(1);
  INLAY_TRY(p.rank(input, 4, 4, "input"));
  INLAY_TRY(p.rank(weights, 4, 4, "weights"));
  const int32_t in_c = input->dims[3], out_c = weights->dims[0];
  if (in_c < 1 || out_c < 1 || weights->dims[3] != in_c) return p.fail("channels of input and weights do not fit");
  if (w->dilation_h != 1 || w->dilation_w != 1) return p.fail("a transposed convolution has no dilation");
  int32_t out_h = 0, out_w = 0;
  if (!transposed_output(input->dims[1], weights->dims[1], w->stride_h, w->pad_top, w->pad_bottom, &out_h) ||
      !transposed_output(input->dims[2], weights->dims[2], w->stride_w, w->pad_left, w->pad_right, &out_w)) {
    return p.fail("strides and pads make no output of a usable size");
  }
  const int32_t dims[4] = {input->dims[0], out_h, out_w, out_c};
  INLAY_TRY(p.output_shape(0, 4, dims));

  auto* data = p.data<ConvData>();
  data->shape = {input->dims[0],   input->dims[1], input->dims[2], in_c, out_h, out_w,      out_c,       weights->dims[1],
                 weights->dims[2], w->stride_h,    w->stride_w,    1,    1,     w->pad_top, w->pad_left, 1};
  const ConvTensors tensors = {input, weights, p.input(2), 0, out_c};
  return prepare_conv_math(p, tensors, kConvInt16 | kConvHybrid, image_elements(*input), 0, &data->math);
}

void eval_float(const Eval& e, const ConvData& d) {
  const auto* bias = e.optional_input<float>(2);
  if (e.input_tensor(1)->dtype == INLAY_FLOAT32) {
    kernels::transpose_conv_f32(d.shape, d.math.range, e.input<float>(0), e.input<float>(1), bias, e.output<float>(0));
  } else {
    kernels::transpose_conv_hybrid(d.shape, hybrid_scales(e), d.math.range, e.input<float>(0), e.input<int8_t>(1), bias,
                                   e.scratch<int8_t>(), e.output<float>(0));
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8:
      kernels::transpose_conv_s8(d.shape, conv_quant(e, d.math), e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0));
      break;
    case INLAY_UINT8:
      kernels::transpose_conv_u8(d.shape, conv_quant(e, d.math), e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0));
      break;
    case INLAY_INT16:
      kernels::transpose_conv_s16(d.shape, conv_quant16(e, d.math), e.input<int16_t>(0), e.input<int8_t>(1), e.output<int16_t>(0));
      break;
    default: eval_float(e, d); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(transpose_conv, TRANSPOSE_CONV, NONE, sizeof(ConvData), prepare, eval)

}  // namespace inlay

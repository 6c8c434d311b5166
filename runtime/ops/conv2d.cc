// SPDX-License-Identifier: Apache-2.0
// CONV_2D: input [n, h, w, c], weights [out_c, fh, fw, c / groups], optional bias [out_c]; output [n, oh, ow, out_c].
#include "kernels/conv2d.h"

#include "ops/window_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_conv2d_s8)

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
  const int32_t groups = w->groups, out_c = weights->dims[0], in_c = input->dims[3];
  if (groups < 1 || out_c < 1 || in_c < 1 || in_c % groups != 0 || out_c % groups != 0 || weights->dims[3] != in_c / groups) {
    return p.fail("channels of input, weights and groups do not fit");
  }
  int32_t out_h = 0, out_w = 0;
  INLAY_TRY(window_extent(p, input, *w, weights->dims[1], weights->dims[2], &out_h, &out_w));
  const int32_t dims[4] = {input->dims[0], out_h, out_w, out_c};
  INLAY_TRY(p.output_shape(0, 4, dims));

  auto* data = p.data<ConvData>();
  data->shape = {input->dims[0], input->dims[1],   input->dims[2],   in_c,        out_h,       out_w,
                 out_c,          weights->dims[1], weights->dims[2], w->stride_h, w->stride_w, w->dilation_h,
                 w->dilation_w,  w->pad_top,       w->pad_left,      groups};
  int64_t filter = int64_t{weights->dims[1]} * weights->dims[2];  // each is below 2^24
  if (!checked_mul<int64_t>(filter, weights->dims[3], &filter) || filter > INT32_MAX) return p.fail("a filter is too large");
  const ConvTensors tensors = {input, weights, p.input(2), 0, out_c};
  INLAY_TRY(prepare_conv_math(p, tensors, kConvInt16 | kConvInt4 | kConvHybrid, image_elements(*input), filter, &data->math));
  const bool twin = prepare_conv_twin(p, tensors, ConvKind::kConv2d, data);
  if (!twin && input->dtype == INLAY_INT8 && weights->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_conv2d_s8));
  return INLAY_OK;
}

void eval_float(const Eval& e, const ConvData& d) {
  const ConvMath& m = d.math;
  const auto* input = e.input<float>(0);
  const auto* bias = e.optional_input<float>(2);
  auto* output = e.output<float>(0);
  auto* scratch = e.scratch<int8_t>();
  switch (e.input_tensor(1)->dtype) {
    case INLAY_INT8: kernels::conv2d_hybrid(d.shape, hybrid_scales(e), m.range, input, e.input<int8_t>(1), bias, scratch, output); break;
    case INLAY_INT4:
      kernels::conv2d_hybrid_w4(d.shape, hybrid_scales(e), m.range, input, e.input<uint8_t>(1), bias, scratch, scratch + m.unpack_at,
                                output);
      break;
    default: kernels::conv2d_f32(d.shape, m.range, input, e.input<float>(1), bias, output); break;
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  if (eval_conv_twin(e, d)) return INLAY_OK;
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8:  // int4 weights: int8 ones have an eval of their own
      kernels::conv2d_s8_w4(d.shape, conv_quant(e, d.math), e.input<int8_t>(0), e.input<uint8_t>(1), e.scratch<int8_t>(),
                            e.output<int8_t>(0));
      break;
    case INLAY_UINT8:
      kernels::conv2d_u8(d.shape, conv_quant(e, d.math), e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0));
      break;
    case INLAY_INT16:
      kernels::conv2d_s16(d.shape, conv_quant16(e, d.math), e.input<int16_t>(0), e.input<int8_t>(1), e.output<int16_t>(0));
      break;
    default: eval_float(e, d); break;
  }
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_conv2d_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  kernels::conv2d_s8(d.shape, conv_quant(e, d.math), e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0));
  return INLAY_OK;
}

INLAY_DEFINE_OP(conv2d, CONV_2D, NONE, sizeof(ConvData), prepare, eval)

}  // namespace inlay

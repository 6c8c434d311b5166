// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D: input [n, h, w, c], weights [1, fh, fw, c * m], optional bias [c * m]; output [n, oh, ow, c * m].
#include "kernels/depthwise_conv2d.h"

#include "kernels/int4.h"
#include "ops/window_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_depthwise_conv2d_s8)

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
  const int32_t in_c = input->dims[3], out_c = weights->dims[3];
  if (in_c < 1 || out_c < 1 || weights->dims[0] != 1 || out_c % in_c != 0) {
    return p.fail("channels of input and weights do not fit");
  }
  int32_t out_h = 0, out_w = 0;
  INLAY_TRY(window_extent(p, input, *w, weights->dims[1], weights->dims[2], &out_h, &out_w));
  const int32_t dims[4] = {input->dims[0], out_h, out_w, out_c};
  INLAY_TRY(p.output_shape(0, 4, dims));

  auto* data = p.data<ConvData>();
  kernels::ConvShape& s = data->shape;
  s.batch = input->dims[0], s.in_h = input->dims[1], s.in_w = input->dims[2], s.in_c = in_c;
  s.out_h = out_h, s.out_w = out_w, s.out_c = out_c;
  s.filter_h = weights->dims[1], s.filter_w = weights->dims[2];
  s.stride_h = w->stride_h, s.stride_w = w->stride_w;
  s.dilation_h = w->dilation_h, s.dilation_w = w->dilation_w;
  s.pad_top = w->pad_top, s.pad_left = w->pad_left;
  s.groups = in_c;
  const ConvTensors tensors = {input, weights, p.input(2), 3, out_c};
  INLAY_TRY(prepare_conv_math(p, tensors, kConvInt16 | kConvInt4 | kConvHybrid, image_elements(*input), element_count(*weights),
                              &data->math));
  const bool twin = prepare_conv_twin(p, tensors, ConvKind::kDepthwise, data);
  if (!twin && input->dtype == INLAY_INT8 && weights->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_depthwise_conv2d_s8));
  return INLAY_OK;
}

/// The weights as int8: those of the model, or all of them unpacked into scratch, as they are few.
const int8_t* int8_weights(const Eval& e, const ConvMath& m) {
  if (e.input_tensor(1)->dtype != INLAY_INT4) return e.input<int8_t>(1);
  int8_t* unpacked = e.scratch<int8_t>() + m.unpack_at;
  kernels::unpack_int4(e.input<uint8_t>(1), 0, element_count(*e.input_tensor(1)), unpacked);
  return unpacked;
}

void eval_float(const Eval& e, const ConvData& d) {
  const ConvMath& m = d.math;
  const auto* bias = e.optional_input<float>(2);
  if (e.input_tensor(1)->dtype == INLAY_FLOAT32) {
    kernels::depthwise_conv2d_f32(d.shape, m.range, e.input<float>(0), e.input<float>(1), bias, e.output<float>(0));
  } else {
    kernels::depthwise_conv2d_hybrid(d.shape, hybrid_scales(e), m.range, e.input<float>(0), int8_weights(e, m), bias, e.scratch<int8_t>(),
                                     e.output<float>(0));
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  if (eval_conv_twin(e, d)) return INLAY_OK;
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8:
      kernels::depthwise_conv2d_s8(d.shape, conv_quant(e, d.math), e.input<int8_t>(0), int8_weights(e, d.math), e.output<int8_t>(0));
      break;
    case INLAY_UINT8:
      kernels::depthwise_conv2d_u8(d.shape, conv_quant(e, d.math), e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0));
      break;
    case INLAY_INT16:
      kernels::depthwise_conv2d_s16(d.shape, conv_quant16(e, d.math), e.input<int16_t>(0), e.input<int8_t>(1), e.output<int16_t>(0));
      break;
    default: eval_float(e, d); break;
  }
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_depthwise_conv2d_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  kernels::depthwise_conv2d_s8(d.shape, conv_quant(e, d.math), e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0));
  return INLAY_OK;
}

INLAY_DEFINE_OP(depthwise_conv2d, DEPTHWISE_CONV_2D, NONE, sizeof(ConvData), prepare, eval)

}  // namespace inlay

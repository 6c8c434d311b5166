// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED: input of any rank read as rows of `in` values, weights [out, in], optional bias [out]. The output is
// [rows, out], or, with transpose_a == 1 ("keep the dims"), the input's dims with the last one replaced by `out`.
#include "kernels/fully_connected.h"

#include "ops/window_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_fully_connected_s8)

namespace {

/// The op's own words for the shape of a convolution of one pixel per row, which its twins take.
kernels::FullyConnectedShape shape_of(const ConvData& d) { return {d.shape.batch, d.shape.in_c, d.shape.out_c}; }

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_matmul* m = nullptr;
  INLAY_TRY(p.counts(2, 3, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_MATMUL, &m));
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* weights = p.input(1);
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK, "input"));
  INLAY_TRY(p.rank(weights, 2, 2, "weights"));
  const bool keep_dims = m->transpose_a == 1;
  if ((m->transpose_a != 0 && !keep_dims) || m->transpose_b != 0) return p.fail("options out of range");
  const int32_t out = weights->dims[0], in = weights->dims[1];
  if (out < 1 || in < 1) return p.fail("weights are empty");
  const int64_t elements = element_count(*input);
  if (elements % in != 0 || elements / in > INT32_MAX) return p.fail("input is not rows of as many values as weights have");
  const auto rows = static_cast<int32_t>(elements / in);
  if (keep_dims) {
    if (last_dim(*input) != in) return p.fail("input's last dim differs from that of weights");
    int32_t dims[INLAY_MAX_RANK];
    for (int i = 0; i + 1 < input->rank; ++i) dims[i] = input->dims[i];
    dims[input->rank - 1] = out;
    INLAY_TRY(p.output_shape(0, input->rank, dims));
  } else {
    const int32_t dims[2] = {rows, out};
    INLAY_TRY(p.output_shape(0, 2, dims));
  }

  auto* data = p.data<ConvData>();
  data->shape = {rows, 1, 1, in, 1, 1, out, 1, 1, 1, 1, 1, 1, 0, 0, 1};
  const ConvTensors tensors = {input, weights, p.input(2), 0, out};
  INLAY_TRY(prepare_conv_math(p, tensors, kConvInt16 | kConvInt4 | kConvHybrid, in, in, &data->math));
  const bool twin = prepare_conv_twin(p, tensors, ConvKind::kConv2d, data);
  if (!twin && input->dtype == INLAY_INT8 && weights->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_fully_connected_s8));
  return INLAY_OK;
}

void eval_float(const Eval& e, const ConvData& d) {
  const ConvMath& m = d.math;
  const auto* input = e.input<float>(0);
  const auto* bias = e.optional_input<float>(2);
  auto* output = e.output<float>(0);
  auto* scratch = e.scratch<int8_t>();
  switch (e.input_tensor(1)->dtype) {
    case INLAY_INT8:
      kernels::fully_connected_hybrid(shape_of(d), hybrid_scales(e), m.range, input, e.input<int8_t>(1), bias, scratch, output);
      break;
    case INLAY_INT4:
      kernels::fully_connected_hybrid_w4(shape_of(d), hybrid_scales(e), m.range, input, e.input<uint8_t>(1), bias, scratch,
                                         scratch + m.unpack_at, output);
      break;
    default: kernels::fully_connected_f32(shape_of(d), m.range, input, e.input<float>(1), bias, output); break;
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  if (eval_conv_twin(e, d)) return INLAY_OK;
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8:  // int4 weights: int8 ones have an eval of their own
      kernels::fully_connected_s8_w4(shape_of(d), conv_quant(e, d.math), e.input<int8_t>(0), e.input<uint8_t>(1),
                                     e.scratch<int8_t>(), e.output<int8_t>(0));
      break;
    case INLAY_UINT8:
      kernels::fully_connected_u8(shape_of(d), conv_quant(e, d.math), e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0));
      break;
    case INLAY_INT16:
      kernels::fully_connected_s16(shape_of(d), conv_quant16(e, d.math), e.input<int16_t>(0), e.input<int8_t>(1), e.output<int16_t>(0));
      break;
    default: eval_float(e, d); break;
  }
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_fully_connected_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  kernels::fully_connected_s8(shape_of(d), conv_quant(e, d.math), e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0));
  return INLAY_OK;
}

INLAY_DEFINE_OP(fully_connected, FULLY_CONNECTED, NONE, sizeof(ConvData), prepare, eval)

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
#include "ops/window_util.h"

namespace inlay {

constexpr int32_t kLimit = 1 << 24;  // far above any real layer; keeps every product of coordinates inside int32

bool window_output(int32_t in, int32_t filter, int32_t stride, int32_t dilation, int32_t before, int32_t after, int32_t* out) {
  if (filter < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) return false;
  if (filter > kLimit || stride > kLimit || dilation > kLimit || before > kLimit || after > kLimit || in > kLimit) return false;
  const int64_t reach = int64_t{filter - 1} * dilation + 1;
  const int64_t span = int64_t{in} + before + after - reach;
  if (span < 0 || reach > kLimit) return false;
  *out = static_cast<int32_t>(span / stride) + 1;
  return true;
}

bool transposed_output(int32_t in, int32_t filter, int32_t stride, int32_t before, int32_t after, int32_t* out) {
  if (in < 1 || in > kLimit || filter < 1 || filter > kLimit || stride < 1 || stride > kLimit) return false;
  if (before < 0 || before > kLimit || after < -kLimit || after > kLimit) return false;
  const int64_t size = int64_t{in - 1} * stride + filter - before - after;
  if (size < 1 || size > kLimit) return false;
  *out = static_cast<int32_t>(size);
  return true;
}

inlay_status window_extent(const Prepare& p, const inlay_tensor* input, const inlay_window& w, int32_t filter_h, int32_t filter_w,
                           int32_t* out_h, int32_t* out_w) {
  if (!window_output(input->dims[1], filter_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom, out_h) ||
      !window_output(input->dims[2], filter_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right, out_w)) {
    return p.fail("the window does not fit the input (check strides, dilations, pads)");
  }
  return INLAY_OK;
}

namespace {

/// Input, output and weights carry usable quantization; the zero points of the weights are all the same one.
inlay_status check_quant(const Prepare& p, const ConvTensors& t) {
  if (p.output(0)->dtype != t.input->dtype) return p.fail("input and output differ in dtype");
  INLAY_TRY(p.per_tensor(t.input, "input"));
  INLAY_TRY(p.per_tensor(p.output(0), "output"));
  INLAY_TRY(p.per_channel(t.weights, t.axis, "weights"));
  const inlay_quant& q = t.weights->quant;
  for (int32_t i = 1; i < q.count && q.zero_points != nullptr; ++i) {
    if (q.zero_points[i] != q.zero_points[0]) return p.fail("zero points of weights differ by channel");
  }
  return INLAY_OK;
}

inlay_status check_bias(const Prepare& p, const ConvTensors& t, uint32_t dtypes) {
  if (t.bias == nullptr) return INLAY_OK;
  INLAY_TRY(p.dtype(t.bias, dtypes, "bias"));
  if (t.bias->dtype != INLAY_FLOAT32) INLAY_TRY(p.constant(t.bias, "bias"));
  return element_count(*t.bias) == t.channels ? INLAY_OK : p.fail("bias needs one value per output channel");
}

inlay_status prepare_quant8(const Prepare& p, const ConvTensors& t, ConvMath* out) {
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(check_quant(p, t));
  INLAY_TRY(check_bias(p, t, dtype_bit(INLAY_INT32)));
  p.leaves_quant(1);
  p.leaves_quant(2);
  out->input_zero = zero_point_of(t.input);
  out->weight_zero = zero_point_of(t.weights);
  out->output_zero = zero_point_of(output);
  out->quant_range = activation_range(output->dtype, p.node().activation, scale_of(output), out->output_zero);
  float* scales = p.allocate<float>(static_cast<size_t>(t.channels));
  out->scales = Rel<float>::to(scales, p.data<void>());
  const inlay_quant& wq = t.weights->quant;
  for (int32_t c = 0; c < t.channels; ++c) {
    const float s = scale_of(t.input) * wq.scales[wq.count == 1 ? 0 : c] / scale_of(output);
    // An infinite scale times an accumulator of zero would be no number.
    if (!(s <= 3.4e38f)) return p.fail("the scales of input, weights and output make no finite factor");
    if (scales != nullptr) scales[c] = s;
  }
  return INLAY_OK;
}

inlay_status prepare_quant16(const Prepare& p, const ConvTensors& t, ConvMath* out) {
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(t.weights, dtype_bit(INLAY_INT8), "weights"));
  INLAY_TRY(check_quant(p, t));
  if (zero_point_of(t.input) != 0 || zero_point_of(t.weights) != 0 || zero_point_of(output) != 0) {
    return p.fail("int16 activations and their weights need zero points of 0");
  }
  INLAY_TRY(check_bias(p, t, dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64)));
  p.leaves_quant(1);
  p.leaves_quant(2);
  out->quant_range = activation_range(output->dtype, p.node().activation, scale_of(output), 0);
  FixedScale* scales = p.allocate<FixedScale>(static_cast<size_t>(t.channels));
  out->scales16 = Rel<FixedScale>::to(scales, p.data<void>());
  const inlay_quant& wq = t.weights->quant;
  for (int32_t c = 0; c < t.channels; ++c) {
    const double product = static_cast<double>(scale_of(t.input)) * static_cast<double>(wq.scales[wq.count == 1 ? 0 : c]);
    FixedScale s;
    if (!make_fixed_scale(product / static_cast<double>(scale_of(output)), &s)) {
      return p.fail("the scales of input, weights and output make a factor of 128 or more");
    }
    if (scales != nullptr) scales[c] = s;
  }
  if (t.bias == nullptr || t.bias->dtype == INLAY_INT64) return INLAY_OK;
  int64_t* bias = p.allocate<int64_t>(static_cast<size_t>(t.channels));
  out->bias16 = Rel<int64_t>::to(bias, p.data<void>());
  p.leaves(2);
  for (int32_t c = 0; bias != nullptr && c < t.channels; ++c) bias[c] = static_cast<const int32_t*>(t.bias->data)[c];
  return INLAY_OK;
}

inlay_status check_hybrid(const Prepare& p, const ConvTensors& t) {
  INLAY_TRY(p.constant(t.weights, "weights"));
  INLAY_TRY(p.per_channel(t.weights, t.axis, "weights"));
  const inlay_quant& q = t.weights->quant;
  for (int32_t i = 0; q.zero_points != nullptr && i < q.count; ++i) {
    if (q.zero_points[i] != 0) return p.fail("integer weights of a float op need zero points of 0");
  }
  return INLAY_OK;
}

}  // namespace

kernels::ConvQuant conv_quant(const Eval& e, const ConvMath& m) {
  return {m.scales.from(e.data<void>()), e.optional_input<int32_t>(2), m.input_zero, m.weight_zero, m.output_zero, m.quant_range};
}

kernels::ConvQuant16 conv_quant16(const Eval& e, const ConvMath& m) {
  const int64_t* widened = m.bias16.from(e.data<void>());
  return {m.scales16.from(e.data<void>()), widened != nullptr ? widened : e.optional_input<int64_t>(2), m.quant_range};
}

kernels::HybridScales hybrid_scales(const Eval& e) {
  const inlay_quant& q = e.input_tensor(1)->quant;
  return {q.scales, q.count == 1 ? 0 : 1};
}

inlay_status prepare_conv_math(const Prepare& p, const ConvTensors& t, uint32_t abilities, int64_t group, int64_t unpack,
                               ConvMath* out) {
  const bool is_float = t.input->dtype == INLAY_FLOAT32;
  const uint32_t int16 = (abilities & kConvInt16) != 0 ? dtype_bit(INLAY_INT16) : 0;
  INLAY_TRY(p.clamp_activation());
  INLAY_TRY(p.dtype(t.input, kFloat | kQuant8 | int16, "input"));
  out->range = activation_range(p.node().activation);
  size_t scratch = 0;
  if (is_float && t.weights->dtype != INLAY_FLOAT32) scratch = align_up<size_t>(static_cast<size_t>(group), 16);
  out->unpack_at = static_cast<int64_t>(scratch);
  if (t.weights->dtype == INLAY_INT4) {
    INLAY_TRY(p.constant(t.weights, "weights"));
    scratch += static_cast<size_t>(unpack);
  }
  p.scratch(scratch);
  const uint32_t int4 = (abilities & kConvInt4) != 0 ? dtype_bit(INLAY_INT4) : 0;
  if (t.input->dtype == INLAY_INT16) return prepare_quant16(p, t, out);
  if (!is_float) {
    INLAY_TRY(p.dtype(t.weights, dtype_bit(t.input->dtype) | (t.input->dtype == INLAY_INT8 ? int4 : 0), "weights"));
    return prepare_quant8(p, t, out);
  }
  const uint32_t hybrid = (abilities & kConvHybrid) != 0 ? dtype_bit(INLAY_INT8) | int4 : 0;
  INLAY_TRY(p.dtype(t.weights, kFloat | hybrid, "weights"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  INLAY_TRY(check_bias(p, t, kFloat));
  return t.weights->dtype == INLAY_FLOAT32 ? INLAY_OK : check_hybrid(p, t);
}

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
#include "ops/window_util.h"

namespace inlay {

bool window_output(int32_t in, int32_t filter, int32_t stride, int32_t dilation, int32_t before, int32_t after, int32_t* out) {
  constexpr int32_t kLimit = 1 << 24;  // far above any real layer; keeps every product of coordinates inside int32
  if (filter < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) return false;
  if (filter > kLimit || stride > kLimit || dilation > kLimit || before > kLimit || after > kLimit || in > kLimit) return false;
  const int64_t reach = int64_t{filter - 1} * dilation + 1;
  const int64_t span = int64_t{in} + before + after - reach;
  if (span < 0 || reach > kLimit) return false;
  *out = static_cast<int32_t>(span / stride) + 1;
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

inlay_status prepare_conv_quant(const Prepare& p, const inlay_tensor* input, const inlay_tensor* weights, const inlay_tensor* bias,
                                int weights_axis, int32_t channels, kernels::ConvQuant* out) {
  const inlay_tensor* output = p.output(0);
  if (output->dtype != input->dtype) return p.fail("input and output differ in dtype");
  if (weights->dtype != input->dtype) return p.fail("input and weights differ in dtype");
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  INLAY_TRY(p.per_channel(weights, weights_axis, "weights"));
  if (bias != nullptr) {
    INLAY_TRY(p.dtype(bias, dtype_bit(INLAY_INT32), "bias"));
    INLAY_TRY(p.constant(bias, "bias"));
    if (element_count(*bias) != channels) return p.fail("bias needs one value per output channel");
    out->bias = static_cast<const int32_t*>(bias->data);
  }
  const inlay_quant& wq = weights->quant;
  for (int32_t i = 1; i < wq.count && wq.zero_points != nullptr; ++i) {
    if (wq.zero_points[i] != wq.zero_points[0]) return p.fail("zero points of weights differ by channel");
  }
  out->input_zero = zero_point_of(input);
  out->weight_zero = zero_point_of(weights);
  out->output_zero = zero_point_of(output);
  out->range = activation_range(output->dtype, p.node().activation, scale_of(output), out->output_zero);
  float* scales = p.allocate<float>(static_cast<size_t>(channels));
  out->scales = scales;
  for (int32_t c = 0; c < channels; ++c) {
    const float s = scale_of(input) * wq.scales[wq.count == 1 ? 0 : c] / scale_of(output);
    // An infinite scale times an accumulator of zero would be no number.
    if (!(s <= 3.4e38f)) return p.fail("the scales of input, weights and output make no finite factor");
    if (scales != nullptr) scales[c] = s;
  }
  return INLAY_OK;
}

inlay_status prepare_conv_float(const Prepare& p, const inlay_tensor* weights, const inlay_tensor* bias, int weights_axis,
                                int32_t channels, int64_t group, kernels::HybridScales* hybrid) {
  INLAY_TRY(p.dtype(weights, kFloat | dtype_bit(INLAY_INT8), "weights"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  if (bias != nullptr) {
    INLAY_TRY(p.dtype(bias, kFloat, "bias"));
    if (element_count(*bias) != channels) return p.fail("bias needs one value per output channel");
  }
  if (weights->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.constant(weights, "weights"));
  INLAY_TRY(p.per_channel(weights, weights_axis, "weights"));
  const inlay_quant& q = weights->quant;
  for (int32_t i = 0; q.zero_points != nullptr && i < q.count; ++i) {
    if (q.zero_points[i] != 0) return p.fail("int8 weights of a float op need zero points of 0");
  }
  *hybrid = {q.scales, q.count == 1 ? 0 : 1};
  p.scratch(static_cast<size_t>(group));
  return INLAY_OK;
}

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// Checks shared by the sliding-window ops.
#pragma once
#include "kernels/conv2d.h"
#include "ops/op_util.h"

namespace inlay {

/// Checks strides, dilations and pads for being usable, and computes one output extent; false when the window does not fit.
[[nodiscard]] bool window_output(int32_t in, int32_t filter, int32_t stride, int32_t dilation, int32_t before, int32_t after,
                                 int32_t* out);
/// Output height and width of a window over [n, h, w, c]; fails with a sentence.
inlay_status window_extent(const Prepare& p, const inlay_tensor* input, const inlay_window& w, int32_t filter_h, int32_t filter_w,
                           int32_t* out_h, int32_t* out_w);

/// Data of quantized conv-like ops: kept for eval.
struct ConvData {
  kernels::ConvShape shape;
  kernels::ConvQuant quant;
  kernels::HybridScales hybrid;  ///< of float ops with int8 weights
  FloatRange range;
};

/// Fills data->quant of an int8/uint8 op whose weights carry one scale or one per index of weights->dims[axis]; checks dtypes
/// of weights and bias and every scale. `channels`: output channels.
inlay_status prepare_conv_quant(const Prepare& p, const inlay_tensor* input, const inlay_tensor* weights, const inlay_tensor* bias,
                                int weights_axis, int32_t channels, kernels::ConvQuant* out);

/// Values of one image of [n, h, w, c]. Only the product of all dims is known to fit: with no image, the rest may not.
inline int64_t image_elements(const inlay_tensor& t) { return t.dims[0] > 0 ? element_count(t) / t.dims[0] : 0; }

/// Checks weights, bias and output of a conv-like op on float32: the weights are float32, or constant int8 ones with one scale
/// or one per index of weights->dims[axis]. Then it fills `hybrid` and books scratch for `group` values, those that
/// hybrid_quantize takes at a time.
inlay_status prepare_conv_float(const Prepare& p, const inlay_tensor* weights, const inlay_tensor* bias, int weights_axis,
                                int32_t channels, int64_t group, kernels::HybridScales* hybrid);

}  // namespace inlay

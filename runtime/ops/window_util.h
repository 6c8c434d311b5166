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
  FloatRange range;
};

/// Fills data->quant of an int8/uint8 op whose weights carry one scale or one per index of weights->dims[axis]; checks dtypes
/// of weights and bias and every scale. `channels`: output channels.
inlay_status prepare_conv_quant(const Prepare& p, const inlay_tensor* input, const inlay_tensor* weights, const inlay_tensor* bias,
                                int weights_axis, int32_t channels, kernels::ConvQuant* out);

}  // namespace inlay

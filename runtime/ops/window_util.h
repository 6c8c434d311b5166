// SPDX-License-Identifier: Apache-2.0
// Checks shared by the sliding-window ops.
#pragma once
#include "kernels/conv2d.h"
#include "kernels/twins.h"
#include "ops/op_util.h"

namespace inlay {

/// Checks strides, dilations and pads for being usable, and computes one output extent; false when the window does not fit.
[[nodiscard]] bool window_output(int32_t in, int32_t filter, int32_t stride, int32_t dilation, int32_t before, int32_t after,
                                 int32_t* out);
/// The same of a transposed convolution: (in - 1) * stride + filter - before - after, where `after` may be negative.
[[nodiscard]] bool transposed_output(int32_t in, int32_t filter, int32_t stride, int32_t before, int32_t after, int32_t* out);
/// Output height and width of a window over [n, h, w, c]; fails with a sentence.
inlay_status window_extent(const Prepare& p, const inlay_tensor* input, const inlay_window& w, int32_t filter_h, int32_t filter_w,
                           int32_t* out_h, int32_t* out_w);

/// The tensors of a conv-like op.
struct ConvTensors {
  const inlay_tensor* input;
  const inlay_tensor* weights;
  const inlay_tensor* bias;  ///< may be NULL
  int axis;                  ///< of weights, along which the output channels lie
  int32_t channels;          ///< output channels: weights->dims[axis]
};

/// The numbers of a conv-like op, by the dtypes of input and weights: those of 8 bit and int16, or of float32 the range alone.
struct ConvMath {
  Rel<float> scales;         ///< 8 bit: one per output channel
  Rel<FixedScale> scales16;  ///< int16
  Rel<int64_t> bias16;       ///< int16, where the bias is stored as int32
  int32_t input_zero, weight_zero, output_zero;
  QuantRange quant_range;
  FloatRange range;
  int64_t unpack_at;  ///< offset in scratch of the bytes that take unpacked int4 weights
};

/// What a faster twin has packed, and how its work is parted.
struct ConvTwin {
  Rel<uint8_t> packed;
  int32_t parts;
  int64_t scratch_step;  ///< bytes of each part's scratch
};

/// Data of the 2-D convolutions, and of a fully connected layer: one pixel per row.
struct ConvData {
  kernels::ConvShape shape;
  ConvMath math;
  ConvTwin twin;
};

/// The numbers as kernels take them.
kernels::ConvQuant conv_quant(const Eval& e, const ConvMath& math);
kernels::ConvQuant16 conv_quant16(const Eval& e, const ConvMath& math);
kernels::HybridScales hybrid_scales(const Eval& e);

/// What a conv-like op can do beside float32 and 8-bit with weights of the input's dtype.
constexpr uint32_t kConvInt16 = 1;   ///< int16 activations with int8 weights, int64 or int32 bias
constexpr uint32_t kConvInt4 = 2;    ///< int4 weights of int8 or float32 activations
constexpr uint32_t kConvHybrid = 4;  ///< float32 activations with int8 weights

/// Checks dtypes, quantization, bias and activation of a conv-like op, fills `out` and books scratch: `group` bytes, the values
/// that hybrid_quantize takes at a time, and for int4 weights `unpack` bytes behind them.
inlay_status prepare_conv_math(const Prepare& p, const ConvTensors& t, uint32_t abilities, int64_t group, int64_t unpack,
                               ConvMath* out);

/// Whose twins are asked for.
enum class ConvKind { kConv2d, kDepthwise };

/// Chooses the twin of a conv-like op whose shape and math are prepared, if there is one for this CPU, books its scratch and packs
/// the weights. False: the portable kernel is all there is.
bool prepare_conv_twin(const Prepare& p, const ConvTensors& t, ConvKind kind, ConvData* data);
/// Runs the float twin, if there is one; 8-bit twins have an eval of their own.
bool eval_conv_twin(const Eval& e, const ConvData& data);
/// The eval of any op with ConvData whose 8-bit twin was chosen.
INLAY_DECLARE_EVAL(inlay_eval_conv_twin_q8)

/// Values of one image of [n, h, w, c]. Only the product of all dims is known to fit: with no image, the rest may not.
inline int64_t image_elements(const inlay_tensor& t) { return t.dims[0] > 0 ? element_count(t) / t.dims[0] : 0; }

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// XNNPACK's operators in the words of this backend. Two files speak to the library: api_2022.cc as Debian 12 has it, and
// api_2024.cc, where setting up is parted into sizes and places. CMake takes the one that fits the header it finds.
#pragma once
#include <xnnpack.h>

#include "inlay/graph.h"
#include "memory.h"

namespace inlay::xnnpack {

/// Where the tensors of a step lie. b is NULL for operators of one input.
struct Places {
  const void *a, *b;
  void* out;
};

struct Step;
using Prepare = xnn_status (*)(Step*, pthreadpool_t, Memory*);
using Setup = xnn_status (*)(const Step&, const Places&, pthreadpool_t);

/// An operator, and what running it needs. The first lines are set before the make_ function of its kind is called.
struct Step {
  int32_t a, b, out;  ///< tensor ids; b < 0: none
  size_t bytes_a, bytes_b;
  size_t batch, height, width, channels;  ///< of the input as the operator sees it; elementwise: `batch` of one channel
  size_t out_height, out_width;           ///< resize
  size_t rank_a, rank_b;                  ///< operators of many dims
  size_t dims_a[XNN_MAX_TENSOR_DIMS];     ///< pad: the input's dims
  size_t dims_b[XNN_MAX_TENSOR_DIMS];
  size_t before[XNN_MAX_TENSOR_DIMS], after[XNN_MAX_TENSOR_DIMS];

  xnn_operator_t op;
  Prepare prepare;  ///< takes the sizes, and all memory the operator will ask for
  Setup setup;      ///< takes places
  void* workspace;  ///< of the interface of 2024
  Places last;      ///< where the operator was last set up
};

/// A window over images: of a convolution or a pool.
struct Window {
  uint32_t top, right, bottom, left, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
};

/// Lowest and highest result, in stored values.
struct Limits {
  float low, high;
};

/// A convolution of any kind, and its constants.
struct Conv {
  Window window;
  uint32_t groups;
  size_t in_c, out_c;  ///< per group
  bool depthwise;
  const void *weights, *bias;  ///< bias: float32 or int32, or NULL
  Limits limits;
  // 8 bits
  int32_t in_zero, weights_zero, out_zero;
  float in_scale, out_scale;
  const float* weights_scale;  ///< int8: one per output channel; uint8: one

  size_t channels_in() const { return groups * in_c; }
  size_t channels_out() const { return groups * out_c; }
};

xnn_status make_conv(inlay_dtype dtype, const Conv& c, Step* s);
/// float32; one "pixel" per row. Its limits, weights and channels are those of a convolution of 1x1.
xnn_status make_connected(const Conv& c, Step* s);
xnn_status make_average_pool(const Window& w, Limits limits, Step* s);
xnn_status make_max_pool(inlay_dtype dtype, const Window& w, Limits limits, Step* s);
xnn_status make_clamp(inlay_dtype dtype, Limits limits, Step* s);
/// float32, one input; `kind` is an INLAY_OP_*, alpha the slope of LEAKY_RELU.
xnn_status make_unary(uint16_t kind, float alpha, Step* s);
/// float32, two inputs.
xnn_status make_binary(uint16_t kind, Limits limits, Step* s);
/// float32, constant slopes, one per channel; they are also the step's second input.
xnn_status make_prelu(const float* slopes, Step* s);
xnn_status make_softmax(Step* s);
/// Over height and width.
xnn_status make_mean(Step* s);
/// half_pixels: pixels are areas, else points, whose corners lie on each other where `corners` says so.
xnn_status make_resize(bool half_pixels, bool corners, Step* s);
/// Elements of 8 or 32 bits; value holds the bits of one.
xnn_status make_pad(uint32_t bits, uint32_t value, Step* s);

/// Whether ADD, SUB, MUL and DIV take an activation; then they clamp even without one, and lose NaN on x86.
extern const bool kBinaryClamps;

}  // namespace inlay::xnnpack

// SPDX-License-Identifier: Apache-2.0
// XNNPACK's interface since 2023: create with the weights, reshape to sizes, set up places, run. Compiled against its header
// of late 2024, but never run: no library with it was at hand. Elementwise operators have one function for all kinds.
#include "api.h"

namespace inlay::xnnpack {
namespace {

constexpr int64_t kHeightAndWidth[] = {1, 2};

xnn_status with(Prepare prepare, Setup setup, xnn_status status, Step* s) {
  s->prepare = prepare;
  s->setup = setup;
  return status;
}

/// Memory that an operator wants while it runs; kept, so that running needs none.
xnn_status keep_workspace(size_t bytes, size_t alignment, Memory* memory, Step* s) {
  if (bytes == 0) return xnn_status_success;
  if (alignment > kPieceAlignment) return xnn_status_unsupported_parameter;
  s->workspace = memory->take(bytes);
  return s->workspace != nullptr ? xnn_status_success : xnn_status_out_of_memory;
}

// ---- taking sizes --------------------------------------------------------------------------------------------------------

template <auto kReshape>
xnn_status conv_sizes(Step* s, pthreadpool_t pool, Memory* memory) {
  size_t bytes = 0, alignment = 1, height = 0, width = 0;
  const xnn_status status = kReshape(s->op, s->batch, s->height, s->width, &bytes, &alignment, &height, &width, pool);
  return status == xnn_status_success ? keep_workspace(bytes, alignment, memory, s) : status;
}
xnn_status average_pool_sizes(Step* s, pthreadpool_t pool, Memory* memory) {
  const size_t n = s->channels;
  size_t bytes = 0, alignment = 1, height = 0, width = 0;
  const xnn_status status = xnn_reshape_average_pooling2d_nhwc_f32(s->op, s->batch, s->height, s->width, n, n, n, &bytes,
                                                                   &alignment, &height, &width, pool);
  return status == xnn_status_success ? keep_workspace(bytes, alignment, memory, s) : status;
}
template <auto kReshape>
xnn_status max_pool_sizes(Step* s, pthreadpool_t pool, Memory*) {
  const size_t n = s->channels;
  size_t height = 0, width = 0;
  return kReshape(s->op, s->batch, s->height, s->width, n, n, n, &height, &width, pool);
}
xnn_status connected_sizes(Step* s, pthreadpool_t pool, Memory*) {
  return xnn_reshape_fully_connected_nc_f32(s->op, s->batch, pool);
}
xnn_status element_sizes(Step* s, pthreadpool_t pool, Memory*) {
  return xnn_reshape_unary_elementwise_nc(s->op, s->batch, 1, 1, 1, pool);
}
xnn_status pair_sizes(Step* s, pthreadpool_t pool, Memory*) {
  return xnn_reshape_binary_elementwise_nd(s->op, s->rank_a, s->dims_a, s->rank_b, s->dims_b, pool);
}
xnn_status softmax_sizes(Step* s, pthreadpool_t pool, Memory*) {
  const size_t n = s->channels;
  return xnn_reshape_softmax_nc_f32(s->op, n, n, n, s->batch, pool);
}
xnn_status mean_sizes(Step* s, pthreadpool_t pool, Memory* memory) {
  const size_t dims[] = {s->batch, s->height, s->width, s->channels};
  size_t bytes = 0, alignment = 1;
  const xnn_status status = xnn_reshape_reduce_nd(s->op, 2, kHeightAndWidth, 4, dims, &bytes, &alignment, pool);
  return status == xnn_status_success ? keep_workspace(bytes, alignment, memory, s) : status;
}
xnn_status resize_sizes(Step* s, pthreadpool_t pool, Memory* memory) {
  const size_t n = s->channels;
  size_t bytes = 0, alignment = 1;
  const xnn_status status =
      xnn_reshape_resize_bilinear2d_nhwc_f32(s->op, s->batch, s->height, s->width, n, n, n, &bytes, &alignment, pool);
  return status == xnn_status_success ? keep_workspace(bytes, alignment, memory, s) : status;
}
template <auto kReshape>
xnn_status pad_sizes(Step* s, pthreadpool_t pool, Memory*) {
  return kReshape(s->op, s->rank_a, s->dims_a, s->before, s->after, pool);
}

// ---- taking places -------------------------------------------------------------------------------------------------------

template <auto kSetup, typename T>
xnn_status places(const Step& s, const Places& p, pthreadpool_t) {
  return kSetup(s.op, static_cast<const T*>(p.a), static_cast<T*>(p.out));
}
template <auto kSetup, typename T>
xnn_status places_with_workspace(const Step& s, const Places& p, pthreadpool_t) {
  return kSetup(s.op, s.workspace, static_cast<const T*>(p.a), static_cast<T*>(p.out));
}
xnn_status places_of_pair(const Step& s, const Places& p, pthreadpool_t) {
  return xnn_setup_binary_elementwise_nd(s.op, p.a, p.b, p.out);
}

// ---- creating ------------------------------------------------------------------------------------------------------------

uint32_t conv_flags(const Conv& c) { return c.depthwise ? XNN_FLAG_DEPTHWISE_CONVOLUTION : 0; }

xnn_status make_conv_f32(const Conv& c, Step* s) {
  const Window& w = c.window;
  return xnn_create_convolution2d_nhwc_f32(
      w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, c.groups,
      c.in_c, c.out_c, c.channels_in(), c.channels_out(), static_cast<const float*>(c.weights), static_cast<const float*>(c.bias),
      c.limits.low, c.limits.high, conv_flags(c), nullptr, nullptr, &s->op);
}

xnn_status make_conv_s8(const Conv& c, Step* s) {
  const Window& w = c.window;
  return xnn_create_convolution2d_nhwc_qs8_qc8w(
      w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, c.groups,
      c.in_c, c.out_c, c.channels_in(), c.channels_out(), static_cast<int8_t>(c.in_zero), c.in_scale, c.weights_scale,
      static_cast<const int8_t*>(c.weights), static_cast<const int32_t*>(c.bias), static_cast<int8_t>(c.out_zero), c.out_scale,
      static_cast<int8_t>(c.limits.low), static_cast<int8_t>(c.limits.high), conv_flags(c), nullptr, nullptr, &s->op);
}

xnn_status make_conv_u8(const Conv& c, Step* s) {
  const Window& w = c.window;
  return xnn_create_convolution2d_nhwc_qu8(
      w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, c.groups,
      c.in_c, c.out_c, c.channels_in(), c.channels_out(), static_cast<uint8_t>(c.in_zero), c.in_scale,
      static_cast<uint8_t>(c.weights_zero), c.weights_scale[0], static_cast<const uint8_t*>(c.weights),
      static_cast<const int32_t*>(c.bias), static_cast<uint8_t>(c.out_zero), c.out_scale, static_cast<uint8_t>(c.limits.low),
      static_cast<uint8_t>(c.limits.high), conv_flags(c), nullptr, nullptr, &s->op);
}

template <typename T, auto kCreate, auto kReshape, auto kSetup>
xnn_status make_max_pool_of(const Window& w, Limits limits, Step* s) {
  return with(max_pool_sizes<kReshape>, places<kSetup, T>,
              kCreate(w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h,
                      w.dilation_w, static_cast<T>(limits.low), static_cast<T>(limits.high), 0, &s->op),
              s);
}

xnn_status unary(xnn_unary_operator type, xnn_datatype datatype, const xnn_unary_params* params, Step* s) {
  const xnn_quantization_params same = {0, 1.0f};  // clamps of stored integers: any quantization that both sides share
  return with(element_sizes, places<xnn_setup_unary_elementwise_nc, void>,
              xnn_create_unary_elementwise_nc(type, datatype, datatype, params, &same, &same, 0, &s->op), s);
}

xnn_status binary(xnn_binary_operator type, Step* s) {
  return with(pair_sizes, places_of_pair,
              xnn_create_binary_elementwise_nd(type, xnn_datatype_fp32, nullptr, nullptr, nullptr, 0, &s->op), s);
}

}  // namespace

const bool kBinaryClamps = false;

#define XNN_THREE(name) xnn_create_##name, xnn_reshape_##name, xnn_setup_##name

xnn_status make_conv(inlay_dtype dtype, const Conv& c, Step* s) {
  switch (dtype) {
    case INLAY_INT8:
      return with(conv_sizes<xnn_reshape_convolution2d_nhwc_qs8_qc8w>,
                  places_with_workspace<xnn_setup_convolution2d_nhwc_qs8_qc8w, int8_t>, make_conv_s8(c, s), s);
    case INLAY_UINT8:
      return with(conv_sizes<xnn_reshape_convolution2d_nhwc_qu8>,
                  places_with_workspace<xnn_setup_convolution2d_nhwc_qu8, uint8_t>, make_conv_u8(c, s), s);
    default:
      return with(conv_sizes<xnn_reshape_convolution2d_nhwc_f32>, places_with_workspace<xnn_setup_convolution2d_nhwc_f32, float>,
                  make_conv_f32(c, s), s);
  }
}

xnn_status make_connected(const Conv& c, Step* s) {
  return with(connected_sizes, places<xnn_setup_fully_connected_nc_f32, float>,
              xnn_create_fully_connected_nc_f32(c.in_c, c.out_c, c.in_c, c.out_c, static_cast<const float*>(c.weights),
                                                static_cast<const float*>(c.bias), c.limits.low, c.limits.high, 0, nullptr,
                                                nullptr, &s->op),
              s);
}

xnn_status make_average_pool(const Window& w, Limits limits, Step* s) {
  return with(average_pool_sizes, places_with_workspace<xnn_setup_average_pooling2d_nhwc_f32, float>,
              xnn_create_average_pooling2d_nhwc_f32(w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h,
                                                    w.stride_w, limits.low, limits.high, 0, &s->op),
              s);
}

xnn_status make_max_pool(inlay_dtype dtype, const Window& w, Limits limits, Step* s) {
  switch (dtype) {
    case INLAY_INT8: return make_max_pool_of<int8_t, XNN_THREE(max_pooling2d_nhwc_s8)>(w, limits, s);
    case INLAY_UINT8: return make_max_pool_of<uint8_t, XNN_THREE(max_pooling2d_nhwc_u8)>(w, limits, s);
    default: return make_max_pool_of<float, XNN_THREE(max_pooling2d_nhwc_f32)>(w, limits, s);
  }
}

xnn_status make_clamp(inlay_dtype dtype, Limits limits, Step* s) {
  xnn_unary_params params = {};
  params.clamp.min = limits.low;
  params.clamp.max = limits.high;
  switch (dtype) {
    case INLAY_INT8: return unary(xnn_unary_clamp, xnn_datatype_qint8, &params, s);
    case INLAY_UINT8: return unary(xnn_unary_clamp, xnn_datatype_quint8, &params, s);
    default: return unary(xnn_unary_clamp, xnn_datatype_fp32, &params, s);
  }
}

xnn_status make_unary(uint16_t kind, float alpha, Step* s) {
  xnn_unary_params params = {};
  switch (kind) {
    case INLAY_OP_ABS: return unary(xnn_unary_abs, xnn_datatype_fp32, &params, s);
    case INLAY_OP_NEG: return unary(xnn_unary_negate, xnn_datatype_fp32, &params, s);
    case INLAY_OP_SQUARE: return unary(xnn_unary_square, xnn_datatype_fp32, &params, s);
    case INLAY_OP_SQRT: return unary(xnn_unary_square_root, xnn_datatype_fp32, &params, s);
    case INLAY_OP_FLOOR: return unary(xnn_unary_floor, xnn_datatype_fp32, &params, s);
    case INLAY_OP_CEIL: return unary(xnn_unary_ceiling, xnn_datatype_fp32, &params, s);
    case INLAY_OP_ROUND: return unary(xnn_unary_bankers_rounding, xnn_datatype_fp32, &params, s);
    case INLAY_OP_HARD_SWISH: return unary(xnn_unary_hardswish, xnn_datatype_fp32, &params, s);
    case INLAY_OP_LOGISTIC: return unary(xnn_unary_sigmoid, xnn_datatype_fp32, &params, s);
    case INLAY_OP_ELU: params.elu.alpha = 1.0f; return unary(xnn_unary_elu, xnn_datatype_fp32, &params, s);
    case INLAY_OP_LEAKY_RELU:
      params.leaky_relu.negative_slope = alpha;
      return unary(xnn_unary_leaky_relu, xnn_datatype_fp32, &params, s);
    default: return xnn_status_unsupported_parameter;
  }
}

xnn_status make_binary(uint16_t kind, Limits, Step* s) {
  switch (kind) {
    case INLAY_OP_ADD: return binary(xnn_binary_add, s);
    case INLAY_OP_SUB: return binary(xnn_binary_subtract, s);
    case INLAY_OP_MUL: return binary(xnn_binary_multiply, s);
    case INLAY_OP_DIV: return binary(xnn_binary_divide, s);
    case INLAY_OP_MAXIMUM: return binary(xnn_binary_maximum, s);
    case INLAY_OP_MINIMUM: return binary(xnn_binary_minimum, s);
    case INLAY_OP_SQUARED_DIFFERENCE: return binary(xnn_binary_squared_difference, s);
    default: return xnn_status_unsupported_parameter;
  }
}

xnn_status make_prelu(const float*, Step* s) { return binary(xnn_binary_prelu, s); }

xnn_status make_softmax(Step* s) {
  return with(softmax_sizes, places<xnn_setup_softmax_nc_f32, float>, xnn_create_softmax_nc_f32(0, &s->op), s);
}

xnn_status make_mean(Step* s) {
  return with(mean_sizes, places_with_workspace<xnn_setup_reduce_nd, void>,
              xnn_create_reduce_nd(xnn_reduce_mean, xnn_datatype_fp32, nullptr, nullptr, 0, &s->op), s);
}

xnn_status make_resize(bool half_pixels, bool corners, Step* s) {
  const uint32_t points = corners ? XNN_FLAG_ALIGN_CORNERS : XNN_FLAG_TENSORFLOW_LEGACY_MODE;
  return with(resize_sizes, places_with_workspace<xnn_setup_resize_bilinear2d_nhwc_f32, float>,
              xnn_create_resize_bilinear2d_nhwc_f32(s->out_height, s->out_width, half_pixels ? 0 : points, &s->op), s);
}

xnn_status make_pad(uint32_t bits, uint32_t value, Step* s) {
  if (bits == 32) {
    return with(pad_sizes<xnn_reshape_constant_pad_nd_x32>, places<xnn_setup_constant_pad_nd_x32, void>,
                xnn_create_constant_pad_nd_x32(&value, 0, &s->op), s);
  }
  const auto byte = static_cast<uint8_t>(value);
  return with(pad_sizes<xnn_reshape_constant_pad_nd_x8>, places<xnn_setup_constant_pad_nd_x8, void>,
              xnn_create_constant_pad_nd_x8(&byte, 0, &s->op), s);
}

#undef XNN_THREE

}  // namespace inlay::xnnpack

// SPDX-License-Identifier: Apache-2.0
// XNNPACK's interface until 2022: create with the weights, set up with sizes and places, run.
#include <limits>

#include "api.h"

namespace inlay::xnnpack {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Sizes are taken by setting up for a place nobody reads from, which also makes the tables of pixels; they move later.
xnn_status prepare(Step* s, pthreadpool_t pool, Memory*) {
  const auto nowhere = static_cast<uintptr_t>(1) << 20;
  s->last = {reinterpret_cast<const void*>(nowhere), reinterpret_cast<const void*>(nowhere), reinterpret_cast<void*>(nowhere)};
  return s->setup(*s, s->last, pool);
}

xnn_status with(Setup setup, xnn_status status, Step* s) {
  s->prepare = prepare;
  s->setup = setup;
  return status;
}

/// The functions of XNNPACK that set up operators have one of these forms.
template <auto kFunction, typename T>
xnn_status image(const Step& s, const Places& p, pthreadpool_t pool) {
  return kFunction(s.op, s.batch, s.height, s.width, static_cast<const T*>(p.a), static_cast<T*>(p.out), pool);
}
template <auto kFunction, typename T>
xnn_status rows(const Step& s, const Places& p, pthreadpool_t pool) {
  return kFunction(s.op, s.batch, static_cast<const T*>(p.a), static_cast<T*>(p.out), pool);
}
template <auto kFunction>
xnn_status pairs(const Step& s, const Places& p, pthreadpool_t pool) {
  return kFunction(s.op, s.rank_a, s.dims_a, s.rank_b, s.dims_b, static_cast<const float*>(p.a), static_cast<const float*>(p.b),
                   static_cast<float*>(p.out), pool);
}
template <auto kFunction>
xnn_status borders(const Step& s, const Places& p, pthreadpool_t pool) {
  return kFunction(s.op, s.rank_a, s.dims_a, s.before, s.after, p.a, p.out, pool);
}
xnn_status resized(const Step& s, const Places& p, pthreadpool_t pool) {
  return xnn_setup_resize_bilinear2d_nhwc_f32(s.op, s.batch, s.height, s.width, s.out_height, s.out_width,
                                              static_cast<const float*>(p.a), static_cast<float*>(p.out), pool);
}
xnn_status averaged(const Step& s, const Places& p, pthreadpool_t pool) {
  return xnn_setup_global_average_pooling_nwc_f32(s.op, s.batch, s.height * s.width, static_cast<const float*>(p.a),
                                                  static_cast<float*>(p.out), pool);
}

uint32_t conv_flags(const Conv& c) { return c.depthwise ? XNN_FLAG_DEPTHWISE_CONVOLUTION : 0; }

xnn_status make_conv_f32(const Conv& c, Step* s) {
  const Window& w = c.window;
  return xnn_create_convolution2d_nhwc_f32(w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w,
                                           w.dilation_h, w.dilation_w, c.groups, c.in_c, c.out_c, c.channels_in(),
                                           c.channels_out(), static_cast<const float*>(c.weights),
                                           static_cast<const float*>(c.bias), c.limits.low, c.limits.high, conv_flags(c), &s->op);
}

xnn_status make_conv_s8(const Conv& c, Step* s) {
  const Window& w = c.window;
  return xnn_create_convolution2d_nhwc_qc8(
      w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, c.groups,
      c.in_c, c.out_c, c.channels_in(), c.channels_out(), static_cast<int8_t>(c.in_zero), c.in_scale, c.weights_scale,
      static_cast<const int8_t*>(c.weights), static_cast<const int32_t*>(c.bias), static_cast<int8_t>(c.out_zero), c.out_scale,
      static_cast<int8_t>(c.limits.low), static_cast<int8_t>(c.limits.high), conv_flags(c), &s->op);
}

xnn_status make_conv_u8(const Conv& c, Step* s) {
  const Window& w = c.window;
  return xnn_create_convolution2d_nhwc_qu8(
      w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, c.groups,
      c.in_c, c.out_c, c.channels_in(), c.channels_out(), static_cast<uint8_t>(c.in_zero), c.in_scale,
      static_cast<uint8_t>(c.weights_zero), c.weights_scale[0], static_cast<const uint8_t*>(c.weights),
      static_cast<const int32_t*>(c.bias), static_cast<uint8_t>(c.out_zero), c.out_scale, static_cast<uint8_t>(c.limits.low),
      static_cast<uint8_t>(c.limits.high), conv_flags(c), &s->op);
}

template <typename T, auto kCreate, auto kSetup>
xnn_status make_max_pool_of(const Window& w, Limits limits, Step* s) {
  const size_t n = s->channels;
  return with(image<kSetup, T>,
              kCreate(w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h,
                      w.dilation_w, n, n, n, static_cast<T>(limits.low), static_cast<T>(limits.high), 0, &s->op),
              s);
}

template <typename T, auto kCreate, auto kSetup>
xnn_status make_clamp_of(Limits limits, Step* s) {
  return with(rows<kSetup, T>, kCreate(1, 1, 1, static_cast<T>(limits.low), static_cast<T>(limits.high), 0, &s->op), s);
}

template <auto kCreate, auto kSetup>
xnn_status unary(Step* s) {
  return with(rows<kSetup, float>, kCreate(1, 1, 1, 0, &s->op), s);
}
template <auto kCreate, auto kSetup>
xnn_status unary(float param, Step* s) {
  return with(rows<kSetup, float>, kCreate(1, 1, 1, param, 0, &s->op), s);
}
template <auto kCreate, auto kSetup>
xnn_status binary(Step* s) {
  return with(pairs<kSetup>, kCreate(0, &s->op), s);
}
template <auto kCreate, auto kSetup>
xnn_status clamped_binary(Limits limits, Step* s) {
  return with(pairs<kSetup>, kCreate(limits.low, limits.high, 0, &s->op), s);
}

}  // namespace

const bool kBinaryClamps = true;

#define XNN_PAIR(name) xnn_create_##name, xnn_setup_##name

xnn_status make_conv(inlay_dtype dtype, const Conv& c, Step* s) {
  switch (dtype) {
    case INLAY_INT8: return with(image<xnn_setup_convolution2d_nhwc_qc8, int8_t>, make_conv_s8(c, s), s);
    case INLAY_UINT8: return with(image<xnn_setup_convolution2d_nhwc_qu8, uint8_t>, make_conv_u8(c, s), s);
    default: return with(image<xnn_setup_convolution2d_nhwc_f32, float>, make_conv_f32(c, s), s);
  }
}

xnn_status make_connected(const Conv& c, Step* s) {
  return with(rows<xnn_setup_fully_connected_nc_f32, float>,
              xnn_create_fully_connected_nc_f32(c.in_c, c.out_c, c.in_c, c.out_c, static_cast<const float*>(c.weights),
                                                static_cast<const float*>(c.bias), c.limits.low, c.limits.high, 0, &s->op),
              s);
}

xnn_status make_average_pool(const Window& w, Limits limits, Step* s) {
  const size_t n = s->channels;
  return with(image<xnn_setup_average_pooling2d_nhwc_f32, float>,
              xnn_create_average_pooling2d_nhwc_f32(w.top, w.right, w.bottom, w.left, w.kernel_h, w.kernel_w, w.stride_h,
                                                    w.stride_w, n, n, n, limits.low, limits.high, 0, &s->op),
              s);
}

xnn_status make_max_pool(inlay_dtype dtype, const Window& w, Limits limits, Step* s) {
  switch (dtype) {
    case INLAY_INT8: return make_max_pool_of<int8_t, XNN_PAIR(max_pooling2d_nhwc_s8)>(w, limits, s);
    case INLAY_UINT8: return make_max_pool_of<uint8_t, XNN_PAIR(max_pooling2d_nhwc_u8)>(w, limits, s);
    default: return make_max_pool_of<float, XNN_PAIR(max_pooling2d_nhwc_f32)>(w, limits, s);
  }
}

xnn_status make_clamp(inlay_dtype dtype, Limits limits, Step* s) {
  switch (dtype) {
    case INLAY_INT8: return make_clamp_of<int8_t, XNN_PAIR(clamp_nc_s8)>(limits, s);
    case INLAY_UINT8: return make_clamp_of<uint8_t, XNN_PAIR(clamp_nc_u8)>(limits, s);
    default: return make_clamp_of<float, XNN_PAIR(clamp_nc_f32)>(limits, s);
  }
}

xnn_status make_unary(uint16_t kind, float alpha, Step* s) {
  switch (kind) {
    case INLAY_OP_ABS: return unary<XNN_PAIR(abs_nc_f32)>(s);
    case INLAY_OP_NEG: return unary<XNN_PAIR(negate_nc_f32)>(s);
    case INLAY_OP_SQUARE: return unary<XNN_PAIR(square_nc_f32)>(s);
    case INLAY_OP_SQRT: return unary<XNN_PAIR(square_root_nc_f32)>(s);
    case INLAY_OP_FLOOR: return unary<XNN_PAIR(floor_nc_f32)>(s);
    case INLAY_OP_CEIL: return unary<XNN_PAIR(ceiling_nc_f32)>(s);
    case INLAY_OP_ROUND: return unary<XNN_PAIR(bankers_rounding_nc_f32)>(s);
    case INLAY_OP_HARD_SWISH: return unary<XNN_PAIR(hardswish_nc_f32)>(s);
    case INLAY_OP_LOGISTIC: return unary<XNN_PAIR(sigmoid_nc_f32)>(s);
    case INLAY_OP_ELU: return unary<XNN_PAIR(elu_nc_f32)>(1.0f, s);
    case INLAY_OP_LEAKY_RELU: return unary<XNN_PAIR(leaky_relu_nc_f32)>(alpha, s);
    default: return xnn_status_unsupported_parameter;
  }
}

xnn_status make_binary(uint16_t kind, Limits limits, Step* s) {
  switch (kind) {
    case INLAY_OP_ADD: return clamped_binary<XNN_PAIR(add_nd_f32)>(limits, s);
    case INLAY_OP_SUB: return clamped_binary<XNN_PAIR(subtract_nd_f32)>(limits, s);
    case INLAY_OP_MUL: return clamped_binary<XNN_PAIR(multiply_nd_f32)>(limits, s);
    case INLAY_OP_DIV: return clamped_binary<XNN_PAIR(divide_nd_f32)>(limits, s);
    case INLAY_OP_MAXIMUM: return binary<XNN_PAIR(maximum_nd_f32)>(s);
    case INLAY_OP_MINIMUM: return binary<XNN_PAIR(minimum_nd_f32)>(s);
    case INLAY_OP_SQUARED_DIFFERENCE: return binary<XNN_PAIR(squared_difference_nd_f32)>(s);
    default: return xnn_status_unsupported_parameter;
  }
}

xnn_status make_prelu(const float* slopes, Step* s) {
  const size_t n = s->channels;
  return with(rows<xnn_setup_prelu_nc_f32, float>, xnn_create_prelu_nc_f32(n, n, n, slopes, 0, &s->op), s);
}

xnn_status make_softmax(Step* s) {
  const size_t n = s->channels;
  return with(rows<xnn_setup_softmax_nc_f32, float>, xnn_create_softmax_nc_f32(n, n, n, 0, &s->op), s);
}

xnn_status make_mean(Step* s) {
  const size_t n = s->channels;
  return with(averaged, xnn_create_global_average_pooling_nwc_f32(n, n, n, -kInfinity, kInfinity, 0, &s->op), s);
}

xnn_status make_resize(bool half_pixels, bool corners, Step* s) {
  const size_t n = s->channels;
  const uint32_t points = corners ? XNN_FLAG_ALIGN_CORNERS : XNN_FLAG_TENSORFLOW_LEGACY_MODE;
  return with(resized, xnn_create_resize_bilinear2d_nhwc_f32(n, n, n, half_pixels ? 0 : points, &s->op), s);
}

xnn_status make_pad(uint32_t bits, uint32_t value, Step* s) {
  if (bits == 32) return with(borders<xnn_setup_constant_pad_nd_x32>, xnn_create_constant_pad_nd_x32(&value, 0, &s->op), s);
  const auto byte = static_cast<uint8_t>(value);
  return with(borders<xnn_setup_constant_pad_nd_x8>, xnn_create_constant_pad_nd_x8(&byte, 0, &s->op), s);
}

#undef XNN_PAIR

}  // namespace inlay::xnnpack

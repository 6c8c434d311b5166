// SPDX-License-Identifier: Apache-2.0
// The shim over XNNPACK's operator interface, as Debian 12 has it (2022): create with the weights, set up with sizes and
// places, run. Its own graph is never used, so every tensor stays where the session planned it.
#include "operators.h"

#include <cstring>
#include <limits>

#include "core/quant.h"
#include "core/tensor.h"

namespace inlay::xnnpack {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// What the creating functions below read of a node.
struct Source {
  const inlay_graph& graph;
  const inlay_node& node;
  Memory& memory;

  const inlay_tensor* in(int i) const {
    return i < node.input_count && node.inputs[i] >= 0 ? &graph.tensors[node.inputs[i]] : nullptr;
  }
  const inlay_tensor* out() const { return &graph.tensors[node.outputs[0]]; }
  template <typename T>
  const T* data(int i) const {
    return in(i) != nullptr ? static_cast<const T*>(in(i)->data) : nullptr;
  }
  template <typename P>
  const P& params() const {
    return *static_cast<const P*>(node.params);
  }
  FloatRange float_range() const { return activation_range(node.activation); }
  QuantRange quant_range() const {
    return activation_range(out()->dtype, node.activation, scale_of(out()), zero_point_of(out()));
  }
};

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
  return xnn_setup_global_average_pooling_nwc_f32(s.op, s.batch, s.width, static_cast<const float*>(p.a),
                                                  static_cast<float*>(p.out), pool);
}

void set_image(const inlay_tensor& t, Step* s) {
  s->batch = static_cast<size_t>(t.dims[0]);
  s->height = static_cast<size_t>(t.dims[1]);
  s->width = static_cast<size_t>(t.dims[2]);
}

/// A convolution of any kind: also a fully connected layer, as one of a 1x1 window over `batch` pixels.
struct Conv {
  uint32_t top, right, bottom, left, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, groups;
  size_t in_c, out_c;  // per group
  uint32_t flags;

  size_t channels_in() const { return groups * in_c; }
  size_t channels_out() const { return groups * out_c; }
};

uint32_t u32(int32_t v) { return static_cast<uint32_t>(v); }

Conv conv_of(const Source& s) {
  const inlay_tensor& weights = *s.in(1);
  if (s.node.kind == INLAY_OP_FULLY_CONNECTED) {
    return {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, static_cast<size_t>(weights.dims[1]), static_cast<size_t>(weights.dims[0]), 0};
  }
  const auto& w = s.params<inlay_window>();
  Conv c = {u32(w.pad_top),
            u32(w.pad_right),
            u32(w.pad_bottom),
            u32(w.pad_left),
            u32(weights.dims[1]),
            u32(weights.dims[2]),
            u32(w.stride_h),
            u32(w.stride_w),
            u32(w.dilation_h),
            u32(w.dilation_w),
            1,
            0,
            0,
            0};
  const int32_t in_c = s.in(0)->dims[3], out_c = s.out()->dims[3];
  const bool depthwise = s.node.kind == INLAY_OP_DEPTHWISE_CONV_2D;
  c.groups = u32(depthwise ? in_c : w.groups);
  c.in_c = u32(in_c) / c.groups;
  c.out_c = u32(out_c) / c.groups;
  c.flags = depthwise ? XNN_FLAG_DEPTHWISE_CONVOLUTION : 0;
  return c;
}

/// One scale per output channel, as the qc8 operators want it. They read it only while they are made.
const float* channel_scales(const Source& s, size_t channels) {
  const inlay_quant& quant = s.in(1)->quant;
  if (quant.count == static_cast<int32_t>(channels)) return quant.scales;
  auto* scales = static_cast<float*>(s.memory.take(channels * sizeof(float)));
  for (size_t c = 0; scales != nullptr && c < channels; ++c) scales[c] = quant.scales[0];
  return scales;
}

xnn_status make_conv_s8(const Source& s, const Conv& c, Step* step) {
  const QuantRange range = s.quant_range();
  const float* scales = channel_scales(s, c.channels_out());
  if (scales == nullptr) return xnn_status_out_of_memory;
  step->setup = image<xnn_setup_convolution2d_nhwc_qc8, int8_t>;
  return xnn_create_convolution2d_nhwc_qc8(
      c.top, c.right, c.bottom, c.left, c.kernel_h, c.kernel_w, c.stride_h, c.stride_w, c.dilation_h, c.dilation_w, c.groups,
      c.in_c, c.out_c, c.channels_in(), c.channels_out(), static_cast<int8_t>(zero_point_of(s.in(0))), scale_of(s.in(0)), scales,
      s.data<int8_t>(1), s.data<int32_t>(2), static_cast<int8_t>(zero_point_of(s.out())), scale_of(s.out()),
      static_cast<int8_t>(range.min), static_cast<int8_t>(range.max), c.flags, &step->op);
}

xnn_status make_conv_u8(const Source& s, const Conv& c, Step* step) {
  const QuantRange range = s.quant_range();
  step->setup = image<xnn_setup_convolution2d_nhwc_qu8, uint8_t>;
  return xnn_create_convolution2d_nhwc_qu8(c.top, c.right, c.bottom, c.left, c.kernel_h, c.kernel_w, c.stride_h, c.stride_w,
                                           c.dilation_h, c.dilation_w, c.groups, c.in_c, c.out_c, c.channels_in(),
                                           c.channels_out(), static_cast<uint8_t>(zero_point_of(s.in(0))), scale_of(s.in(0)),
                                           static_cast<uint8_t>(zero_point_of(s.in(1))), scale_of(s.in(1)), s.data<uint8_t>(1),
                                           s.data<int32_t>(2), static_cast<uint8_t>(zero_point_of(s.out())), scale_of(s.out()),
                                           static_cast<uint8_t>(range.min), static_cast<uint8_t>(range.max), c.flags, &step->op);
}

xnn_status make_conv(const Source& s, Step* step) {
  const Conv c = conv_of(s);
  if (s.node.kind == INLAY_OP_FULLY_CONNECTED) {
    step->batch = static_cast<size_t>(element_count(*s.in(0))) / c.in_c;
    step->height = step->width = 1;
  } else {
    set_image(*s.in(0), step);
  }
  if (s.in(0)->dtype == INLAY_INT8) return make_conv_s8(s, c, step);
  if (s.in(0)->dtype == INLAY_UINT8) return make_conv_u8(s, c, step);
  const FloatRange range = s.float_range();
  if (s.node.kind == INLAY_OP_FULLY_CONNECTED) {
    step->setup = rows<xnn_setup_fully_connected_nc_f32, float>;
    return xnn_create_fully_connected_nc_f32(c.in_c, c.out_c, c.in_c, c.out_c, s.data<float>(1), s.data<float>(2), range.min,
                                             range.max, 0, &step->op);
  }
  step->setup = image<xnn_setup_convolution2d_nhwc_f32, float>;
  return xnn_create_convolution2d_nhwc_f32(c.top, c.right, c.bottom, c.left, c.kernel_h, c.kernel_w, c.stride_h, c.stride_w,
                                           c.dilation_h, c.dilation_w, c.groups, c.in_c, c.out_c, c.channels_in(),
                                           c.channels_out(), s.data<float>(1), s.data<float>(2), range.min, range.max, c.flags,
                                           &step->op);
}

xnn_status make_average_pool(const Source& s, Step* step) {
  const auto& w = s.params<inlay_window>();
  const FloatRange range = s.float_range();
  const size_t channels = u32(s.in(0)->dims[3]);
  set_image(*s.in(0), step);
  step->setup = image<xnn_setup_average_pooling2d_nhwc_f32, float>;
  return xnn_create_average_pooling2d_nhwc_f32(u32(w.pad_top), u32(w.pad_right), u32(w.pad_bottom), u32(w.pad_left),
                                               u32(w.filter_h), u32(w.filter_w), u32(w.stride_h), u32(w.stride_w), channels,
                                               channels, channels, range.min, range.max, 0, &step->op);
}

template <typename T, auto kCreate, auto kSetup, typename Range>
xnn_status make_max_pool_of(const Source& s, Range range, Step* step) {
  const auto& w = s.params<inlay_window>();
  const size_t channels = u32(s.in(0)->dims[3]);
  set_image(*s.in(0), step);
  step->setup = image<kSetup, T>;
  return kCreate(u32(w.pad_top), u32(w.pad_right), u32(w.pad_bottom), u32(w.pad_left), u32(w.filter_h), u32(w.filter_w),
                 u32(w.stride_h), u32(w.stride_w), 1, 1, channels, channels, channels, static_cast<T>(range.min),
                 static_cast<T>(range.max), 0, &step->op);
}

xnn_status make_max_pool(const Source& s, Step* step) {
  switch (s.in(0)->dtype) {
    case INLAY_INT8:
      return make_max_pool_of<int8_t, xnn_create_max_pooling2d_nhwc_s8, xnn_setup_max_pooling2d_nhwc_s8>(s, s.quant_range(),
                                                                                                         step);
    case INLAY_UINT8:
      return make_max_pool_of<uint8_t, xnn_create_max_pooling2d_nhwc_u8, xnn_setup_max_pooling2d_nhwc_u8>(s, s.quant_range(),
                                                                                                          step);
    default:
      return make_max_pool_of<float, xnn_create_max_pooling2d_nhwc_f32, xnn_setup_max_pooling2d_nhwc_f32>(s, s.float_range(),
                                                                                                          step);
  }
}

/// Operators on each element: `batch` of them, one channel wide, so that XNNPACK may cut the work where it likes.
template <auto kSetup, typename T>
void set_elements(const Source& s, Step* step) {
  step->batch = static_cast<size_t>(element_count(*s.in(0)));
  step->setup = rows<kSetup, T>;
}

xnn_status make_clamp(const Source& s, Step* step) {
  const QuantRange q = s.quant_range();
  const FloatRange f = s.float_range();
  switch (s.in(0)->dtype) {
    case INLAY_INT8:
      set_elements<xnn_setup_clamp_nc_s8, int8_t>(s, step);
      return xnn_create_clamp_nc_s8(1, 1, 1, static_cast<int8_t>(q.min), static_cast<int8_t>(q.max), 0, &step->op);
    case INLAY_UINT8:
      set_elements<xnn_setup_clamp_nc_u8, uint8_t>(s, step);
      return xnn_create_clamp_nc_u8(1, 1, 1, static_cast<uint8_t>(q.min), static_cast<uint8_t>(q.max), 0, &step->op);
    default:
      set_elements<xnn_setup_clamp_nc_f32, float>(s, step);
      return xnn_create_clamp_nc_f32(1, 1, 1, f.min, f.max, 0, &step->op);
  }
}

template <auto kCreate, auto kSetup>
xnn_status make_unary(const Source& s, Step* step) {
  set_elements<kSetup, float>(s, step);
  return kCreate(1, 1, 1, 0, &step->op);
}

template <auto kCreate, auto kSetup>
xnn_status make_unary(const Source& s, float param, Step* step) {
  set_elements<kSetup, float>(s, step);
  return kCreate(1, 1, 1, param, 0, &step->op);
}

void set_dims(const inlay_tensor& t, size_t* rank, size_t* dims) {
  *rank = t.rank;
  for (int i = 0; i < t.rank; ++i) dims[i] = u32(t.dims[i]);
}

template <auto kSetup>
void set_pairs(const Source& s, Step* step) {
  set_dims(*s.in(0), &step->rank_a, step->dims_a);
  set_dims(*s.in(1), &step->rank_b, step->dims_b);
  step->b = s.node.inputs[1];
  step->bytes_b = s.in(1)->bytes;
  step->setup = pairs<kSetup>;
}

template <auto kCreate, auto kSetup>
xnn_status make_clamped_binary(const Source& s, Step* step) {
  set_pairs<kSetup>(s, step);
  return kCreate(s.float_range().min, s.float_range().max, 0, &step->op);
}

template <auto kCreate, auto kSetup>
xnn_status make_binary(const Source& s, Step* step) {
  set_pairs<kSetup>(s, step);
  return kCreate(0, &step->op);
}

xnn_status make_prelu(const Source& s, Step* step) {
  const size_t channels = u32(last_dim(*s.in(0)));
  step->batch = static_cast<size_t>(element_count(*s.in(0))) / channels;
  step->setup = rows<xnn_setup_prelu_nc_f32, float>;
  return xnn_create_prelu_nc_f32(channels, channels, channels, s.data<float>(1), 0, &step->op);
}

xnn_status make_softmax(const Source& s, Step* step) {
  const size_t channels = u32(last_dim(*s.in(0)));
  step->batch = static_cast<size_t>(element_count(*s.in(0))) / channels;
  step->setup = rows<xnn_setup_softmax_nc_f32, float>;
  return xnn_create_softmax_nc_f32(channels, channels, channels, 0, &step->op);
}

xnn_status make_mean(const Source& s, Step* step) {
  const size_t channels = u32(s.in(0)->dims[3]);
  set_image(*s.in(0), step);
  step->width *= step->height;
  step->setup = averaged;
  return xnn_create_global_average_pooling_nwc_f32(channels, channels, channels, -kInfinity, kInfinity, 0, &step->op);
}

xnn_status make_resize(const Source& s, Step* step) {
  const auto& r = s.params<inlay_resize>();
  const size_t channels = u32(s.in(0)->dims[3]);
  set_image(*s.in(0), step);
  step->out_height = u32(s.out()->dims[1]);
  step->out_width = u32(s.out()->dims[2]);
  const uint32_t corners = r.align_corners != 0 ? XNN_FLAG_ALIGN_CORNERS : XNN_FLAG_TENSORFLOW_LEGACY_MODE;
  step->setup = resized;
  return xnn_create_resize_bilinear2d_nhwc_f32(channels, channels, channels, r.half_pixel_centers != 0 ? 0 : corners, &step->op);
}

xnn_status make_pad(const Source& s, Step* step) {
  const auto& p = s.params<inlay_pad>();
  set_dims(*s.in(0), &step->rank_a, step->dims_a);
  for (int i = 0; i < s.in(0)->rank; ++i) {
    step->before[i] = u32(p.before[i]);
    step->after[i] = u32(p.after[i]);
  }
  if (inlay_dtype_bits(static_cast<inlay_dtype>(s.in(0)->dtype)) == 32) {
    step->setup = borders<xnn_setup_constant_pad_nd_x32>;
    return xnn_create_constant_pad_nd_x32(&p.value, 0, &step->op);
  }
  const auto value = static_cast<uint8_t>(p.value);
  step->setup = borders<xnn_setup_constant_pad_nd_x8>;
  return xnn_create_constant_pad_nd_x8(&value, 0, &step->op);
}

#define XNN_PAIR(name) xnn_create_##name, xnn_setup_##name

xnn_status make_elementwise(const Source& s, Step* step) {
  switch (s.node.kind) {
    case INLAY_OP_ADD: return make_clamped_binary<XNN_PAIR(add_nd_f32)>(s, step);
    case INLAY_OP_SUB: return make_clamped_binary<XNN_PAIR(subtract_nd_f32)>(s, step);
    case INLAY_OP_MUL: return make_clamped_binary<XNN_PAIR(multiply_nd_f32)>(s, step);
    case INLAY_OP_DIV: return make_clamped_binary<XNN_PAIR(divide_nd_f32)>(s, step);
    case INLAY_OP_MAXIMUM: return make_binary<XNN_PAIR(maximum_nd_f32)>(s, step);
    case INLAY_OP_MINIMUM: return make_binary<XNN_PAIR(minimum_nd_f32)>(s, step);
    case INLAY_OP_SQUARED_DIFFERENCE: return make_binary<XNN_PAIR(squared_difference_nd_f32)>(s, step);
    case INLAY_OP_ABS: return make_unary<XNN_PAIR(abs_nc_f32)>(s, step);
    case INLAY_OP_NEG: return make_unary<XNN_PAIR(negate_nc_f32)>(s, step);
    case INLAY_OP_SQUARE: return make_unary<XNN_PAIR(square_nc_f32)>(s, step);
    case INLAY_OP_SQRT: return make_unary<XNN_PAIR(square_root_nc_f32)>(s, step);
    case INLAY_OP_FLOOR: return make_unary<XNN_PAIR(floor_nc_f32)>(s, step);
    case INLAY_OP_CEIL: return make_unary<XNN_PAIR(ceiling_nc_f32)>(s, step);
    case INLAY_OP_ROUND: return make_unary<XNN_PAIR(bankers_rounding_nc_f32)>(s, step);
    case INLAY_OP_HARD_SWISH: return make_unary<XNN_PAIR(hardswish_nc_f32)>(s, step);
    case INLAY_OP_LOGISTIC: return make_unary<XNN_PAIR(sigmoid_nc_f32)>(s, step);
    case INLAY_OP_ELU: return make_unary<XNN_PAIR(elu_nc_f32)>(s, 1.0f, step);
    case INLAY_OP_LEAKY_RELU: return make_unary<XNN_PAIR(leaky_relu_nc_f32)>(s, s.params<inlay_scalars>().alpha, step);
    default: return xnn_status_unsupported_parameter;
  }
}

#undef XNN_PAIR

xnn_status make_operator(const Source& s, Step* step) {
  switch (s.node.kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED: return make_conv(s, step);
    case INLAY_OP_AVERAGE_POOL_2D: return make_average_pool(s, step);
    case INLAY_OP_MAX_POOL_2D: return make_max_pool(s, step);
    case INLAY_OP_RELU: return make_clamp(s, step);
    case INLAY_OP_PRELU: return make_prelu(s, step);
    case INLAY_OP_SOFTMAX: return make_softmax(s, step);
    case INLAY_OP_MEAN: return make_mean(s, step);
    case INLAY_OP_RESIZE_BILINEAR: return make_resize(s, step);
    case INLAY_OP_PAD: return make_pad(s, step);
    default: return make_elementwise(s, step);
  }
}

}  // namespace

xnn_status make_step(const inlay_graph& graph, const inlay_node& node, pthreadpool_t pool, Memory& memory, Step* step) {
  const Source s = {graph, node, memory};
  *step = {};
  step->a = node.inputs[0];
  step->b = -1;
  step->out = node.outputs[0];
  step->bytes_a = s.in(0)->bytes;
  const xnn_status status = make_operator(s, step);
  if (status != xnn_status_success) return status;
  // Setting up takes the memory of indirection tables. It computes with the places but reads nothing there; they move later.
  const auto nowhere = static_cast<uintptr_t>(1) << 20;
  step->last = {reinterpret_cast<const void*>(nowhere), reinterpret_cast<const void*>(nowhere), reinterpret_cast<void*>(nowhere)};
  return step->setup(*step, step->last, pool);
}

const char* status_text(xnn_status status) {
  switch (status) {
    case xnn_status_success: return "ok";
    case xnn_status_uninitialized: return "XNNPACK is not initialized";
    case xnn_status_invalid_parameter: return "XNNPACK calls a parameter invalid";
    case xnn_status_invalid_state: return "XNNPACK calls the operator's state invalid";
    case xnn_status_unsupported_parameter: return "XNNPACK does not support a parameter";
    case xnn_status_unsupported_hardware: return "XNNPACK does not support this CPU, or cannot read what it is";
    case xnn_status_out_of_memory: return "XNNPACK got no memory";
  }
  return "XNNPACK failed";
}

}  // namespace inlay::xnnpack

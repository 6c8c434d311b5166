// SPDX-License-Identifier: Apache-2.0
// From nodes to operators. XNNPACK's own graph is never used, so every tensor stays where the session planned it.
#include "operators.h"

#include "core/quant.h"
#include "core/tensor.h"

namespace inlay::xnnpack {
namespace {

/// What the functions below read of a node.
struct Source {
  const inlay_graph& graph;
  const inlay_node& node;
  Memory& memory;

  const inlay_tensor* in(int i) const {
    return i < node.input_count && node.inputs[i] >= 0 ? &graph.tensors[node.inputs[i]] : nullptr;
  }
  const inlay_tensor* out() const { return &graph.tensors[node.outputs[0]]; }
  const void* data(int i) const { return in(i) != nullptr ? in(i)->data : nullptr; }
  inlay_dtype dtype() const { return static_cast<inlay_dtype>(in(0)->dtype); }
  template <typename P>
  const P& params() const {
    return *static_cast<const P*>(node.params);
  }
  Limits limits() const {
    if (dtype() == INLAY_FLOAT32) {
      const FloatRange range = activation_range(node.activation);
      return {range.min, range.max};
    }
    const QuantRange range = activation_range(out()->dtype, node.activation, scale_of(out()), zero_point_of(out()));
    return {static_cast<float>(range.min), static_cast<float>(range.max)};
  }
};

uint32_t u32(int32_t v) { return static_cast<uint32_t>(v); }

void set_image(const inlay_tensor& t, Step* s) {
  s->batch = u32(t.dims[0]);
  s->height = u32(t.dims[1]);
  s->width = u32(t.dims[2]);
  s->channels = u32(t.dims[3]);
}

void set_rows(const inlay_tensor& t, Step* s) {
  s->channels = u32(last_dim(t));
  s->batch = static_cast<size_t>(element_count(t)) / s->channels;
}

void set_dims(const inlay_tensor& t, size_t* rank, size_t* dims) {
  *rank = t.rank;
  for (int i = 0; i < t.rank; ++i) dims[i] = u32(t.dims[i]);
}

void set_pairs(const Source& s, Step* step) {
  set_dims(*s.in(0), &step->rank_a, step->dims_a);
  set_dims(*s.in(1), &step->rank_b, step->dims_b);
  step->b = s.node.inputs[1];
  step->bytes_b = s.in(1)->bytes;
}

Window window_of(const inlay_window& w, int32_t kernel_h, int32_t kernel_w) {
  return {u32(w.pad_top), u32(w.pad_right), u32(w.pad_bottom), u32(w.pad_left),   u32(kernel_h),
          u32(kernel_w),  u32(w.stride_h),  u32(w.stride_w),   u32(w.dilation_h), u32(w.dilation_w)};
}

/// One scale per output channel, as int8 operators want it. They read it only while they are made.
const float* channel_scales(const Source& s, size_t channels) {
  const inlay_quant& quant = s.in(1)->quant;
  if (s.dtype() != INLAY_INT8 || quant.count == static_cast<int32_t>(channels)) return quant.scales;
  auto* scales = static_cast<float*>(s.memory.take(channels * sizeof(float)));
  for (size_t c = 0; scales != nullptr && c < channels; ++c) scales[c] = quant.scales[0];
  return scales;
}

void set_constants(const Source& s, Conv* c) {
  c->weights = s.data(1);
  c->bias = s.data(2);
  c->limits = s.limits();
  if (s.dtype() == INLAY_FLOAT32) return;
  c->in_zero = zero_point_of(s.in(0));
  c->weights_zero = zero_point_of(s.in(1));
  c->out_zero = zero_point_of(s.out());
  c->in_scale = scale_of(s.in(0));
  c->out_scale = scale_of(s.out());
  c->weights_scale = channel_scales(s, c->channels_out());
}

/// XNNPACK of 2022 has no fully connected layer with a scale per channel, so those of integers are a convolution of one pixel.
xnn_status connected_step(const Source& s, Step* step) {
  const inlay_tensor& weights = *s.in(1);
  Conv c = {};
  c.window = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
  c.groups = 1;
  c.in_c = u32(weights.dims[1]);
  c.out_c = u32(weights.dims[0]);
  set_constants(s, &c);
  step->batch = static_cast<size_t>(element_count(*s.in(0))) / c.in_c;
  step->height = step->width = 1;
  step->channels = c.in_c;
  if (s.dtype() == INLAY_FLOAT32) return make_connected(c, step);
  return c.weights_scale != nullptr ? make_conv(s.dtype(), c, step) : xnn_status_out_of_memory;
}

xnn_status conv_step(const Source& s, Step* step) {
  const inlay_tensor& weights = *s.in(1);
  const auto& w = s.params<inlay_window>();
  const int32_t in_c = s.in(0)->dims[3], out_c = s.out()->dims[3];
  Conv c = {};
  c.window = window_of(w, weights.dims[1], weights.dims[2]);
  c.depthwise = s.node.kind == INLAY_OP_DEPTHWISE_CONV_2D;
  c.groups = u32(c.depthwise ? in_c : w.groups);
  c.in_c = u32(in_c) / c.groups;
  c.out_c = u32(out_c) / c.groups;
  set_constants(s, &c);
  set_image(*s.in(0), step);
  const bool scaled = s.dtype() == INLAY_FLOAT32 || c.weights_scale != nullptr;
  return scaled ? make_conv(s.dtype(), c, step) : xnn_status_out_of_memory;
}

xnn_status pool_step(const Source& s, Step* step) {
  const auto& w = s.params<inlay_window>();
  Window window = window_of(w, w.filter_h, w.filter_w);
  window.dilation_h = window.dilation_w = 1;
  set_image(*s.in(0), step);
  return s.node.kind == INLAY_OP_AVERAGE_POOL_2D ? make_average_pool(window, s.limits(), step)
                                                 : make_max_pool(s.dtype(), window, s.limits(), step);
}

xnn_status resize_step(const Source& s, Step* step) {
  const auto& r = s.params<inlay_resize>();
  set_image(*s.in(0), step);
  step->out_height = u32(s.out()->dims[1]);
  step->out_width = u32(s.out()->dims[2]);
  return make_resize(r.half_pixel_centers != 0, r.align_corners != 0, step);
}

xnn_status prelu_step(const Source& s, Step* step) {
  set_pairs(s, step);
  set_rows(*s.in(0), step);
  return make_prelu(static_cast<const float*>(s.data(1)), step);
}

xnn_status pad_step(const Source& s, Step* step) {
  const auto& p = s.params<inlay_pad>();
  set_dims(*s.in(0), &step->rank_a, step->dims_a);
  for (int i = 0; i < s.in(0)->rank; ++i) {
    step->before[i] = u32(p.before[i]);
    step->after[i] = u32(p.after[i]);
  }
  return make_pad(inlay_dtype_bits(s.dtype()), static_cast<uint32_t>(p.value), step);
}

/// On each element: `batch` of them, one channel wide, so that XNNPACK may cut the work where it likes.
xnn_status unary_step(const Source& s, Step* step) {
  step->batch = static_cast<size_t>(element_count(*s.in(0)));
  step->channels = 1;
  if (s.node.kind == INLAY_OP_RELU) return make_clamp(s.dtype(), s.limits(), step);
  const float alpha = s.node.kind == INLAY_OP_LEAKY_RELU ? s.params<inlay_scalars>().alpha : 0.0f;
  return make_unary(s.node.kind, alpha, step);
}

xnn_status binary_step(const Source& s, Step* step) {
  set_pairs(s, step);
  return make_binary(s.node.kind, s.limits(), step);
}

xnn_status operator_step(const Source& s, Step* step) {
  switch (s.node.kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D: return conv_step(s, step);
    case INLAY_OP_FULLY_CONNECTED: return connected_step(s, step);
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D: return pool_step(s, step);
    case INLAY_OP_PRELU: return prelu_step(s, step);
    case INLAY_OP_SOFTMAX: set_rows(*s.in(0), step); return make_softmax(step);
    case INLAY_OP_MEAN: set_image(*s.in(0), step); return make_mean(step);
    case INLAY_OP_RESIZE_BILINEAR: return resize_step(s, step);
    case INLAY_OP_PAD: return pad_step(s, step);
    case INLAY_OP_ADD:
    case INLAY_OP_SUB:
    case INLAY_OP_MUL:
    case INLAY_OP_DIV:
    case INLAY_OP_MAXIMUM:
    case INLAY_OP_MINIMUM:
    case INLAY_OP_SQUARED_DIFFERENCE: return binary_step(s, step);
    default: return unary_step(s, step);
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
  const xnn_status status = operator_step(s, step);
  return status == xnn_status_success ? step->prepare(step, pool, &memory) : status;
}

const char* operator_name(const inlay_graph& graph, const inlay_node& node) {
  const uint8_t dtype = graph.tensors[node.inputs[0]].dtype;
  const bool conv =
      node.kind == INLAY_OP_CONV_2D || node.kind == INLAY_OP_DEPTHWISE_CONV_2D || node.kind == INLAY_OP_FULLY_CONNECTED;
  if (node.kind == INLAY_OP_PAD) return inlay_dtype_bits(static_cast<inlay_dtype>(dtype)) == 32 ? "x32" : "x8";
  switch (dtype) {
    case INLAY_INT8: return conv ? "qc8" : "s8";
    case INLAY_UINT8: return conv ? "qu8" : "u8";
    default: return "f32";
  }
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
    default: return "XNNPACK failed";
  }
}

}  // namespace inlay::xnnpack

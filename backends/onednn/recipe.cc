// SPDX-License-Identifier: Apache-2.0
#include "recipe.h"

#include <cstring>

#include "core/quant.h"
#include "core/tensor.h"

namespace inlay::onednn {
namespace {

/// The last `rank` dims of a row-major tensor, dims of 1 before the ones it has.
Desc dense(const inlay_tensor& t, int rank) {
  Dims dims(static_cast<size_t>(rank), 1), strides(static_cast<size_t>(rank), 1);
  int64_t step = 1;
  for (int i = rank - 1; i >= 0; --i) {
    const int own = i - (rank - t.rank);
    strides[static_cast<size_t>(i)] = step;
    if (own < 0) continue;
    dims[static_cast<size_t>(i)] = t.dims[own];
    step *= t.dims[own];
  }
  return Desc(dims, type_of(t), strides);
}

/// All elements in one row.
Desc flat(const inlay_tensor& t) { return Desc({element_count(t)}, type_of(t), Tag::a); }

struct Source {
  const inlay_segment& segment;
  const inlay_node& node;

  const inlay_tensor& in(int i) const { return segment.graph->tensors[node.inputs[i]]; }
  const inlay_tensor& out() const { return segment.graph->tensors[node.outputs[0]]; }
  template <typename P>
  const P& params() const {
    return *static_cast<const P*>(node.params);
  }
};

Recipe finish(const Source& s, const dnnl::primitive_desc_base& primitive, const Desc& input, const Desc& output) {
  Recipe r;
  r.primitive = primitive;
  r.operands = {{DNNL_ARG_SRC, s.node.inputs[0], input}, {DNNL_ARG_DST, s.node.outputs[0], output}};
  return r;
}

Recipe make_pool(const Source& s, dnnl::primitive_attr attr) {
  const auto& w = s.params<inlay_window>();
  const Desc input(image_dims(s.in(0)), type_of(s.in(0)), Tag::nhwc);
  const Desc output(image_dims(s.out()), type_of(s.out()), Tag::nhwc);
  dnnl::post_ops ops;
  append_activation(&ops, s.node.activation);
  attr.set_post_ops(ops);
  const auto algorithm =
      s.node.kind == INLAY_OP_MAX_POOL_2D ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_exclude_padding;
  return finish(s,
                describe_pool(algorithm, input, output, {w.stride_h, w.stride_w}, {w.filter_h, w.filter_w},
                              {w.pad_top, w.pad_left}, {w.pad_bottom, w.pad_right}, attr),
                input, output);
}

Recipe make_softmax(const Source& s, const dnnl::primitive_attr& attr) {
  const int64_t depth = last_dim(s.in(0));
  const Desc rows({element_count(s.in(0)) / depth, depth}, Type::f32, Tag::ab);
  return finish(s, describe_softmax(rows, 1, attr), rows, rows);
}

Recipe make_eltwise(const Source& s, const dnnl::primitive_attr& attr) {
  const Desc all = flat(s.in(0));
  const FloatRange range = activation_range(s.node.activation);
  switch (s.node.kind) {
    case INLAY_OP_TANH: return finish(s, describe_eltwise(dnnl::algorithm::eltwise_tanh, all, 0, 0, attr), all, all);
    case INLAY_OP_LOGISTIC: return finish(s, describe_eltwise(dnnl::algorithm::eltwise_logistic, all, 0, 0, attr), all, all);
    default: break;
  }
  if (s.node.activation == INLAY_ACT_RELU) {
    return finish(s, describe_eltwise(dnnl::algorithm::eltwise_relu, all, 0, 0, attr), all, all);
  }
  return finish(s, describe_eltwise(dnnl::algorithm::eltwise_clip, all, range.min, range.max, attr), all, all);
}

Recipe make_binary(const Source& s, dnnl::primitive_attr attr) {
  const bool same = same_shape(s.in(0), s.in(1));
  const Desc a = same ? flat(s.in(0)) : dense(s.in(0), s.out().rank);
  const Desc b = same ? flat(s.in(1)) : dense(s.in(1), s.out().rank);
  dnnl::post_ops ops;
  append_activation(&ops, s.node.activation);
  attr.set_post_ops(ops);
  const auto algorithm = s.node.kind == INLAY_OP_ADD ? dnnl::algorithm::binary_add : dnnl::algorithm::binary_mul;
  Recipe r = finish(s, describe_binary(algorithm, a, b, a, attr), a, a);
  r.operands[0].arg = DNNL_ARG_SRC_0;
  r.operands.push_back({DNNL_ARG_SRC_1, s.node.inputs[1], b});
  return r;
}

/// The last two dims exchanged, in place.
Desc transposed(const Desc& d, int rank) {
  std::vector<int> order(static_cast<size_t>(rank));
  for (int i = 0; i < rank; ++i) order[static_cast<size_t>(i)] = i;
  std::swap(order[static_cast<size_t>(rank - 1)], order[static_cast<size_t>(rank - 2)]);
  return d.permute_axes(order);
}

Recipe make_product(const Source& s, const dnnl::primitive_attr& attr) {
  const auto& m = s.params<inlay_matmul>();
  const int rank = s.out().rank;
  Desc a = dense(s.in(0), rank), b = dense(s.in(1), rank);
  const Desc out = dense(s.out(), rank);
  if (m.transpose_a != 0) a = transposed(a, rank);
  if (m.transpose_b != 0) b = transposed(b, rank);
  Recipe r = finish(s, describe_matmul(a, b, Desc(), out, attr), a, out);
  r.operands.push_back({DNNL_ARG_WEIGHTS, s.node.inputs[1], b});
  return r;
}

}  // namespace

bool Recipe::is_reference() const { return std::strstr(kernel(), "ref") != nullptr; }

dnnl::primitive_attr plain_attr(const inlay_segment& segment) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if ((segment.fast_math & INLAY_FAST_MATH_BF16) != 0) attr.set_fpmath_mode(dnnl::fpmath_mode::bf16);
  return attr;
}

void append_activation(dnnl::post_ops* ops, uint8_t activation) {
  const FloatRange range = activation_range(activation);
  if (activation == INLAY_ACT_RELU) append_eltwise(ops, dnnl::algorithm::eltwise_relu, 0, 0);
  if (activation == INLAY_ACT_RELU6 || activation == INLAY_ACT_RELU_N1_TO_1) {
    append_eltwise(ops, dnnl::algorithm::eltwise_clip, range.min, range.max);
  }
}

Recipe make_simple(const inlay_segment& segment, const inlay_node& node) {
  const Source s = {segment, node};
  const dnnl::primitive_attr attr = plain_attr(segment);
  switch (node.kind) {
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D: return make_pool(s, attr);
    case INLAY_OP_SOFTMAX: return make_softmax(s, attr);
    case INLAY_OP_ADD:
    case INLAY_OP_MUL: return make_binary(s, attr);
    case INLAY_OP_BATCH_MATMUL: return make_product(s, attr);
    default: return make_eltwise(s, attr);
  }
}

}  // namespace inlay::onednn

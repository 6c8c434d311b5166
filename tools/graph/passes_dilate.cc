// SPDX-License-Identifier: Apache-2.0
// SPACE_TO_BATCH_ND, a convolution, BATCH_TO_SPACE_ND: how frameworks without dilation wrote a dilated convolution, which it
// becomes again. Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2016, has the op itself.
#include "tools/graph/passes.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

/// The node of kind `kind` or `other` that alone feeds the first input of `node`, or NULL.
Node* producer_of(Graph& graph, const Uses& uses, const Node& node, uint16_t kind, uint16_t other) {
  if (node.inputs.empty() || node.inputs[0] < 0 || !uses.single(node.inputs[0])) return nullptr;
  const int32_t index = uses.producer(node.inputs[0]);
  if (index < 0) return nullptr;
  Node* found = &graph.nodes[static_cast<size_t>(index)];
  const bool fits = (found->kind == kind || found->kind == other) && found->outputs.size() == 1;
  return fits && !found->inputs.empty() && found->inputs[0] >= 0 ? found : nullptr;
}

/// One dim of the three ops.
struct Extent {
  int32_t in, filter, out, block;
  int32_t before, after, crop_before, crop_after;
};

/// The pads of the dilated convolution: each phase of the image is padded by its own pixels, which lie `block` apart. False when
/// it would not give the same output.
bool pads_of(const Extent& e, int32_t* pad_before, int32_t* pad_after) {
  constexpr int32_t kLimit = 1 << 12;  // keeps the products small; no real image comes near
  for (const int32_t v : {e.block, e.before, e.after, e.crop_before, e.crop_after, e.filter, *pad_before, *pad_after}) {
    if (v < 0 || v > kLimit) return false;
  }
  *pad_before = e.before + e.block * *pad_before - e.crop_before;
  *pad_after = e.after + e.block * *pad_after - e.crop_after;
  const int64_t out = int64_t{e.in} + *pad_before + *pad_after - int64_t{e.filter - 1} * e.block;
  return *pad_before >= 0 && *pad_after >= 0 && out == e.out;
}

bool dilate(const Graph& graph, const Node& first, const Node& last, Node* conv) {
  const Tensor& in = tensor_at(graph, first.inputs[0]);
  const Tensor& out = tensor_at(graph, last.outputs[0]);
  const Tensor& weights = tensor_at(graph, conv->inputs[1]);
  // Hybrid convolutions quantize each image by its own range, and the phases of an image have other ranges than the whole.
  if (in.is_variable || (in.dtype == INLAY_FLOAT32 && weights.dtype != INLAY_FLOAT32)) return false;
  if (in.shape.size() != 4 || out.shape.size() != 4 || weights.shape.size() != 4) return false;
  if (!same_meaning(in, tensor_at(graph, conv->inputs[0])) || !same_meaning(tensor_at(graph, conv->outputs[0]), out)) return false;
  const auto& space = std::get<inlay_block_params>(first.params);
  const auto& batch = std::get<inlay_block_params>(last.params);
  inlay_window w = std::get<inlay_window>(conv->params);
  if (space.block_h != batch.block_h || space.block_w != batch.block_w) return false;
  if (w.stride_h != 1 || w.stride_w != 1 || w.dilation_h != 1 || w.dilation_w != 1) return false;
  const Extent height = {in.shape[1],     weights.shape[1], out.shape[1],   space.block_h,
                         space.before_h, space.after_h,    batch.before_h, batch.after_h};
  const Extent width = {in.shape[2],     weights.shape[2], out.shape[2],   space.block_w,
                        space.before_w, space.after_w,    batch.before_w, batch.after_w};
  if (!pads_of(height, &w.pad_top, &w.pad_bottom) || !pads_of(width, &w.pad_left, &w.pad_right)) return false;
  w.dilation_h = space.block_h;
  w.dilation_w = space.block_w;
  conv->params = w;
  return true;
}

template <typename Params>
bool has_params(const Node& node) {
  return std::holds_alternative<Params>(node.params);
}

}  // namespace

void fuse_dilation(Graph& graph) {
  // What a fusion changes is read by no later one: `uses` stays good enough for the whole pass.
  const Uses uses(graph);
  for (Node& last : graph.nodes) {
    if (last.kind != INLAY_OP_BATCH_TO_SPACE_ND || last.outputs.size() != 1 || !has_params<inlay_block_params>(last)) continue;
    Node* conv = producer_of(graph, uses, last, INLAY_OP_CONV_2D, INLAY_OP_DEPTHWISE_CONV_2D);
    if (conv == nullptr || conv->inputs.size() < 2 || conv->inputs[1] < 0 || !has_params<inlay_window>(*conv)) continue;
    Node* first = producer_of(graph, uses, *conv, INLAY_OP_SPACE_TO_BATCH_ND, INLAY_OP_SPACE_TO_BATCH_ND);
    if (first == nullptr || !has_params<inlay_block_params>(*first) || !dilate(graph, *first, last, conv)) continue;
    conv->inputs[0] = first->inputs[0];
    conv->outputs = last.outputs;
    for (Node* gone : {first, &last}) {
      gone->kind = INLAY_OP_NONE;
      gone->inputs.clear();
      gone->outputs.clear();
    }
  }
  sweep(graph);
}

}  // namespace inlay::tools

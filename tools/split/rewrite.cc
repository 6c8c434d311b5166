// SPDX-License-Identifier: Apache-2.0
#include "tools/split/rewrite.h"

#include <algorithm>
#include <map>

#include "tools/graph/op_call.h"
#include "tools/graph/passes.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

/// "conv_1 [0:57 of 112]".
std::string part_name(const std::string& name, const Tensor& whole, const Need& range) {
  return name + " [" + std::to_string(range.range.begin) + ":" + std::to_string(range.range.end) + " of " +
         std::to_string(extent_of(whole, range.axis)) + "]";
}

/// Bytes of a range of a constant.
std::shared_ptr<const Bytes> cut_bytes(const Tensor& whole, const Need& need) {
  const bool pixels = need.axis == kPixelAxis;
  uint64_t bits = inlay_dtype_bits(whole.dtype);
  for (size_t d = pixels ? whole.shape.size() - 1 : static_cast<size_t>(need.axis) + 1; d < whole.shape.size(); ++d)
    bits *= static_cast<uint64_t>(whole.shape[d]);
  const auto at = [&](int32_t index) { return static_cast<std::ptrdiff_t>(bits * static_cast<uint64_t>(index) / 8); };
  const std::ptrdiff_t row = at(extent_of(whole, need.axis));  // all that lies between two ranges
  Bytes out;
  for (auto from = whole.data->begin(); from < whole.data->end(); from += row) {
    out.insert(out.end(), from + at(need.range.begin), from + at(need.range.end));
    if (is_run(whole, need)) break;
  }
  return std::make_shared<const Bytes>(std::move(out));
}

Tensor cut_tensor(const Tensor& whole, const Need& need) {
  Tensor out = whole;
  out.name = part_name(whole.name, whole, need);
  out.shape = shape_of(whole, need);
  if (whole.is_constant()) out.data = cut_bytes(whole, need);
  if (whole.quant.scales.size() > 1 && whole.quant.axis == need.axis) {
    const auto range = [&](auto& list) {
      if (list.empty()) return;
      list = {list.begin() + need.range.begin, list.begin() + need.range.end};
    };
    range(out.quant.scales);
    range(out.quant.zero_points);
  }
  return out;
}

/// The dim of a piece that has its range.
int32_t dim_of(const Graph& graph, const Piece& piece) {
  const int32_t axis = piece.range.axis;
  return axis == kPixelAxis ? static_cast<int32_t>(tensor_at(graph, piece.tensor).shape.size()) - 2 : axis;
}

class Rewriter {
 public:
  Rewriter(const Graph& from, const Layout& layout) : from_(from), layout_(layout), out_(from) {
    out_.nodes.clear();
    for (size_t i = from.tensors.size(); i < layout.pieces.size(); ++i) {
      const Piece& piece = layout.pieces[i];
      out_.tensors.push_back(cut(piece));
    }
  }

  Graph run(std::vector<PartOrigin>* origins) {
    for (const Step& step : layout_.steps) {
      out_.nodes.push_back(node_of(step));
      origins->push_back({step.kind, step.node, step.split, step.part});
      if (step.kind != Step::kWhole) verify(out_.nodes.back());
    }
    return std::move(out_);
  }

 private:
  /// Constants cut alike share their bytes.
  Tensor cut(const Piece& piece) {
    const Tensor& whole = tensor_at(from_, piece.tensor);
    if (piece.values != nullptr) {
      Tensor other = whole;
      other.data = piece.values;
      return other;
    }
    if (!whole.is_constant()) return cut_tensor(whole, piece.range);
    const auto known = constants_.find({piece.tensor, piece.range});
    if (known != constants_.end()) return known->second;
    return constants_[{piece.tensor, piece.range}] = cut_tensor(whole, piece.range);
  }

  Node node_of(const Step& step) const {
    Node node = from_.nodes[static_cast<size_t>(step.node)];
    if (step.kind == Step::kWhole) return node;
    if (node.name.empty()) node.name = inlay_op_kind_name(node.kind);
    node.inputs = step.inputs;
    node.outputs = step.outputs;
    const Piece& written = layout_.pieces[static_cast<size_t>(step.outputs[0])];
    if (step.kind == Step::kPart) {
      node.params = step.params;
      node.name = part_name(node.name, tensor_at(from_, written.tensor), written.range);
      return node;
    }
    node.activation = INLAY_ACT_NONE;
    if (step.kind == Step::kJoin) {
      node.kind = INLAY_OP_CONCATENATION;
      node.params = inlay_axis{dim_of(from_, layout_.pieces[static_cast<size_t>(step.inputs[0])]), 0, 0};
      node.name += " (parts joined)";
    } else if (step.kind == Step::kShape) {
      node.kind = INLAY_OP_RESHAPE;
      node.params = dims_of(tensor_at(out_, step.outputs[0]).shape);
      node.name = (written.range.axis < 0 ? "rows of " : "pixels for ") + node.name;
    } else {
      node.kind = INLAY_OP_SLICE;
      node.params = slice_of(step, written);
      node.name = part_name("rows for " + node.name, tensor_at(from_, written.tensor), written.range);
    }
    return node;
  }

  static inlay_dims dims_of(const std::vector<int32_t>& shape) {
    inlay_dims dims = {static_cast<int32_t>(shape.size()), {}};
    std::copy(shape.begin(), shape.end(), dims.dims);
    return dims;
  }

  inlay_slice slice_of(const Step& step, const Piece& written) const {
    const Piece& source = layout_.pieces[static_cast<size_t>(step.inputs[0])];
    const Tensor& part = tensor_at(out_, step.outputs[0]);
    inlay_slice slice = {};
    for (size_t d = 0; d < part.shape.size(); ++d) {
      slice.size[d] = part.shape[d];
      slice.stride[d] = 1;
    }
    slice.begin[dim_of(from_, written)] = written.range.range.begin - (source.range.axis < 0 ? 0 : source.range.range.begin);
    return slice;
  }

  /// The op's own prepare agrees with the shape the part was given.
  void verify(const Node& node) {
    const std::vector<int32_t> want = tensor_at(out_, node.outputs[0]).shape;
    infer_shapes(out_, node);
    if (tensor_at(out_, node.outputs[0]).shape != want) throw Error("'" + node.name + "' would have another shape than its part");
  }

  const Graph& from_;
  const Layout& layout_;
  Graph out_;
  std::map<std::pair<int32_t, Need>, Tensor> constants_;
};

}  // namespace

Graph split_graph(const Graph& graph, const std::vector<Split>& splits, std::vector<PartOrigin>* origins) {
  origins->clear();
  Graph out = Rewriter(graph, make_layout(graph, splits)).run(origins);
  remove_dead(out);  // what lay between the ops of a split
  if (out.nodes.size() != origins->size()) throw Error("the model has ops whose results nobody reads: convert it again");
  return out;
}

}  // namespace inlay::tools

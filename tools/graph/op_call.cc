// SPDX-License-Identifier: Apache-2.0
#include "tools/graph/op_call.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/bump.h"
#include "core/error.h"
#include "core/tensor.h"
#include "inlay/op.h"

namespace inlay::tools {
namespace {

// Element coordinates of kernels are int32; a shape above that is a corrupt file or a mistake of --shape.
constexpr int64_t kMaxElements = INT32_MAX;

/// Memory aligned as the contract of ops promises (16; 64 where it may matter), zeroed.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t bytes) : storage_(bytes + kAlign) {}
  void* get() {
    const auto address = reinterpret_cast<uintptr_t>(storage_.data());
    return storage_.data() + (align_up<uintptr_t>(address, kAlign) - address);
  }

 private:
  static constexpr size_t kAlign = 64;
  Bytes storage_;
};

/// The runtime's view of one node: only its own tensors, renumbered from 0, so that a call costs nothing in large graphs.
class View {
 public:
  View(const Graph& graph, const Node& node) {
    if (node.inputs.size() > UINT16_MAX || node.outputs.size() > UINT16_MAX)
      throw Error(where(node) + "too many inputs or outputs");
    inputs_ = add_all(graph, node, node.inputs);
    outputs_ = add_all(graph, node, node.outputs);
    for (size_t i = 0; i < tensors_.size(); ++i) tensors_[i].dims = dims_[i].dims;
    graph_.name = graph.name.c_str();
    graph_.tensors = tensors_.data();
    graph_.nodes = &node_;
    graph_.tensor_count = static_cast<int32_t>(tensors_.size());
    graph_.node_count = 1;
    // An op's sentence is cut at 127 bytes; names as long as converters make them would leave none of it.
    name_ = node.name.size() <= kNameShown ? node.name : node.name.substr(0, kNameShown) + "...";
    node_.name = name_.c_str();
    node_.custom_code = node.kind == INLAY_OP_CUSTOM ? node.custom_code.c_str() : nullptr;
    node_.params = std::visit(
        [](const auto& p) -> const void* { return std::is_same_v<std::decay_t<decltype(p)>, std::monostate> ? nullptr : &p; },
        node.params);
    node_.params_type = static_cast<uint8_t>(node.params.index());
    node_.custom = node.custom.data();
    node_.custom_bytes = static_cast<uint32_t>(node.custom.size());
    node_.inputs = inputs_.data();
    node_.outputs = outputs_.data();
    node_.input_count = static_cast<uint16_t>(inputs_.size());
    node_.output_count = static_cast<uint16_t>(outputs_.size());
    node_.kind = node.kind;
    node_.activation = node.activation;
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  static std::string where(const Node& node) { return std::string(inlay_op_kind_name(node.kind)) + " '" + node.name + "': "; }

  /// Infers the outputs' dims.
  void infer(const inlay_op& op, const Node& node) {
    Bump counter;
    prepare(op, node, INLAY_PREPARE_INFER | INLAY_PREPARE_MEASURE, &counter);
  }

  /// Prepares for eval. The op's data and all it allocates lie in one block, as in the runtime.
  void prepare(const inlay_op& op, const Node& node) {
    Bump counter;
    prepare(op, node, INLAY_PREPARE_MEASURE, &counter);
    data_ = AlignedBytes(counter.used());
    Bump bump({data_.get(), counter.used()});
    prepare(op, node, 0, &bump);
  }

  std::vector<int32_t> output_dims(size_t i) const {
    if (outputs_[i] < 0) return {};
    const inlay_tensor& t = tensors_[static_cast<size_t>(outputs_[i])];
    return std::vector<int32_t>(t.dims, t.dims + t.rank);
  }

  /// Of the node that was prepared.
  std::vector<Bytes> eval(const Node& node) {
    std::vector<void*> addresses(tensors_.size());
    for (size_t i = 0; i < tensors_.size(); ++i) addresses[i] = const_cast<void*>(tensors_[i].data);
    std::vector<AlignedBytes> buffers;
    buffers.reserve(outputs_.size());
    for (const int32_t id : outputs_) {
      buffers.emplace_back(id < 0 ? 0 : tensors_[static_cast<size_t>(id)].bytes);
      if (id >= 0) addresses[static_cast<size_t>(id)] = buffers.back().get();
    }
    AlignedBytes scratch(scratch_bytes_);
    inlay_eval call = {};
    call.graph = &graph_;
    call.node = &node_;
    call.data = op_data_;
    call.tensors = addresses.data();
    call.scratch = scratch.get();
    // As in the runtime: loops need not be safe against huge dims beside an empty one.
    const bool empty = std::all_of(outputs_.begin(), outputs_.end(),
                                   [this](int32_t id) { return id < 0 || tensors_[static_cast<size_t>(id)].bytes == 0; });
    if (!empty && eval_(&call) != INLAY_OK) throw Error(where(node) + "the op failed while it was computed at convert time");
    std::vector<Bytes> result;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      const auto* from = static_cast<const uint8_t*>(buffers[i].get());
      result.emplace_back(from, from + (outputs_[i] < 0 ? 0 : tensors_[static_cast<size_t>(outputs_[i])].bytes));
    }
    return result;
  }

 private:
  static constexpr size_t kNameShown = 32;
  struct Dims {
    int32_t dims[INLAY_MAX_RANK];
  };

  std::vector<int32_t> add_all(const Graph& graph, const Node& node, const std::vector<int32_t>& ids) {
    std::vector<int32_t> local;
    for (const int32_t id : ids) {
      if (id >= static_cast<int32_t>(graph.tensors.size())) throw Error(where(node) + "reads a tensor that does not exist");
      local.push_back(id < 0 ? -1 : add(node, graph.tensors[static_cast<size_t>(id)]));
    }
    return local;
  }

  int32_t add(const Node& node, const Tensor& t) {
    static const uint64_t no_bytes = 0;
    if (t.shape.size() > INLAY_MAX_RANK) throw Error(where(node) + "tensor '" + t.name + "' has more than 8 dims");
    inlay_tensor view = {};
    view.name = t.name.c_str();
    // A constant without elements still has to look like a constant.
    if (t.is_constant()) view.data = t.data->empty() ? static_cast<const void*>(&no_bytes) : t.data->data();
    view.rank = static_cast<uint8_t>(t.shape.size());
    view.dtype = static_cast<uint8_t>(t.dtype);
    view.flags = t.is_variable ? INLAY_TENSOR_VARIABLE : 0;
    view.quant.scales = t.quant.empty() ? nullptr : t.quant.scales.data();
    view.quant.zero_points = t.quant.zero_points.empty() ? nullptr : t.quant.zero_points.data();
    view.quant.count = static_cast<int32_t>(t.quant.scales.size());
    view.quant.axis = t.quant.axis;
    Dims dims = {};
    std::copy(t.shape.begin(), t.shape.end(), dims.dims);
    uint64_t bytes = 0;
    if (tensor_bytes(t.dtype, dims.dims, view.rank, &bytes)) view.bytes = static_cast<size_t>(bytes);
    tensors_.push_back(view);
    dims_.push_back(dims);
    return static_cast<int32_t>(tensors_.size()) - 1;
  }

  inlay_status output_shape(inlay_prepare* p, int32_t index, int32_t rank, const int32_t* dims) {
    if (index < 0 || index >= node_.output_count || rank < 0 || rank > INLAY_MAX_RANK ||
        outputs_[static_cast<size_t>(index)] < 0) {
      return fail(p, "the op gave a shape that cannot be");
    }
    const auto id = static_cast<size_t>(outputs_[static_cast<size_t>(index)]);
    inlay_tensor& t = tensors_[id];
    if ((p->flags & INLAY_PREPARE_INFER) == 0) {
      const bool same = t.rank == rank && std::equal(dims, dims + rank, t.dims);
      return same ? INLAY_OK : fail(p, "the output has another shape than the op gives");
    }
    int64_t count = 1;
    for (int32_t i = 0; i < rank; ++i) {
      if (dims[i] < 0 || (dims[i] > 0 && count > kMaxElements / dims[i]))
        return fail(p, "the output is too large (over 2^31 elements)");
      if (dims[i] > 0) count *= dims[i];
    }
    std::copy(dims, dims + rank, dims_[id].dims);
    t.rank = static_cast<uint8_t>(rank);
    uint64_t bytes = 0;
    if (!tensor_bytes(t.dtype, dims, rank, &bytes)) return fail(p, "the output's dtype has no size");
    t.bytes = static_cast<size_t>(bytes);
    return INLAY_OK;
  }

  struct Owner {
    View* view;
    Bump* bump;
  };

  void prepare(const inlay_op& op, const Node& node, uint32_t flags, Bump* bump) {
    inlay_error error = {};
    std::vector<uint64_t> dummy(op.data_bytes / 8 + 2);  // while counting
    inlay_prepare call = {};
    call.flags = flags;
    call.graph = &graph_;
    call.node = &node_;
    call.data = bump->take(op.data_bytes);
    if (call.data == nullptr) call.data = dummy.data();
    call.error = &error;
    call.allocate = [](inlay_prepare* p, size_t bytes) { return static_cast<Owner*>(p->owner)->bump->take(bytes); };
    call.output_shape = [](inlay_prepare* p, int32_t index, int32_t rank, const int32_t* dims) {
      return static_cast<Owner*>(p->owner)->view->output_shape(p, index, rank, dims);
    };
    call.callee = [](inlay_prepare*, int32_t) -> const inlay_graph* { return nullptr; };
    Owner owner = {this, bump};
    call.owner = &owner;
    if (op.prepare(&call) != INLAY_OK) {
      throw Error(error.text[0] != '\0' ? std::string(error.text) : where(node) + "the op refuses this node");
    }
    if (bump->failed()) throw Error(where(node) + "the op takes more memory than it measured");
    op_data_ = call.data;
    scratch_bytes_ = call.scratch_bytes;
    eval_ = call.eval != nullptr ? call.eval : op.eval;
  }

  inlay_status fail(inlay_prepare* p, const char* what) const {
    return INLAY_FAIL(p->error, OP_INVALID, "% '%': %", inlay_op_kind_name(node_.kind), node_.name, what);
  }

  std::string name_;
  inlay_graph graph_ = {};
  inlay_node node_ = {};
  std::vector<inlay_tensor> tensors_;
  std::vector<Dims> dims_;
  std::vector<int32_t> inputs_, outputs_;
  AlignedBytes data_{0};  ///< op data and what prepare allocated
  const void* op_data_ = nullptr;
  inlay_status (*eval_)(const inlay_eval*) = nullptr;
  size_t scratch_bytes_ = 0;
};

struct AllOps {
  std::vector<const inlay_op*> list;
  inlay_op_table table;
};

AllOps& known_ops() {
  static AllOps all = [] {
    const inlay_op_table* ours = inlay_default_ops();
    AllOps first{{ours->ops, ours->ops + ours->count}, {}};
    first.table = {first.list.data(), static_cast<int32_t>(first.list.size())};  // moving a vector keeps its elements in place
    return first;
  }();
  return all;
}

const inlay_op& require_op(const Node& node) {
  const inlay_op* op = find_op(node);
  if (op == nullptr) throw Error(View::where(node) + "this build of Inlay has no such op");
  return *op;
}

}  // namespace

void add_user_ops(const inlay_op_table& ops) {
  AllOps& all = known_ops();
  all.list.insert(all.list.begin(), ops.ops, ops.ops + ops.count);
  all.table = {all.list.data(), static_cast<int32_t>(all.list.size())};
}

const inlay_op_table* all_ops() { return &known_ops().table; }

const inlay_op* find_op(const Node& node) {
  const inlay_op_table* table = all_ops();
  for (int32_t i = 0; i < table->count; ++i) {
    const inlay_op* op = table->ops[i];
    if (op->kind != node.kind) continue;
    if (node.kind != INLAY_OP_CUSTOM || (op->custom_code != nullptr && node.custom_code == op->custom_code)) return op;
  }
  return nullptr;
}

void infer_shapes(Graph& graph, const Node& node) {
  const inlay_op& op = require_op(node);
  View view(graph, node);
  view.infer(op, node);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] >= 0) graph.tensors[static_cast<size_t>(node.outputs[i])].shape = view.output_dims(i);
  }
}

std::vector<Bytes> evaluate(const Graph& graph, const Node& node) {
  const inlay_op& op = require_op(node);
  for (const int32_t id : node.inputs) {
    if (id >= 0 && !graph.tensors.at(static_cast<size_t>(id)).is_constant()) {
      throw Error(View::where(node) + "cannot be computed at convert time, an input is not a constant");
    }
  }
  View view(graph, node);
  view.infer(op, node);
  view.prepare(op, node);
  return view.eval(node);
}

}  // namespace inlay::tools

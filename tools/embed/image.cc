// SPDX-License-Identifier: Apache-2.0
#include "tools/embed/image.h"

#include <algorithm>
#include <set>

#include "tools/embed/custom.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

size_t params_bytes(uint8_t type) {
  switch (type) {
    case INLAY_PARAMS_WINDOW: return sizeof(inlay_window);
    case INLAY_PARAMS_AXIS: return sizeof(inlay_axis);
    case INLAY_PARAMS_AXES: return sizeof(inlay_axes);
    case INLAY_PARAMS_DIMS: return sizeof(inlay_dims);
    case INLAY_PARAMS_SLICE: return sizeof(inlay_slice);
    case INLAY_PARAMS_PAD: return sizeof(inlay_pad);
    case INLAY_PARAMS_SCALARS: return sizeof(inlay_scalars);
    case INLAY_PARAMS_RESIZE: return sizeof(inlay_resize);
    case INLAY_PARAMS_MATMUL: return sizeof(inlay_matmul);
    case INLAY_PARAMS_BLOCK: return sizeof(inlay_block_params);
    case INLAY_PARAMS_GRAPHS: return sizeof(inlay_graphs);
    case INLAY_PARAMS_RECURRENT: return sizeof(inlay_recurrent);
    case INLAY_PARAMS_DETECTION: return sizeof(inlay_detection);
    case INLAY_PARAMS_WINDOW_3D: return sizeof(inlay_window_3d);
    case INLAY_PARAMS_SIGNAL: return sizeof(inlay_signal);
    default: return 0;
  }
}

int64_t add_ids(DataBlock* data, const int32_t* ids, int32_t count) {
  return data->add(ids, static_cast<size_t>(count) * sizeof(int32_t), 4);
}

/// What some op's eval reads of a graph's tensors.
struct Reads {
  std::set<int32_t> bytes, quant;
};

Reads reads_of(const inlay_graph& graph, const PreparedSteps& steps) {
  Reads reads;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    const inlay_step_note& note = steps.notes[static_cast<size_t>(n)];
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (i >= 32 || (note.unread >> i & 1u) == 0) reads.bytes.insert(node.inputs[i]);
      if (i >= 32 || (note.unread_quant >> i & 1u) == 0) reads.quant.insert(node.inputs[i]);
    }
    for (int32_t i = 0; i < node.output_count; ++i) reads.quant.insert(node.outputs[i]);
  }
  for (int32_t i = 0; i < graph.output_count; ++i) reads.bytes.insert(graph.outputs[i]), reads.quant.insert(graph.outputs[i]);
  for (int32_t i = 0; i < graph.input_count; ++i) reads.quant.insert(graph.inputs[i]);
  return reads;
}

ImageQuant quant_of(DataBlock* data, const inlay_quant& from) {
  ImageQuant out;
  const auto count = static_cast<size_t>(from.count);
  if (from.count == 0) return out;
  out.scales = data->add(from.scales, count * sizeof(float), 4);
  // All zeros is what no zero points mean.
  const bool zeros =
      from.zero_points == nullptr || std::all_of(from.zero_points, from.zero_points + count, [](int32_t z) { return z == 0; });
  if (!zeros) out.zero_points = data->add(from.zero_points, count * sizeof(int32_t), 4);
  out.count = from.count;
  out.axis = from.axis;
  return out;
}

ImageTensor tensor_of(DataBlock* data, const inlay_graph& graph, int32_t id, const Reads& reads, const ImageOptions& options) {
  const inlay_tensor& from = graph.tensors[id];
  const auto in = [id](const int32_t* list, int32_t count) { return std::find(list, list + count, id) != list + count; };
  ImageTensor out;
  const bool named = options.names || in(graph.inputs, graph.input_count) || in(graph.outputs, graph.output_count);
  out.name = data->add(named ? from.name : "");
  if (from.data != nullptr && reads.bytes.count(id) != 0) out.data = data->add(from.data, from.bytes);
  out.dims = data->add(from.dims, from.rank * sizeof(int32_t), 4);
  out.bytes = from.bytes;
  if (reads.quant.count(id) != 0) out.quant = quant_of(data, from.quant);
  out.dtype = from.dtype;
  out.rank = from.rank;
  out.flags = from.flags;
  out.variable = from.variable;
  return out;
}

const char* symbol_of(int kind) {
  switch (kind) {
#define INLAY_OP(number, NAME, symbol, alias) \
  case number:                                \
    return #symbol;
#include "inlay/ops.inc"
#undef INLAY_OP
    default: return nullptr;
  }
}

ImageNode node_of(DataBlock* data, const inlay_graph& graph, int32_t n, const PreparedSteps& steps, const ImageOptions& options) {
  const inlay_node& from = graph.nodes[n];
  const inlay_step& step = steps.compiled->steps[n];
  ImageNode out;
  out.name = data->add(options.names ? from.name : "");
  out.params = from.params != nullptr ? data->add(from.params, params_bytes(from.params_type), 4) : kNowhere;
  out.inputs = add_ids(data, from.inputs, from.input_count);
  out.outputs = add_ids(data, from.outputs, from.output_count);
  if (from.kind == INLAY_OP_CUSTOM) {
    out.custom_code = data->add(from.custom_code);
    out.custom = data->add(from.custom, from.custom_bytes);
    out.custom_bytes = from.custom_bytes;
  }
  out.kind = from.kind;
  out.input_count = from.input_count;
  out.output_count = from.output_count;
  out.params_type = from.params_type;
  out.activation = from.activation;
  if (step.eval == nullptr) return out;
  const char* eval = steps.notes[static_cast<size_t>(n)].eval_symbol;
  out.eval = eval != nullptr ? eval : std::string("inlay_eval_") + symbol_of(from.kind);
  if (step.twin != nullptr) {
    const char* twin = inlay_twin_symbol(step.twin);
    if (twin == nullptr) throw Error("op " + std::to_string(n) + " has a kernel without a name: this is a bug of Inlay");
    out.twin = twin;
  }
  const std::pair<size_t, size_t> extent = steps.extent(n);
  if (extent.second > 0) out.step_data = data->add(steps.memory() + extent.first, extent.second);
  return out;
}

ImageGraph graph_of(Image* image, const inlay_model* model, int32_t g, const Target& target, const ImageOptions& options) {
  const inlay_graph& from = *inlay_model_graph(model, g);
  require_custom_ops(model, g);
  const PreparedSteps steps(model, g, target);
  check_custom_ops(model, g, target, steps);
  const Reads reads = reads_of(from, steps);
  ImageGraph out;
  out.name = image->data.add(options.names ? from.name : "");
  for (int32_t t = 0; t < from.tensor_count; ++t) out.tensors.push_back(tensor_of(&image->data, from, t, reads, options));
  for (int32_t n = 0; n < from.node_count; ++n) out.nodes.push_back(node_of(&image->data, from, n, steps, options));
  out.inputs = add_ids(&image->data, from.inputs, from.input_count);
  out.outputs = add_ids(&image->data, from.outputs, from.output_count);
  out.input_count = from.input_count;
  out.output_count = from.output_count;
  out.offsets = image->data.add(inlay_model_offsets(model, g), out.tensors.size() * sizeof(uint32_t), 4);
  image->scratch_bytes = std::max(image->scratch_bytes, steps.scratch());
  return out;
}

}  // namespace

int64_t DataBlock::add(const void* data, size_t bytes, size_t alignment) {
  if (bytes == 0) return kNowhere;
  const auto* from = static_cast<const char*>(data);
  std::string key = std::to_string(alignment) + ":" + std::string(from, bytes);
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
  const auto at = static_cast<int64_t>(bytes_.size());
  bytes_.insert(bytes_.end(), from, from + bytes);
  known_.emplace(std::move(key), at);
  return at;
}

Image make_image(const inlay_model* model, const Target& target, const ImageOptions& options) {
  Image image;
  for (int32_t g = 0; g < inlay_model_graph_count(model); ++g)
    image.graphs.push_back(graph_of(&image, model, g, target, options));
  for (int32_t i = 0; i < model->variable_count; ++i) {
    const inlay_model_variable& v = model->variables[i];
    image.variables.push_back(
        {image.data.add(v.name), v.initial != nullptr ? image.data.add(v.initial, v.bytes) : kNowhere, v.bytes, v.offset});
  }
  const char *key = nullptr, *value = nullptr;
  for (int32_t i = 0; inlay_model_metadata_at(model, i, &key, &value) != 0; ++i) {
    image.metadata.push_back(image.data.add(key));
    image.metadata.push_back(image.data.add(value));
  }
  image.variables_bytes = model->variables_bytes;
  image.planned_bytes = model->planned_bytes;
  image.weights_bytes = model->weights_bytes;
  image.lower_bound = model->lower_bound;
  image.lower_bound_unshared = model->lower_bound_unshared;
  return image;
}

}  // namespace inlay::tools

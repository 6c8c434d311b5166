// SPDX-License-Identifier: Apache-2.0
// From a verified model back to the mutable one.
#include <cstring>
#include <set>

#include "inlay/placement.h"
#include "model/model.h"
#include "tools/emit/emit.h"

namespace inlay::tools {
namespace {

Bytes copy(const void* data, size_t bytes) {
  const auto* from = static_cast<const uint8_t*>(data);
  return bytes != 0 ? Bytes(from, from + bytes) : Bytes();
}

/// Constants and options by where they lie in the file: what shares bytes there shares them here.
class Shared {
 public:
  std::shared_ptr<const Bytes> at(const void* data, size_t bytes) {
    std::shared_ptr<const Bytes>& known = known_[{data, bytes}];
    if (known == nullptr) known = std::make_shared<const Bytes>(copy(data, bytes));
    return known;
  }

 private:
  std::map<std::pair<const void*, size_t>, std::shared_ptr<const Bytes>> known_;
};

template <size_t I = 1>
Params read_params(size_t type, const void* from) {
  if constexpr (I < std::variant_size_v<Params>) {
    if (type != I) return read_params<I + 1>(type, from);
    std::variant_alternative_t<I, Params> params;
    std::memcpy(&params, from, sizeof(params));
    return params;
  } else {
    return {};
  }
}

Quant read_quant(const inlay_quant& from) {
  Quant out;
  if (from.count == 0) return out;
  out.scales.assign(from.scales, from.scales + from.count);
  out.zero_points.resize(out.scales.size());
  if (from.zero_points != nullptr) std::copy(from.zero_points, from.zero_points + from.count, out.zero_points.begin());
  out.axis = from.axis;
  return out;
}

Node read_node(const inlay_node& from) {
  Node out;
  out.kind = from.kind;
  out.activation = from.activation;
  out.inputs.assign(from.inputs, from.inputs + from.input_count);
  out.outputs.assign(from.outputs, from.outputs + from.output_count);
  out.params = read_params(from.params_type, from.params);
  out.name = from.name;
  if (from.custom_code != nullptr) out.custom_code = from.custom_code;
  out.custom = copy(from.custom, from.custom_bytes);
  return out;
}

/// The tensors that name a variable: its initial contents are theirs.
std::set<int32_t> named_variables(const inlay_model* model) {
  std::set<int32_t> named;
  for (int32_t g = 0; g < model->graph_count; ++g) {
    for (int32_t t = 0; t < model->graphs[g].tensor_count; ++t) {
      const inlay_tensor& tensor = model->graphs[g].tensors[t];
      const char* name = inlay_model_variable_name(model, tensor.variable);
      if (name != nullptr && std::strcmp(name, tensor.name) == 0) named.insert(tensor.variable);
    }
  }
  return named;
}

Tensor read_tensor(const inlay_model* model, const inlay_tensor& from, const std::set<int32_t>& named, Shared& shared) {
  Tensor out;
  out.name = from.name;
  out.dtype = static_cast<inlay_dtype>(from.dtype);
  out.shape.assign(from.dims, from.dims + from.rank);
  out.quant = read_quant(from.quant);
  if (from.data != nullptr) out.data = shared.at(from.data, from.bytes);
  out.is_variable = (from.flags & INLAY_TENSOR_VARIABLE) != 0;
  if (!out.is_variable) return out;
  out.variable = from.variable;
  const inlay_model_variable& variable = model->variables[from.variable];
  const bool owner = named.count(from.variable) == 0 || out.name == inlay_model_variable_name(model, from.variable);
  if (variable.initial != nullptr && owner) out.initial = shared.at(variable.initial, variable.bytes);
  return out;
}

}  // namespace

Model read_model(const inlay_model* model) {
  Model out;
  Shared shared;
  const std::set<int32_t> named = named_variables(model);
  for (int32_t g = 0; g < model->graph_count; ++g) {
    const inlay_graph& from = model->graphs[g];
    Graph graph;
    graph.name = from.name;
    for (int32_t t = 0; t < from.tensor_count; ++t) graph.tensors.push_back(read_tensor(model, from.tensors[t], named, shared));
    for (int32_t n = 0; n < from.node_count; ++n) graph.nodes.push_back(read_node(from.nodes[n]));
    graph.inputs.assign(from.inputs, from.inputs + from.input_count);
    graph.outputs.assign(from.outputs, from.outputs + from.output_count);
    out.graphs.push_back(std::move(graph));
  }
  const char *key = nullptr, *value = nullptr;
  for (int32_t i = 0; inlay_model_metadata_at(model, i, &key, &value) != 0; ++i) out.metadata[key] = value;
  return out;
}

std::vector<Placement> read_placements(const inlay_model* model) {
  std::vector<Placement> out;
  const auto nodes = static_cast<size_t>(model->graphs[0].node_count);
  for (int32_t i = 0; i < inlay_model_placement_count(model); ++i) {
    inlay_placement from = {};
    if (inlay_model_placement(model, i, &from) != INLAY_OK) continue;
    Placement p;
    for (int32_t d = 0; d < from.device_count; ++d) p.devices.emplace_back(inlay_model_placement_device(model, i, d));
    if (from.devices != nullptr) p.placed.assign(from.devices, from.devices + nodes);
    if (from.costs_us != nullptr) p.costs_us.assign(from.costs_us, from.costs_us + nodes * p.devices.size());
    p.threads = from.threads;
    p.predicted_us = from.predicted_us;
    p.board = from.board;
    p.profile = from.profile;
    if (const inlay_device_link* links = inlay_model_placement_links(model, i)) p.links.assign(links, links + from.device_count);
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace inlay::tools

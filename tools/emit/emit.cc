// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/emit.h"

#include <algorithm>
#include <cstring>

#include "core/checked.h"
#include "core/crc32c.h"
#include "core/tensor.h"
#include "model/model.h"
#include "schema/inlay_generated.h"
#include "tools/emit/flights.h"
#include "tools/emit/planner.h"
#include "tools/emit/weights.h"
#include "tools/graph/aligned.h"

namespace inlay::tools {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

/// A vector of the buffer, or nothing for an empty one: the reader takes both alike.
template <typename T>
Offset<flatbuffers::Vector<T>> vector(FlatBufferBuilder& b, const std::vector<T>& values) {
  return values.empty() ? Offset<flatbuffers::Vector<T>>() : b.CreateVector(values);
}

Offset<flatbuffers::String> string(FlatBufferBuilder& b, const std::string& text) {
  return text.empty() ? Offset<flatbuffers::String>() : b.CreateSharedString(text);
}

/// The schema's struct and the C struct are one layout (checked in runtime/model), so the bytes are copied as they are.
Offset<void> write_params(FlatBufferBuilder& b, const Params& params) {
  return std::visit(
      [&b](const auto& p) -> Offset<void> {
        using P = std::decay_t<decltype(p)>;
        if constexpr (std::is_same_v<P, std::monostate>) {
          return {};
        } else {
          b.StartStruct(alignof(P));
          b.PushBytes(reinterpret_cast<const uint8_t*>(&p), sizeof(p));
          return Offset<void>(b.EndStruct());
        }
      },
      params);
}

/// The model's variables: one per number of the graphs' variable tensors, one more per tensor without a number.
class VariableList {
 public:
  explicit VariableList(const Model& model) {
    for (const Graph& g : model.graphs) {
      for (const Tensor& t : g.tensors) add(t);
    }
  }

  int32_t index_of(const Tensor& t) const { return t.is_variable ? index_.at(&t) : 0; }

  Offset<flatbuffers::Vector<Offset<format::Variable>>> write(FlatBufferBuilder& b, WeightStore& weights) const {
    std::vector<Offset<format::Variable>> list;
    for (const Tensor* t : list_) {
      uint64_t bytes = 0;
      if (!tensor_bytes(t->dtype, t->shape.data(), static_cast<int32_t>(t->shape.size()), &bytes)) {
        throw Error("variable '" + t->name + "' has a shape outside the format's limits");
      }
      format::Span span;
      if (t->initial != nullptr) {
        const Place place = weights.add(t->initial);
        span = format::Span(place.segment, 0, place.offset, place.bytes);
      }
      const auto name = string(b, t->name);
      list.push_back(format::CreateVariable(b, name, bytes, t->initial != nullptr ? &span : nullptr));
    }
    return vector(b, list);
  }

 private:
  void add(const Tensor& t) {
    if (!t.is_variable) return;
    const auto known = t.variable < 0 ? by_number_.end() : by_number_.find(t.variable);
    if (known != by_number_.end()) {
      index_[&t] = known->second;
      const Tensor*& first = list_[static_cast<size_t>(known->second)];
      if (first->initial == nullptr && t.initial != nullptr) first = &t;
      return;
    }
    index_[&t] = static_cast<int32_t>(list_.size());
    if (t.variable >= 0) by_number_[t.variable] = index_[&t];
    list_.push_back(&t);
  }

  std::vector<const Tensor*> list_;
  std::map<const Tensor*, int32_t> index_;
  std::map<int32_t, int32_t> by_number_;
};

Offset<format::Tensor> write_tensor(FlatBufferBuilder& b, const Tensor& t, const VariableList& variables, WeightStore& weights) {
  const auto name = string(b, t.name);
  const auto shape = vector(b, t.shape);
  const auto scale = vector(b, t.quant.scales);
  const bool zeros = std::any_of(t.quant.zero_points.begin(), t.quant.zero_points.end(), [](int32_t z) { return z != 0; });
  const auto zero_point = zeros ? vector(b, t.quant.zero_points) : Offset<flatbuffers::Vector<int32_t>>();
  format::Span span;
  if (t.is_constant()) {
    const Place place = weights.add(t.data);
    span = format::Span(place.segment, 0, place.offset, place.bytes);
  }
  return format::CreateTensor(b, name, static_cast<uint8_t>(t.dtype), t.is_variable, shape, scale, zero_point, t.quant.axis,
                              t.is_constant() ? &span : nullptr, variables.index_of(t));
}

Offset<format::Op> write_op(FlatBufferBuilder& b, const Node& n) {
  const auto inputs = vector(b, n.inputs);
  const auto outputs = vector(b, n.outputs);
  const auto params = write_params(b, n.params);
  const auto name = string(b, n.name);
  const auto code = string(b, n.custom_code);
  Offset<flatbuffers::Vector<uint8_t>> custom;
  if (!n.custom.empty()) {
    b.ForceVectorAlignment(n.custom.size(), 1, 16);
    custom = b.CreateVector(n.custom);
  }
  return format::CreateOp(b, n.kind, n.activation, inputs, outputs, static_cast<format::Params>(n.params.index()), params, name, code,
                          custom);
}

Offset<format::Graph> write_graph(FlatBufferBuilder& b, const Graph& g, const VariableList& variables, WeightStore& weights) {
  std::vector<Offset<format::Tensor>> tensors;
  for (const Tensor& t : g.tensors) tensors.push_back(write_tensor(b, t, variables, weights));
  std::vector<Offset<format::Op>> ops;
  for (const Node& n : g.nodes) ops.push_back(write_op(b, n));
  const auto name = string(b, g.name);
  const auto tensor_list = vector(b, tensors);
  const auto op_list = vector(b, ops);
  const auto inputs = vector(b, g.inputs);
  return format::CreateGraph(b, name, tensor_list, op_list, inputs, vector(b, g.outputs));
}

/// Bytes of activations that are live on the way to a graph: those of the chain of its callers.
struct CallSpace {
  uint64_t base = 0, bound = 0, unshared = 0;
};

/// Graphs called by control flow lie behind the activations of all who call them; `end` is what the caller and its callers need.
void place_callees(const Model& model, size_t caller, const CallSpace& end, std::vector<CallSpace>* spaces) {
  for (const Node& n : model.graphs[caller].nodes) {
    const auto* calls = std::get_if<inlay_graphs>(&n.params);
    if (calls == nullptr) continue;
    for (const int32_t callee : {calls->first, calls->second}) {
      CallSpace& space = spaces->at(static_cast<size_t>(callee));
      space.base = std::max(space.base, align_up<uint64_t>(end.base, 64));
      space.bound = std::max(space.bound, end.bound);
      space.unshared = std::max(space.unshared, end.unshared);
    }
  }
}

/// The main graph's plan: one that lets devices of the placements work at the same time, unless that takes far more memory.
PlannedGraph plan_main(const Graph& graph, const std::vector<Placement>& placements) {
  constexpr uint64_t kMostTimes2 = 3;
  PlannedGraph plain = plan_graph(graph);
  std::vector<int32_t> until(graph.tensors.size(), -1);
  for (const Placement& p : placements) {
    const std::vector<int32_t> one = held_until(graph, p);
    std::transform(one.begin(), one.end(), until.begin(), until.begin(), [](int32_t a, int32_t b) { return std::max(a, b); });
  }
  if (std::all_of(until.begin(), until.end(), [](int32_t node) { return node < 0; })) return plain;
  PlannedGraph held = plan_graph(graph, Share::kInside, until);
  return held.bytes * 2 <= plain.bytes * kMostTimes2 ? held : plain;
}

Offset<format::Plan> write_plan(FlatBufferBuilder& b, const Model& model, const std::vector<Placement>& placements) {
  std::vector<Offset<format::GraphPlan>> graphs;
  std::vector<CallSpace> spaces(model.graphs.size());
  uint64_t bytes = 0, bound = 0, unshared = 0;
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    PlannedGraph plan = g == 0 ? plan_main(model.graphs[0], placements) : plan_graph(model.graphs[g]);
    CallSpace end = {spaces[g].base + plan.bytes, spaces[g].bound + plan.lower_bound, spaces[g].unshared + plan.lower_bound_unshared};
    if (end.base >= INLAY_NOT_PLANNED) throw Error("the activations of the model need more than 4 GiB");
    for (uint32_t& offset : plan.offsets) offset += offset != INLAY_NOT_PLANNED ? static_cast<uint32_t>(spaces[g].base) : 0;
    place_callees(model, g, end, &spaces);
    bytes = std::max(bytes, end.base);
    bound = std::max(bound, end.bound);
    unshared = std::max(unshared, end.unshared);
    graphs.push_back(format::CreateGraphPlan(b, vector(b, plan.offsets)));
  }
  const auto devices = b.CreateVector(std::vector<Offset<flatbuffers::String>>{b.CreateSharedString("reference")});
  return format::CreatePlan(b, devices, bytes, b.CreateVector(graphs), bound, unshared);
}

Offset<format::Plan> write_placement(FlatBufferBuilder& b, const Placement& p) {
  std::vector<Offset<flatbuffers::String>> devices;
  for (const std::string& name : p.devices) devices.push_back(b.CreateSharedString(name));
  const auto placed = vector(b, p.placed);
  const auto main = format::CreateGraphPlan(b, 0, placed, vector(b, p.costs_us));
  const auto graphs = b.CreateVector(std::vector<Offset<format::GraphPlan>>{main});
  const auto board = string(b, p.board);
  const auto profile = string(b, p.profile);
  std::vector<format::Link> links;
  for (const inlay_device_link& l : p.links)
    links.emplace_back(l.start_us, l.submit_us, l.to_us, l.to_bytes_per_us, l.from_us, l.from_bytes_per_us);
  const auto link_list = links.empty() ? 0 : b.CreateVectorOfStructs(links);
  return format::CreatePlan(b, b.CreateVector(devices), 0, graphs, 0, 0, p.threads, p.predicted_us, board, profile, link_list);
}

/// The tables, with the segments' places already known: offsets of segments depend on the tables' size, so the tables are
/// written twice with the same layout.
Bytes write_tables(const Model& model, const std::vector<Placement>& placements, WeightStore& weights,
                   const std::vector<format::Segment>& segments) {
  FlatBufferBuilder b(1 << 16);
  std::vector<Offset<format::Graph>> graphs;
  const VariableList variables(model);
  for (const Graph& g : model.graphs) graphs.push_back(write_graph(b, g, variables, weights));
  const auto graph_list = b.CreateVector(graphs);
  const auto variable_list = variables.write(b, weights);
  std::vector<format::Segment> padded = segments;
  padded.resize(weights.segments().size());
  const auto segment_list = b.CreateVectorOfStructs(padded);
  std::vector<Offset<format::Plan>> plan_list = {write_plan(b, model, placements)};
  for (const Placement& p : placements) plan_list.push_back(write_placement(b, p));
  const auto plans = b.CreateVector(plan_list);
  std::vector<Offset<format::KeyValue>> entries;
  for (const auto& [key, value] : model.metadata) {
    const auto k = b.CreateString(key);
    entries.push_back(format::CreateKeyValue(b, k, b.CreateString(value)));
  }
  const auto metadata = vector(b, entries);
  b.Finish(format::CreateModel(b, graph_list, segment_list, plans, metadata, variable_list), format::ModelIdentifier());
  return Bytes(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
}

/// Opens a gap of 64 bytes for the header behind the identifier. Every offset but the root's is relative, and 64 keeps every
/// alignment.
Bytes with_header_gap(const Bytes& tables) {
  constexpr size_t kGap = kTablesStart;
  Bytes out(tables.size() + kGap);
  std::memcpy(out.data(), tables.data(), 8);
  std::memcpy(out.data() + 8 + kGap, tables.data() + 8, tables.size() - 8);
  uint32_t root = 0;
  std::memcpy(&root, out.data(), 4);
  root += static_cast<uint32_t>(kGap);
  std::memcpy(out.data(), &root, 4);
  return out;
}

void verify(const Bytes& file) {
  // On 64-bit hosts the allocator's bytes are aligned to 16, as the reader wants them.
  const bool fits = reinterpret_cast<uintptr_t>(file.data()) % 16 == 0;
  Aligned copy(fits ? Bytes() : file);
  const uint8_t* bytes = fits ? file.data() : copy.data();
  size_t need = 0;
  inlay_error error = {};
  inlay_status status = inlay_model_measure(bytes, file.size(), nullptr, &need, &error);
  if (status == INLAY_OK) {
    Aligned memory(need);
    inlay_model* model = nullptr;
    status = inlay_model_init(bytes, file.size(), nullptr, {memory.data(), need}, &model, &error);
  }
  if (status != INLAY_OK) throw Error(std::string("the model written does not verify: ") + error.text);
}

}  // namespace

Bytes emit_inlay(const Model& model, const std::vector<Placement>& placements) {
  WeightStore weights;
  const Bytes draft = with_header_gap(write_tables(model, placements, weights, {}));
  uint64_t end = draft.size();
  std::vector<format::Segment> segments;
  for (const Bytes& s : weights.segments()) {
    const uint64_t offset = align_up<uint64_t>(end, kSegmentAlignment);
    segments.emplace_back(offset, s.size(), crc32c(s.data(), s.size()), 0);
    end = offset + s.size();
  }
  Bytes file = with_header_gap(write_tables(model, placements, weights, segments));
  if (file.size() != draft.size()) throw Error("the model's tables changed size between two writings");
  const format::Header header(end, file.size(), crc32c(file.data() + kTablesStart, file.size() - kTablesStart), kFormatVersion);
  std::memcpy(file.data() + 8, &header, sizeof(header));
  file.resize(end);
  for (size_t i = 0; i < segments.size(); ++i) {
    const Bytes& bytes = weights.segments()[i];
    std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(segments[i].offset()));
  }
  verify(file);
  return file;
}

}  // namespace inlay::tools

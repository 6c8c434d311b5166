// SPDX-License-Identifier: Apache-2.0
// Models of cases, and which device takes them.
#include <cstdlib>
#include <cstring>

#include "conformance/runner/case_run.h"
#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"
#include "tools/inlay/handles.h"

extern "C" const inlay_backend inlay_backend_template;

namespace inlay::conformance {

std::vector<Device> every_device() {
  constexpr int32_t kMaxDevices = 16;
  std::vector<Device> all = {{"template", {&inlay_backend_template, 0}, false, false}};
  for (int32_t b = 0; b < inlay_backend_count(); ++b) {
    const inlay_backend* backend = inlay_backend_at(b);
    if ((backend->flags & INLAY_BACKEND_ACCELERATOR) != 0) continue;
    inlay_device_info infos[kMaxDevices] = {};
    inlay_error why = {};
    const int32_t count = backend->probe(infos, kMaxDevices, &why);
    for (int32_t i = 0; i < count && i < kMaxDevices; ++i) {
      const inlay_device device = {backend, i};
      all.push_back({tools::device_label(device), device, backend == &inlay_backend_builtin, false});
    }
  }
  return all;
}

void Block::Free::operator()(uint8_t* p) const { std::free(p); }

Block::Block(size_t bytes) : bytes_(bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, bytes > 0 ? bytes : 1) != 0) std::abort();
  data_.reset(static_cast<uint8_t*>(memory));
  std::memset(memory, 0xa5, bytes);
}

CaseModel::CaseModel(const StoredCase& stored, bool optimized) {
  tools::ImportOptions options;
  options.shapes = stored.resize;
  tools::Model source = tools::import_tflite(stored.model, options);
  if (optimized) {
    tools::optimize(source);
  } else {
    for (tools::Graph& graph : source.graphs)
      tools::remove_dead(graph);  // handles of variables and other leftovers of the import
  }
  const tools::Bytes bytes = tools::emit_inlay(source);
  file_ = std::make_unique<Block>(bytes.size());
  std::memcpy(file_->data(), bytes.data(), bytes.size());
  size_t need = 0;
  inlay_error error = {};
  tools::check(inlay_model_measure(file_->data(), bytes.size(), nullptr, &need, &error), error, "measuring the model");
  tables_ = std::make_unique<Block>(need);
  tools::check(inlay_model_init(file_->data(), bytes.size(), nullptr, tables_->block(), &model_, &error), error,
               "reading the model");
}

std::vector<int32_t> nodes_of(const inlay_graph& graph, uint16_t kind) {
  std::vector<int32_t> nodes;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    if (kind == INLAY_OP_NONE || graph.nodes[n].kind == kind) nodes.push_back(n);
  }
  return nodes;
}

std::string dtypes_of(const inlay_graph& graph, int32_t index) {
  const inlay_node& node = graph.nodes[index];
  const auto dtype_of = [&](const int32_t* ids, uint16_t count, uint16_t i) {
    return i < count && ids[i] >= 0 ? static_cast<inlay_dtype>(graph.tensors[ids[i]].dtype) : INLAY_NONE;
  };
  const inlay_dtype first = dtype_of(node.inputs, node.input_count, 0);
  const inlay_dtype second = dtype_of(node.inputs, node.input_count, 1);
  const inlay_dtype out = dtype_of(node.outputs, node.output_count, 0);
  std::string text = first == INLAY_NONE ? inlay_dtype_name(out) : inlay_dtype_name(first);
  // Integers of 32 and more bits are indices, shapes or a bias.
  if (second != INLAY_NONE && second != first && inlay_dtype_bits(second) <= 16)
    text += std::string(" x ") + inlay_dtype_name(second);
  if (out != INLAY_NONE && first != INLAY_NONE && out != first) text += std::string(" to ") + inlay_dtype_name(out);
  return text;
}

const char* rejection(const Device& device, const inlay_graph& graph, const std::vector<int32_t>& nodes) {
  for (const int32_t n : nodes) {
    inlay_segment segment = {};
    segment.struct_size = sizeof(segment);
    segment.graph = &graph;
    segment.first_node = n;
    segment.node_count = 1;
    segment.ops = inlay_default_ops();
    segment.threads = 1;
    segment.allow_inexact = device.allow_inexact ? 1 : 0;
    const char* reason = device.device.backend->reject(device.device.index, &segment, &graph.nodes[n]);
    if (reason != nullptr) return reason;
  }
  return nullptr;
}

}  // namespace inlay::conformance

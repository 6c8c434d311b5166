// SPDX-License-Identifier: Apache-2.0
#include "gpu/op.h"

#include <algorithm>

#include "core/error.h"
#include "kernels/quantize.h"

namespace inlay::gpu {

#define INLAY_GPU_OP(KIND, symbol) extern const Op op_##symbol;
#include "gpu/ops.inc"
#undef INLAY_GPU_OP

namespace {

const OpEntry kShared[] = {
#define INLAY_GPU_OP(KIND, symbol) {INLAY_OP_##KIND, &op_##symbol},
#include "gpu/ops.inc"
#undef INLAY_GPU_OP
};

constexpr int64_t kMostElements = INT32_MAX;  // kernels count in int

/// All checks of shapes, dtypes and options are those of the builtin op: what it refuses, it may explain itself.
bool valid(const inlay_segment& segment, const inlay_node& node) {
  inlay_segment alone = segment;
  alone.first_node = static_cast<int32_t>(&node - segment.graph->nodes);
  alone.node_count = 1;
  alone.pool = nullptr;
  alone.threads = 1;
  inlay_need need;
  return inlay_backend_builtin.measure(0, &alone, &need, nullptr) == INLAY_OK;
}

const char* tensor_reason(const inlay_tensor& t) {
  if ((t.flags & INLAY_TENSOR_VARIABLE) != 0) return "the state of variables stays in the host's memory";
  if (element_count(t) > kMostElements) return "a tensor has more than 2^31 - 1 elements";
  if (t.dtype == INLAY_INT4) return "int4 is not unpacked on this device";
  return nullptr;
}

const char* wiring_reason(const inlay_graph& graph, const inlay_node& node) {
  if (node.output_count != 1 || node.outputs[0] < 0) return "only nodes with one output run on this device";
  const char* reason = tensor_reason(graph.tensors[node.outputs[0]]);
  for (int32_t i = 0; i < node.input_count && reason == nullptr; ++i) {
    if (node.inputs[i] >= 0) reason = tensor_reason(graph.tensors[node.inputs[i]]);
  }
  return reason;
}

}  // namespace

const Op* find_op(const OpEntry* own, size_t count, uint16_t kind) {
  for (size_t i = 0; i < count; ++i) {
    if (own[i].kind == kind) return own[i].op;
  }
  for (const OpEntry& entry : kShared) {
    if (entry.kind == kind) return entry.op;
  }
  return nullptr;
}

const char* rejection(const Op* op, const Caps& caps, const inlay_segment& segment, const inlay_node& node) {
  if (op == nullptr) return "this backend has no kernel for the op";
  const char* reason = wiring_reason(*segment.graph, node);
  if (reason != nullptr) return reason;
  if (!valid(segment, node)) return "the op is not valid; the builtin device says why";
  return op->reject({&segment, &node, &caps});
}

std::string define(const char* name, int64_t value) { return std::string(" -D") + name + "=" + std::to_string(value); }

std::string Node::element_options(uint32_t dtype) const {
  switch (dtype) {
    case INLAY_FLOAT32: {
      if (!half()) return "-DREAL=float";
      const bool sums = (segment->fast_math & INLAY_FAST_MATH_FP16_SUMS) != 0;
      return std::string("-DREAL=half -DREAL_IS_HALF") + (caps->fp16 ? " -DHALF_MATH" : "") +
             (caps->fp16 && sums ? " -DHALF_SUMS" : "");
    }
    case INLAY_INT8: return "-DQ=char -DQ_IS_SIGNED";
    case INLAY_UINT8: return "-DQ=uchar";
    default: return "";
  }
}

std::vector<uint8_t> device_floats(const Node& node, const float* values, size_t count) {
  const size_t each = node.half() ? sizeof(uint16_t) : sizeof(float);
  std::vector<uint8_t> out(count * each);
  for (size_t i = 0; i < count; ++i) {
    if (node.half()) {
      const uint16_t half = kernels::float_to_half(values[i]);
      std::memcpy(out.data() + i * each, &half, each);
    } else {
      std::memcpy(out.data() + i * each, &values[i], each);
    }
  }
  return out;
}

std::vector<uint8_t> table_of(const Node& node) {
  const auto bytes = static_cast<int32_t>(inlay_dtype_bits(static_cast<inlay_dtype>(node.input(0)->dtype)) / 8);
  const int32_t all[] = {1 << 8 * bytes};
  constexpr int32_t kIds[] = {0, 1};
  inlay_tensor tensors[2] = {*node.input(0), node.output()};
  for (inlay_tensor& t : tensors) {
    t.dims = all;
    t.rank = 1;
    t.bytes = static_cast<size_t>(all[0]) * bytes;
    t.data = nullptr;
  }
  inlay_node alone = *node.node;
  alone.inputs = &kIds[0];
  alone.outputs = &kIds[1];
  alone.input_count = alone.output_count = 1;
  inlay_graph graph = {"", tensors, &alone, &kIds[0], &kIds[1], 2, 1, 1, 1};
  inlay_segment segment = *node.segment;
  segment.graph = segment.graphs = &graph;
  segment.graph_count = segment.node_count = segment.threads = 1;
  segment.first_node = 0;
  segment.pool = nullptr;
  inlay_need need = {};
  inlay_error error = {};
  void* compiled = nullptr;
  inlay_status status = inlay_backend_builtin.measure(0, &segment, &need, &error);
  if (status != INLAY_OK) throw Failure(status, error.text);
  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> persistent(need.persistent / 64 + 1), scratch(need.scratch / 64 + 1);
  status = inlay_backend_builtin.compile(0, &segment, {persistent.data(), need.persistent}, &compiled, &error);
  if (status != INLAY_OK) throw Failure(status, error.text);
  std::vector<uint8_t> in(tensors[0].bytes), out(tensors[1].bytes);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<uint8_t>(bytes == 1 ? i : i / 2 >> 8 * (i % 2));
  void* const places[] = {in.data(), out.data()};
  const inlay_run run = {places, {scratch.data(), need.scratch}, nullptr, 0, &error, nullptr};
  status = inlay_backend_builtin.execute(compiled, &run);
  inlay_backend_builtin.release(compiled);
  if (status != INLAY_OK) throw Failure(status, error.text);
  return out;
}

}  // namespace inlay::gpu

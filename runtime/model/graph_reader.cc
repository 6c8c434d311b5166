// SPDX-License-Identifier: Apache-2.0
#include "core/op_kinds.h"
#include "core/tensor.h"
#include "model/reader.h"

namespace inlay {
namespace {

// The option structs are read in place: the C struct and the schema's struct must be one layout.
template <typename C, typename F>
constexpr bool same_layout() {
  return sizeof(C) == sizeof(F) && alignof(C) == alignof(F) && alignof(C) == 4;
}
static_assert(same_layout<inlay_window, format::Window>() && same_layout<inlay_axis, format::Axis>() &&
                  same_layout<inlay_axes, format::Axes>() && same_layout<inlay_dims, format::Dims>() &&
                  same_layout<inlay_slice, format::Slice>() && same_layout<inlay_pad, format::Pad>() &&
                  same_layout<inlay_scalars, format::Scalars>() && same_layout<inlay_resize, format::Resize>() &&
                  same_layout<inlay_matmul, format::Matmul>() && same_layout<inlay_block_params, format::Block>() &&
                  same_layout<inlay_graphs, format::Graphs>() && same_layout<inlay_recurrent, format::Recurrent>() &&
                  same_layout<inlay_detection, format::Detection>() && same_layout<inlay_window_3d, format::Window3d>() &&
                  same_layout<inlay_signal, format::Signal>(),
              "schema/inlay.fbs and inlay/graph.h must agree");
static_assert(static_cast<int>(format::Params::MAX) == INLAY_PARAMS_COUNT - 1 &&
                  static_cast<int>(format::Params::Slice) == INLAY_PARAMS_SLICE &&
                  static_cast<int>(format::Params::Signal) == INLAY_PARAMS_SIGNAL,
              "the union of the schema and inlay_params_type must agree");

const char* text(const flatbuffers::String* s) { return s != nullptr ? s->c_str() : ""; }

inlay_status read_quant(const Reader& r, const format::Tensor& from, int32_t index, inlay_tensor* out) {
  const uint32_t scales = from.scale() != nullptr ? from.scale()->size() : 0;
  const uint32_t zeros = from.zero_point() != nullptr ? from.zero_point()->size() : 0;
  if (scales == 0) return INLAY_OK;
  const int32_t axis = from.quant_axis();
  const bool per_channel = scales > 1;
  if ((per_channel && (axis < 0 || axis >= out->rank || static_cast<int64_t>(scales) != out->dims[axis])) ||
      (zeros != 0 && zeros != scales)) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "tensor % has % scales and % zero points that do not fit its shape", index, scales, zeros);
  }
  for (uint32_t i = 0; i < scales; ++i) {
    const float s = from.scale()->Get(i);
    if (!(s > 0.0f && s <= 3.4e38f)) return INLAY_FAIL(r.error, MODEL_CORRUPT, "tensor % has a scale that is not positive", index);
  }
  out->quant = {from.scale()->data(), zeros != 0 ? from.zero_point()->data() : nullptr, static_cast<int32_t>(scales),
                per_channel ? axis : 0};
  return INLAY_OK;
}

/// The bytes of a constant, or of a variable's initial contents; `what` names it in sentences.
inlay_status read_span(const Reader& r, const format::Span& span, const char* what, int32_t index, size_t bytes, const void** out) {
  const auto* segments = r.root->segments();
  if (segments == nullptr || span.segment() >= segments->size()) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "% % names a weight segment the file has not", what, index);
  }
  const format::Segment& segment = *segments->Get(span.segment());
  uint64_t end = 0;
  if (span.offset() % kConstantAlignment != 0 || !checked_add(span.offset(), span.bytes(), &end) || end > segment.bytes() ||
      span.bytes() != bytes) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "% % has data of % bytes that does not fit its shape or segment", what, index, span.bytes());
  }
  *out = r.bytes + segment.offset() + span.offset();
  return INLAY_OK;
}

inlay_status read_variable_use(const Reader& r, const format::Tensor& from, int32_t index, inlay_tensor* out) {
  const auto* variables = r.root->variables();
  const int32_t id = from.variable();
  if (variables == nullptr || id < 0 || static_cast<uint32_t>(id) >= variables->size() || from.data() != nullptr ||
      variables->Get(static_cast<uint32_t>(id))->bytes() != out->bytes) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "tensor % is a variable, but variable % of the file does not fit it", index, id);
  }
  out->flags = INLAY_TENSOR_VARIABLE;
  out->variable = id;
  return INLAY_OK;
}

inlay_status read_tensor(const Reader& r, const format::Tensor& from, int32_t index, inlay_tensor* out) {
  static const int32_t kNoDims[1] = {0};
  const uint32_t rank = from.shape() != nullptr ? from.shape()->size() : 0;
  uint64_t bytes = 0;
  out->name = text(from.name());
  out->dims = rank != 0 ? from.shape()->data() : kNoDims;
  if (rank > INLAY_MAX_RANK || !tensor_bytes(from.dtype(), out->dims, static_cast<int32_t>(rank), &bytes) || bytes > SIZE_MAX / 2) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "tensor % has a shape or dtype outside the format's limits", index);
  }
  out->rank = static_cast<uint8_t>(rank);
  out->dtype = from.dtype();
  out->bytes = static_cast<size_t>(bytes);
  out->variable = -1;
  INLAY_TRY(read_quant(r, from, index, out));
  if (from.is_variable()) return read_variable_use(r, from, index, out);
  return from.data() != nullptr ? read_span(r, *from.data(), "tensor", index, out->bytes, &out->data) : INLAY_OK;
}

inlay_status read_node(const Reader& r, const format::Op& from, int32_t index, inlay_node* out) {
  const uint32_t inputs = from.inputs() != nullptr ? from.inputs()->size() : 0;
  const uint32_t outputs = from.outputs() != nullptr ? from.outputs()->size() : 0;
  const auto params = static_cast<uint32_t>(from.params_type());
  if (inputs > 65535 || outputs > 65535 || params >= INLAY_PARAMS_COUNT || (params != 0 && from.params() == nullptr) ||
      reinterpret_cast<uintptr_t>(from.params()) % 4 != 0) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % is malformed", index);
  }
  const bool custom = from.kind() == INLAY_OP_CUSTOM;
  if (!custom && alias_or_unknown(from.kind()) == kUnknownOp) {
    return INLAY_FAIL(r.error, MODEL_TOO_NEW, "op % has kind %, unknown to this version of Inlay: update Inlay", index, from.kind());
  }
  if (custom && (from.custom_code() == nullptr || from.custom_code()->size() == 0)) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % is custom but has no name", index);
  }
  out->name = text(from.name());
  out->custom_code = custom ? from.custom_code()->c_str() : nullptr;
  out->params = from.params();
  out->params_type = params != 0 ? static_cast<uint8_t>(params) : 0;
  out->custom = from.custom() != nullptr ? from.custom()->data() : nullptr;
  out->custom_bytes = from.custom() != nullptr ? from.custom()->size() : 0;
  out->kind = from.kind();
  out->activation = from.activation();
  out->inputs = inputs != 0 ? from.inputs()->data() : nullptr;
  out->outputs = outputs != 0 ? from.outputs()->data() : nullptr;
  out->input_count = static_cast<uint16_t>(inputs);
  out->output_count = static_cast<uint16_t>(outputs);
  return INLAY_OK;
}

template <typename Vector>
int32_t size_of(const Vector* v) {
  return v != nullptr ? static_cast<int32_t>(v->size()) : 0;
}

}  // namespace

inlay_status read_variables(const Reader& r, inlay_model_variable* out, size_t* total) {
  const auto* list = r.root->variables();
  const uint32_t count = list != nullptr ? list->size() : 0;
  if (count > static_cast<uint32_t>(kMaxTensors)) return INLAY_FAIL(r.error, MODEL_CORRUPT, "the file has more than % variables", kMaxTensors);
  *total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const format::Variable& from = *list->Get(i);
    inlay_model_variable v = {text(from.name()), nullptr, static_cast<size_t>(from.bytes()), *total};
    if (from.bytes() > SIZE_MAX / 4 || !checked_add(*total, align_up<size_t>(v.bytes, kConstantAlignment), total) || *total > SIZE_MAX / 4) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "the variables do not fit an address space");
    }
    if (from.initial() != nullptr) INLAY_TRY(read_span(r, *from.initial(), "variable", static_cast<int32_t>(i), v.bytes, &v.initial));
    if (out != nullptr) out[i] = v;
  }
  return INLAY_OK;
}

inlay_status read_graph(const Reader& r, const format::Graph& from, inlay_graph* out) {
  inlay_graph g = {};
  g.name = text(from.name());
  g.tensor_count = size_of(from.tensors());
  g.node_count = size_of(from.ops());
  g.input_count = size_of(from.inputs());
  g.output_count = size_of(from.outputs());
  if (g.tensor_count > kMaxTensors || g.node_count > kMaxNodes || g.input_count > kMaxTensors || g.output_count > kMaxTensors) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "graph '%' has more than % tensors or ops", g.name, kMaxTensors);
  }
  auto* tensors = r.memory->take_array<inlay_tensor>(static_cast<size_t>(g.tensor_count));
  auto* nodes = r.memory->take_array<inlay_node>(static_cast<size_t>(g.node_count));
  for (int32_t i = 0; i < g.tensor_count; ++i) {
    inlay_tensor tensor = {};
    INLAY_TRY(read_tensor(r, *from.tensors()->Get(static_cast<uint32_t>(i)), i, &tensor));
    if (tensors != nullptr) tensors[i] = tensor;
  }
  for (int32_t i = 0; i < g.node_count; ++i) {
    inlay_node node = {};
    INLAY_TRY(read_node(r, *from.ops()->Get(static_cast<uint32_t>(i)), i, &node));
    if (nodes != nullptr) nodes[i] = node;
  }
  g.tensors = tensors;
  g.nodes = nodes;
  g.inputs = g.input_count != 0 ? from.inputs()->data() : nullptr;
  g.outputs = g.output_count != 0 ? from.outputs()->data() : nullptr;
  if (out != nullptr) *out = g;
  return INLAY_OK;
}

}  // namespace inlay

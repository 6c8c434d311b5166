// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/signature.h"

#include <cstring>

#include "tools/graph/ir.h"
#include "tools/inlay/sha256.h"

namespace inlay::tools {
namespace {

constexpr const char* kActivations[] = {"", "+RELU", "+RELU6", "+RELU_N1_TO_1", "+TANH", "+RELU_0_TO_1"};
constexpr const char* kParamNames[] = {"",       "window", "axis",  "axes",   "dims",      "slice",     "pad",      "scalars",
                                       "resize", "matmul", "block", "graphs", "recurrent", "detection", "window3d", "signal"};
static_assert(sizeof(kParamNames) / sizeof(kParamNames[0]) == INLAY_PARAMS_COUNT, "one name for each kind of options");

template <size_t I = 1>
size_t params_bytes(size_t type) {
  if constexpr (I < std::variant_size_v<Params>) {
    return type == I ? sizeof(std::variant_alternative_t<I, Params>) : params_bytes<I + 1>(type);
  } else {
    return 0;
  }
}

/// "window(2,2,1,1,0,1,0,1)": the options' words, floats by their bits; zeros at the end are left out.
std::string params_text(const inlay_node& node) {
  const size_t words = params_bytes(node.params_type) / sizeof(int32_t);
  if (node.params == nullptr || words == 0) return "";
  std::vector<int32_t> values(words);
  std::memcpy(values.data(), node.params, words * sizeof(int32_t));
  while (!values.empty() && values.back() == 0) values.pop_back();
  std::string text = std::string(" ") + kParamNames[node.params_type] + "(";
  for (size_t i = 0; i < values.size(); ++i) text += (i > 0 ? "," : "") + std::to_string(values[i]);
  return text + ")";
}

std::string quant_text(const inlay_quant& quant) {
  if (quant.count == 0) return "";
  std::string text = quant.count == 1 ? "q" : "q" + std::to_string(quant.count) + "/" + std::to_string(quant.axis);
  for (int32_t i = 0; quant.zero_points != nullptr && i < quant.count; ++i) {
    if (quant.zero_points[i] != 0) return text + "z";
  }
  return text;
}

std::string tensor_text(const inlay_graph& graph, int32_t id) {
  if (id < 0) return "_";
  const inlay_tensor& t = graph.tensors[id];
  std::string text = t.data != nullptr ? "*" : (t.flags & INLAY_TENSOR_VARIABLE) != 0 ? "~" : "";
  text += inlay_dtype_name(static_cast<inlay_dtype>(t.dtype));
  text += "[";
  for (int32_t d = 0; d < t.rank; ++d) text += (d > 0 ? "," : "") + std::to_string(t.dims[d]);
  return text + "]" + quant_text(t.quant);
}

/// Whether two tensors share bytes of the planned block: a view costs nothing, a copy does.
bool overlap(const inlay_graph& graph, const uint32_t* offsets, int32_t a, int32_t b) {
  if (a < 0 || b < 0 || offsets[a] == INLAY_NOT_PLANNED || offsets[b] == INLAY_NOT_PLANNED) return false;
  return offsets[a] < offsets[b] + uint64_t{graph.tensors[b].bytes} && offsets[b] < offsets[a] + uint64_t{graph.tensors[a].bytes};
}

}  // namespace

std::string signature(const inlay_model* model, int32_t index) {
  const inlay_graph& graph = *inlay_model_graph(model, 0);
  const uint32_t* offsets = inlay_model_offsets(model, 0);
  const inlay_node& node = graph.nodes[index];
  if (node.params_type == INLAY_PARAMS_GRAPHS) return "";
  std::string text = node.kind == INLAY_OP_CUSTOM ? std::string("CUSTOM:") + node.custom_code : inlay_op_kind_name(node.kind);
  text += node.activation < sizeof(kActivations) / sizeof(kActivations[0]) ? kActivations[node.activation] : "+?";
  text += params_text(node);
  if (node.custom_bytes != 0) text += " custom(" + std::to_string(crc32(node.custom, node.custom_bytes)) + ")";
  const int32_t first = node.output_count > 0 ? node.outputs[0] : -1;
  for (int32_t i = 0; i < node.input_count; ++i) {
    text += " " + tensor_text(graph, node.inputs[i]);
    if (overlap(graph, offsets, node.inputs[i], first)) text += "@";
  }
  text += " ->";
  for (int32_t i = 0; i < node.output_count; ++i) text += " " + tensor_text(graph, node.outputs[i]);
  return text;
}

bool is_view(const inlay_model* model, int32_t index) {
  const inlay_graph& graph = *inlay_model_graph(model, 0);
  const inlay_node& node = graph.nodes[index];
  if (node.kind != INLAY_OP_RESHAPE && node.kind != INLAY_OP_SLICE && node.kind != INLAY_OP_CONCATENATION) return false;
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (!overlap(graph, inlay_model_offsets(model, 0), node.inputs[i], node.outputs[0])) return false;
  }
  return true;
}

}  // namespace inlay::tools

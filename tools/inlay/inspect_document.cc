// SPDX-License-Identifier: Apache-2.0
// The document behind every form of `inlay inspect`.
#include <algorithm>

#include "inlay/op.h"
#include "plan/plan.h"
#include "tools/graph/op_call.h"
#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/inspect.h"
#include "tools/inlay/liveness.h"
#include "tools/inlay/macs.h"
#include "tools/inlay/npy.h"

namespace inlay::tools {
namespace {

std::vector<int64_t> dims_of(const inlay_tensor& t) { return {t.dims, t.dims + t.rank}; }

void add_quant(Json& out, const inlay_quant& quant) {
  if (quant.count == 1) {
    out["scale"] = quant.scales[0];
    out["zero_point"] = quant.zero_points != nullptr ? quant.zero_points[0] : 0;
  } else if (quant.count > 1) {
    out["scales"] = quant.count;
    out["scale_axis"] = quant.axis;
  }
}

Json interface_json(const inlay_tensor_info& info) {
  Json out = {{"name", info.name}, {"dtype", inlay_dtype_name(info.dtype)}, {"shape", shape_of(info)}, {"bytes", info.bytes}};
  if (info.quant.count == 1) add_quant(out, info.quant);
  return out;
}

std::string kind_of(const inlay_node& node) {
  return node.kind == INLAY_OP_CUSTOM ? std::string("CUSTOM:") + node.custom_code : inlay_op_kind_name(node.kind);
}

const char* activation_name(uint8_t activation) {
  constexpr const char* kNames[] = {"", "RELU", "RELU6", "RELU_N1_TO_1", "TANH", "RELU_0_TO_1"};
  return activation < 6 ? kNames[activation] : "?";
}

Json op_json(const inlay_graph& graph, int32_t index) {
  const inlay_node& node = graph.nodes[index];
  Json out = {{"index", index}, {"kind", kind_of(node)}, {"name", node.name}};
  if (node.output_count > 0 && node.outputs[0] >= 0) {
    const inlay_tensor& result = graph.tensors[node.outputs[0]];
    out["shape"] = dims_of(result);
    out["dtype"] = inlay_dtype_name(static_cast<inlay_dtype>(result.dtype));
  }
  out["macs"] = node_macs(graph, node);
  out["constant_bytes"] = node_constant_bytes(graph, node);
  out["activation"] = activation_name(node.activation);
  out["params"] = params_text(node);
  out["inputs"] = std::vector<int32_t>(node.inputs, node.inputs + node.input_count);
  out["outputs"] = std::vector<int32_t>(node.outputs, node.outputs + node.output_count);
  if (node.params_type == INLAY_PARAMS_GRAPHS && node.params != nullptr) {
    const auto& called = *static_cast<const inlay_graphs*>(node.params);
    out["calls"] = {called.first, called.second};
  }
  return out;
}

bool is_in(const int32_t* list, int32_t count, int32_t id) { return std::find(list, list + count, id) != list + count; }

const char* role_of(const inlay_graph& graph, int32_t id) {
  const inlay_tensor& t = graph.tensors[id];
  if (t.data != nullptr) return "constant";
  if ((t.flags & INLAY_TENSOR_VARIABLE) != 0) return "variable";
  if (is_in(graph.inputs, graph.input_count, id)) return "input";
  return is_in(graph.outputs, graph.output_count, id) ? "output" : "activation";
}

/// Where the plan has put a tensor inside another: "view_of"; an op whose output is over an input it reads last: "in_place".
void add_sharing(Json& ops, Json& tensors, const inlay_graph& graph, const uint32_t* offsets) {
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    const int32_t output = node.output_count > 0 ? node.outputs[0] : -1;
    if (output < 0 || offsets[output] == INLAY_NOT_PLANNED) continue;
    Pieces pieces(graph, node);
    for (Piece piece; pieces.next(&piece);) {
      const int32_t input = node.inputs[piece.input];
      if (input < 0 || offsets[input] == INLAY_NOT_PLANNED || offsets[input] + piece.from != offsets[output] + piece.at) continue;
      const bool inside_output = graph.tensors[input].bytes < graph.tensors[output].bytes;
      tensors[static_cast<size_t>(inside_output ? input : output)]["view_of"] = inside_output ? output : input;
    }
    for (int32_t i = 0; i < node.input_count; ++i) {
      const int32_t input = node.inputs[i];
      if (input >= 0 && offsets[input] == offsets[output] && may_overwrite(graph, node, i))
        ops[static_cast<size_t>(n)]["in_place"] = true;
    }
  }
}

/// Adds "ops" and "tensors" of one graph. Lifetimes: the op that writes (-1: before the first), the last that reads (op count:
/// after the last).
void add_graph(Json& out, const inlay_model* model, int32_t index) {
  const inlay_graph& graph = *inlay_model_graph(model, index);
  const uint32_t* offsets = inlay_model_offsets(model, index);
  std::vector<PlanItem> items(static_cast<size_t>(graph.tensor_count));
  plan_lifetimes(graph, items.data());
  Json ops = Json::array(), tensors = Json::array();
  for (int32_t i = 0; i < graph.node_count; ++i) ops.push_back(op_json(graph, i));
  for (int32_t i = 0; i < graph.tensor_count; ++i) {
    const inlay_tensor& t = graph.tensors[i];
    Json one = {{"id", i},
                {"name", t.name},
                {"dtype", inlay_dtype_name(static_cast<inlay_dtype>(t.dtype))},
                {"shape", dims_of(t)},
                {"bytes", t.bytes},
                {"role", role_of(graph, i)}};
    add_quant(one, t.quant);
    if ((t.flags & INLAY_TENSOR_VARIABLE) != 0 && t.variable >= 0) one["variable"] = t.variable;
    if (offsets[i] != INLAY_NOT_PLANNED) {
      one["offset"] = offsets[i];
      one["first"] = items[static_cast<size_t>(i)].first;
      one["last"] = items[static_cast<size_t>(i)].last;
    }
    tensors.push_back(std::move(one));
  }
  add_sharing(ops, tensors, graph, offsets);
  const LiveBytes live = live_bytes(graph, offsets);
  for (size_t i = 0; i < live.shared.size(); ++i) {
    ops[i]["live_bytes"] = live.shared[i];
    ops[i]["live_bytes_unshared"] = live.unshared[i];
  }
  out["ops"] = std::move(ops);
  out["tensors"] = std::move(tensors);
}

Json variables_json(const inlay_model* model) {
  Json list = Json::array();
  for (int32_t i = 0; i < inlay_model_variable_count(model); ++i) {
    list.push_back({{"index", i}, {"name", inlay_model_variable_name(model, i)}});
    for (int32_t g = 0; g < inlay_model_graph_count(model) && !list.back().contains("bytes"); ++g) {
      const inlay_graph& graph = *inlay_model_graph(model, g);
      for (int32_t t = 0; t < graph.tensor_count; ++t) {
        const inlay_tensor& tensor = graph.tensors[t];
        if ((tensor.flags & INLAY_TENSOR_VARIABLE) == 0 || tensor.variable != i) continue;
        list.back()["dtype"] = inlay_dtype_name(static_cast<inlay_dtype>(tensor.dtype));
        list.back()["shape"] = dims_of(tensor);
        list.back()["bytes"] = tensor.bytes;
        break;
      }
    }
  }
  return list;
}

Json basics(const InspectArgs& args, const inlay_model* model) {
  const inlay_graph& graph = main_graph(model);
  Json out;
  out["model"] = args.model;
  out["metadata"] = Json::object();
  const char *key = nullptr, *value = nullptr;
  for (int32_t i = 0; inlay_model_metadata_at(model, i, &key, &value) != 0; ++i) out["metadata"][key] = value;
  out["inputs"] = Json::array();
  out["outputs"] = Json::array();
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) out["inputs"].push_back(interface_json(input_info(model, i)));
  for (int32_t i = 0; i < inlay_model_output_count(model); ++i) out["outputs"].push_back(interface_json(output_info(model, i)));
  out["graphs"] = inlay_model_graph_count(model);
  out["macs"] = graph_macs(graph);
  add_graph(out, model, 0);
  out["graph_inputs"] = std::vector<int32_t>(graph.inputs, graph.inputs + graph.input_count);
  out["graph_outputs"] = std::vector<int32_t>(graph.outputs, graph.outputs + graph.output_count);
  out["variables"] = variables_json(model);
  out["called"] = Json::array();
  for (int32_t i = 1; i < inlay_model_graph_count(model); ++i) {
    const inlay_graph& other = *inlay_model_graph(model, i);
    Json called = {{"index", i}, {"name", other.name}, {"macs", graph_macs(other)}};
    add_graph(called, model, i);
    called["graph_inputs"] = std::vector<int32_t>(other.inputs, other.inputs + other.input_count);
    called["graph_outputs"] = std::vector<int32_t>(other.outputs, other.outputs + other.output_count);
    out["called"].push_back(std::move(called));
  }
  return out;
}

void add_memory(Json& out, const inlay_session* session) {
  const inlay_memory_use use = memory_use(session);
  const double ratio = use.lower_bound != 0 ? static_cast<double>(use.planned) / static_cast<double>(use.lower_bound) : 1.0;
  out["memory"] = {{"persistent", use.persistent},
                   {"planned", use.planned},
                   {"scratch", use.scratch},
                   {"lower_bound", use.lower_bound},
                   {"ratio", ratio},
                   {"weights", use.weights},
                   {"lower_bound_unshared", use.lower_bound_unshared}};
}

/// Asks one backend about every op alone; nothing is prepared, so a model no device can run is explained, too.
void add_why(Json& out, const inlay_model* model, const std::string& backend) {
  const std::vector<inlay_device> devices = find_devices(backend);
  if (devices.size() != 1) throw Error("--why takes one backend, such as 'builtin'; '" + backend + "' came");
  int32_t takes = 0, refuses = 0;
  for (int32_t g = 0; g < inlay_model_graph_count(model); ++g) {
    const inlay_graph& graph = *inlay_model_graph(model, g);
    Json& ops = g == 0 ? out["ops"] : out["called"][static_cast<size_t>(g) - 1]["ops"];
    for (int32_t i = 0; i < graph.node_count; ++i) {
      const char* reason = refusal(model, g, i, devices[0], 1);
      ops[static_cast<size_t>(i)]["rejected"] = reason != nullptr ? Json(reason) : Json();
      ++(reason != nullptr ? refuses : takes);
    }
  }
  out["why"] = backend;
  out["why_counts"] = {{"takes", takes}, {"refuses", refuses}};
}

}  // namespace

Json inspection(const InspectArgs& args, const inlay_model* model) {
  Json out = basics(args, model);
  const bool why_splits = args.why == kWhySplits;
  const bool plan = args.plan || why_splits || !args.html.empty() || !args.profile.empty();
  if (why_splits) out["why"] = args.why;
  if (args.memory || plan) {
    try {
      const SessionPtr session =
          plan ? add_plan(out, args, model) : make_session(model, find_devices(args.backend), {args.threads});
      add_memory(out, session.get());
    } catch (const Error& error) {
      if (args.html.empty()) throw;
      out["no_session"] = error.what();  // a page says what there is to say without one
    }
  }
  if (!args.why.empty() && !why_splits) add_why(out, model, args.why);
  if (!args.target.empty()) add_target(out, model, args.target);
  // Names in a model may be any bytes; JSON is UTF-8.
  return Json::parse(out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace inlay::tools

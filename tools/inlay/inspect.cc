// SPDX-License-Identifier: Apache-2.0
// inlay inspect: what a model holds, needs, and where it would run.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/inlay/commands.h"
#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/liveness.h"
#include "tools/inlay/macs.h"
#include "tools/inlay/npy.h"

namespace inlay::tools {
namespace {

using Json = nlohmann::ordered_json;

struct InspectArgs {
  std::string model, why;
  bool memory = false, plan = false, json = false;
};

constexpr const char* kMetadataKeys[] = {"producer", "source", "source_sha256"};

Json tensor_json(const inlay_tensor_info& info) {
  Json out = {{"name", info.name}, {"dtype", inlay_dtype_name(info.dtype)}, {"shape", shape_of(info)}, {"bytes", info.bytes}};
  if (info.quant.count == 1) {
    out["scale"] = info.quant.scales[0];
    out["zero_point"] = info.quant.zero_points != nullptr ? info.quant.zero_points[0] : 0;
  }
  return out;
}

std::string kind_of(const inlay_node& node) {
  return node.kind == INLAY_OP_CUSTOM ? std::string("CUSTOM:") + node.custom_code : inlay_op_kind_name(node.kind);
}

Json op_json(const inlay_graph& graph, int32_t index) {
  const inlay_node& node = graph.nodes[index];
  Json out = {{"index", index}, {"kind", kind_of(node)}, {"name", node.name}};
  if (node.output_count > 0) {
    const inlay_tensor& result = graph.tensors[node.outputs[0]];
    out["shape"] = std::vector<int64_t>(result.dims, result.dims + result.rank);
    out["dtype"] = inlay_dtype_name(static_cast<inlay_dtype>(result.dtype));
  }
  out["macs"] = node_macs(graph, node);
  out["constant_bytes"] = node_constant_bytes(graph, node);
  return out;
}

Json basics(const InspectArgs& args, const inlay_model* model) {
  const inlay_graph& graph = main_graph(model);
  Json out;
  out["model"] = args.model;
  out["metadata"] = Json::object();
  for (const char* key : kMetadataKeys) {
    if (const char* value = inlay_model_metadata(model, key)) out["metadata"][key] = value;
  }
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) {
    for (const char* suffix : {"_mean", "_std", "_scale"}) {
      const std::string key = "input" + std::to_string(i) + suffix;
      if (const char* value = inlay_model_metadata(model, key.c_str())) out["metadata"][key] = value;
    }
  }
  if (const char* labels = inlay_model_metadata(model, "labels")) out["metadata"]["labels"] = labels;
  out["inputs"] = Json::array();
  out["outputs"] = Json::array();
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) out["inputs"].push_back(tensor_json(input_info(model, i)));
  for (int32_t i = 0; i < inlay_model_output_count(model); ++i) out["outputs"].push_back(tensor_json(output_info(model, i)));
  out["graphs"] = inlay_model_graph_count(model);
  out["macs"] = graph_macs(graph);
  out["ops"] = Json::array();
  for (int32_t i = 0; i < graph.node_count; ++i) out["ops"].push_back(op_json(graph, i));
  return out;
}

void add_memory(Json& out, const inlay_model* model, const inlay_session* session) {
  const inlay_memory_use use = memory_use(session);
  const double ratio = use.lower_bound != 0 ? static_cast<double>(use.planned) / static_cast<double>(use.lower_bound) : 1.0;
  out["memory"] = {{"persistent", use.persistent},   {"planned", use.planned}, {"scratch", use.scratch},
                   {"lower_bound", use.lower_bound}, {"ratio", ratio},         {"weights", use.weights},
                   {"lower_bound_unshared", use.lower_bound_unshared}};
  const std::vector<uint64_t> live = live_bytes(main_graph(model), inlay_model_offsets(model, 0));
  for (size_t i = 0; i < live.size(); ++i) out["ops"][i]["live_bytes"] = live[i];
}

void add_plan(Json& out, const inlay_model* model, const inlay_session* session) {
  for (int32_t i = 0; i < main_graph(model).node_count; ++i) {
    out["ops"][i]["device"] = device_label(inlay_session_device_of(session, i));
  }
}

/// Asks one backend about every op alone; nothing is prepared, so a model no device can run is explained, too.
void add_why(Json& out, const inlay_model* model, const std::string& backend) {
  const inlay_graph& graph = main_graph(model);
  const std::vector<inlay_device> devices = find_devices(backend);
  if (devices.size() != 1) throw Error("--why takes one backend, such as 'builtin'; '" + backend + "' came");
  for (int32_t i = 0; i < graph.node_count; ++i) {
    inlay_segment segment{};
    segment.struct_size = sizeof(segment);
    segment.graph = &graph;
    segment.first_node = i;
    segment.node_count = 1;
    segment.ops = inlay_default_ops();
    segment.threads = 1;
    const char* reason = devices[0].backend->reject(devices[0].index, &segment, &graph.nodes[i]);
    out["ops"][i]["rejected"] = reason != nullptr ? Json(reason) : Json();
  }
  out["why"] = backend;
}

std::string text_of(const Json& value) { return printable(value.get<std::string>().c_str()); }

std::string shape_of(const Json& value) { return shape_text(value.get<std::vector<int64_t>>()); }

void print_tensors(const char* role, const Json& list) {
  for (size_t i = 0; i < list.size(); ++i) {
    const Json& t = list[i];
    std::printf("%s %zu: %s  %s %s", role, i, text_of(t["name"]).c_str(), text_of(t["dtype"]).c_str(), shape_of(t["shape"]).c_str());
    if (t.contains("scale")) std::printf("  scale %.9g, zero point %d", t["scale"].get<double>(), t["zero_point"].get<int>());
    std::printf("\n");
  }
}

void print_op(const Json& op) {
  const std::string shape = op.contains("shape") ? shape_of(op["shape"]) : "-";
  const std::string dtype = op.contains("dtype") ? text_of(op["dtype"]) : "-";
  std::printf("%5d  %-24s %-18s %-8s %13llu %12llu", op["index"].get<int>(), text_of(op["kind"]).c_str(), shape.c_str(), dtype.c_str(),
              op["macs"].get<unsigned long long>(), op["constant_bytes"].get<unsigned long long>());
  if (op.contains("device")) std::printf("  %-10s", text_of(op["device"]).c_str());
  std::printf("  %s\n", text_of(op["name"]).c_str());
}

void print_memory(const Json& out) {
  const Json& m = out["memory"];
  const auto number = [&m](const char* key) { return m[key].get<unsigned long long>(); };
  std::printf("\nmemory: persistent %llu, planned %llu, scratch %llu bytes; lower bound %llu (ratio %.3f), without sharing %llu; "
              "weights %llu bytes in place\n",
              number("persistent"), number("planned"), number("scratch"), number("lower_bound"), m["ratio"].get<double>(),
              number("lower_bound_unshared"), number("weights"));
  uint64_t peak = 1;
  for (const Json& op : out["ops"]) peak = std::max(peak, op["live_bytes"].get<uint64_t>());
  constexpr uint64_t kBar = 50;
  for (const Json& op : out["ops"]) {
    const uint64_t live = op["live_bytes"].get<uint64_t>();
    const auto filled = static_cast<size_t>(static_cast<double>(live) / static_cast<double>(peak) * kBar + 0.5);
    std::printf("%5d  %-24s %12llu  %s\n", op["index"].get<int>(), text_of(op["kind"]).c_str(), static_cast<unsigned long long>(live),
                std::string(filled, '#').c_str());
  }
}

void print_why(const Json& out) {
  size_t rejected = 0;
  for (const Json& op : out["ops"]) rejected += op["rejected"].is_null() ? 0 : 1;
  std::printf("\n%s takes %zu of %zu ops\n", text_of(out["why"]).c_str(), out["ops"].size() - rejected, out["ops"].size());
  for (const Json& op : out["ops"]) {
    if (op["rejected"].is_null()) continue;
    std::printf("%5d  %-24s %s\n", op["index"].get<int>(), text_of(op["kind"]).c_str(), text_of(op["rejected"]).c_str());
  }
}

void print_text(const Json& out) {
  for (const auto& [key, value] : out["metadata"].items()) {
    if (key != "labels") std::printf("%s: %s\n", key.c_str(), text_of(value).c_str());
  }
  print_tensors("input", out["inputs"]);
  print_tensors("output", out["outputs"]);
  std::printf("graphs: %d, ops of the main graph: %zu, MACs: %llu\n\n", out["graphs"].get<int>(), out["ops"].size(),
              out["macs"].get<unsigned long long>());
  std::printf("%5s  %-24s %-18s %-8s %13s %12s%s  name\n", "index", "op", "shape", "dtype", "MACs", "constants",
              !out["ops"].empty() && out["ops"][0].contains("device") ? "  device    " : "");
  for (const Json& op : out["ops"]) print_op(op);
  if (out.contains("memory")) print_memory(out);
  if (out.contains("why")) print_why(out);
}

void inspect(const InspectArgs& args) {
  const ModelPtr model = open_model(args.model);
  Json out = basics(args, model.get());
  if (args.memory || args.plan) {
    const SessionPtr session = make_session(model.get(), {}, 1);
    if (args.memory) add_memory(out, model.get(), session.get());
    if (args.plan) add_plan(out, model.get(), session.get());
  }
  if (!args.why.empty()) add_why(out, model.get(), args.why);
  // Names in a model may be any bytes; JSON is UTF-8.
  if (args.json) std::printf("%s\n", out.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  else print_text(out);
}

}  // namespace

void add_inspect(CLI::App& app) {
  const auto args = std::make_shared<InspectArgs>();
  CLI::App* command = app.add_subcommand("inspect", "Show the graph, the bytes and the placement of a model");
  command->add_option("MODEL", args->model, "the .inlay file")->required();
  command->add_flag("--memory", args->memory, "bytes by lifetime, the lower bound, and what lives at each op");
  command->add_flag("--plan", args->plan, "the device of each op");
  command->add_option("--why", args->why, "BACKEND: every op it refuses, and the reason");
  command->add_flag("--json", args->json, "the same as JSON");
  command->callback([args] { inspect(*args); });
}

}  // namespace inlay::tools

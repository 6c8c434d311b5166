// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/device_model.h"

#include <algorithm>

#include "tools/inlay/macs.h"

namespace inlay::tools {
namespace {

bool names(const std::vector<std::string>& list, const char* kind) { return std::find(list.begin(), list.end(), kind) != list.end(); }

uint64_t bytes_of(const inlay_graph& graph, const int32_t* ids, int32_t count) {
  uint64_t bytes = 0;
  for (int32_t i = 0; i < count; ++i) bytes += ids[i] >= 0 ? graph.tensors[ids[i]].bytes : 0;
  return bytes;
}

double time_us(const Speed& speed, const Work& work) {
  const double macs = work.floats ? speed.float_macs_per_us : speed.int8_macs_per_us;
  const double computing = macs > 0 ? static_cast<double>(work.macs) / macs : 0;
  const double moving = speed.bytes_per_us > 0 ? static_cast<double>(work.bytes) / speed.bytes_per_us : 0;
  return speed.op_us + std::max(computing, moving);
}

}  // namespace

bool DeviceModel::runs(const inlay_node& node) const {
  const char* op = inlay_op_kind_name(node.kind);
  return !names(refuses, op) && (takes.empty() || names(takes, op));
}

Work work_of(const inlay_graph& graph, const inlay_node& node) {
  Work work;
  work.macs = node_macs(graph, node);
  // A reshape is a view where nothing is in its way.
  if (node.kind != INLAY_OP_RESHAPE) {
    work.bytes = bytes_of(graph, node.inputs, node.input_count) + bytes_of(graph, node.outputs, node.output_count);
  }
  for (int32_t i = 0; i < node.output_count; ++i) {
    if (node.outputs[i] < 0) continue;
    const uint32_t dtype = graph.tensors[node.outputs[i]].dtype;
    work.floats = dtype == INLAY_FLOAT32 || dtype == INLAY_FLOAT16 || dtype == INLAY_BFLOAT16 || dtype == INLAY_FLOAT64;
    break;
  }
  return work;
}

double estimate_us(const DeviceModel& device, const inlay_graph& graph, const inlay_node& node, bool view) {
  const auto own = device.kinds.find(inlay_op_kind_name(node.kind));
  return time_us(own != device.kinds.end() ? own->second : device.speed, view ? Work() : work_of(graph, node));
}

void apply(const DeviceModel& model, bool on_paper, PlacingDevice* device) {
  device->start = nanos_of(model.start_us);
  device->submit = nanos_of(model.submit_us);
  if (!on_paper) return;
  if (model.kind == "host") device->kind = PlaceKind::kHost;
  if (model.kind == "remote") device->kind = PlaceKind::kRemote;
  if (model.kind == "asynchronous") device->kind = PlaceKind::kAsynchronous;
  if (!model.kind.empty()) device->shares_memory = model.shares_memory;
  if (model.memory_bytes != 0) device->memory_limit = model.memory_bytes;
}

}  // namespace inlay::tools

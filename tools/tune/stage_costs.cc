// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/stage_costs.h"

#include <algorithm>

#include "tools/inlay/handles.h"
#include "tools/tune/links.h"

namespace inlay::tools {

void StageCosts::fill(inlay_pipeline_config* config) const {
  config->devices = devices.data();
  config->device_count = static_cast<int32_t>(devices.size());
  config->costs_us = costs_us.data();
  config->links = links.data();
}

StageCosts stage_costs(const Choice& choice) {
  StageCosts out;
  std::vector<size_t> columns;
  for (size_t c = 0; c < choice.columns.size() && columns.size() < INLAY_MOST_STAGES; ++c) {
    const Column& column = choice.columns[c];
    if (column.variant != 0) continue;
    columns.push_back(c);
    out.devices.push_back(column.device);
    out.names.push_back(column.name);
    out.links.push_back(link_of(choice.problem, column.place));
  }
  for (const std::vector<NodeCost>& row : choice.costs) {
    for (const size_t c : columns) out.costs_us.push_back(row[c].measured ? static_cast<float>(row[c].measured->us) : -1.0f);
  }
  return out;
}

StageCut cut_by(const inlay_model* model, const StageCosts& costs) {
  const inlay_graph& graph = main_graph(model);
  inlay_error error{};
  StageCut cut = {};
  std::vector<uint8_t> joined(static_cast<size_t>(graph.node_count), 0);
  join_variables(graph, inlay_model_variable_count(model) != 0, joined.data());
  const StageProblem problem = {costs.costs_us.data(), graph.node_count, static_cast<int32_t>(costs.devices.size()), &graph,
                                costs.links.data(), joined.data()};
  std::vector<uint64_t> memory(cut_stages_bytes(problem) / sizeof(uint64_t) + 1);
  const inlay_status status = cut_stages(problem, {memory.data(), memory.size() * sizeof(uint64_t)}, &cut, &error);
  if (status != INLAY_OK && status != INLAY_STATUS_NO_DEVICE) throw Error(error.text);
  return status == INLAY_OK ? cut : StageCut{};
}

std::string describe(const StageCut& cut, const std::vector<std::string>& names) {
  std::string out;
  for (int32_t k = 0; k < cut.count; ++k) {
    out += (k == 0 ? "" : ", ") + names[static_cast<size_t>(cut.device[k])] + " " + std::to_string(cut.first[k]) + ".." +
           std::to_string(cut.first[k + 1] - 1);
  }
  return out;
}

}  // namespace inlay::tools

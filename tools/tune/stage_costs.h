// SPDX-License-Identifier: Apache-2.0
// What is known of a model's ops, as pipelines take it.
#pragma once
#include "inlay/pipeline.h"
#include "plan/stages.h"
#include "tools/tune/choose.h"

namespace inlay::tools {

/// Of the first INLAY_MOST_STAGES distinct devices of a choice, by their own choice of kernels.
struct StageCosts {
  std::vector<inlay_device> devices;
  std::vector<std::string> names;
  std::vector<float> costs_us;  ///< node by node, below 0: refused or not known
  std::vector<inlay_device_link> links;

  /// Sets the devices, costs and links of a pipeline; they must outlive its making.
  void fill(inlay_pipeline_config* config) const;
};
StageCosts stage_costs(const Choice& choice);

/// Where inlay_pipeline_create would cut the model by them. No stages: no cut runs every op.
StageCut cut_by(const inlay_model* model, const StageCosts& costs);
/// "cpu 0..12, gpu 13..67".
std::string describe(const StageCut& cut, const std::vector<std::string>& names);

}  // namespace inlay::tools

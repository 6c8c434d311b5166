// SPDX-License-Identifier: Apache-2.0
// The parts of `inlay inspect`: one document about a model, and its forms for terminals and browsers.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "inlay/graph.h"

namespace inlay::tools {

using Json = nlohmann::ordered_json;

struct InspectArgs {
  std::string model, why, html;
  std::vector<std::string> ops;
  bool memory = false, plan = false, json = false;
};

/// The stable document of --json: keys are only ever added. Strings in it are valid UTF-8. Throws Error.
Json inspection(const InspectArgs& args, const inlay_model* model);

/// What the document says, for a terminal.
void print_inspection(const Json& document);

/// "stride 2x2, pad 0,1,0,1"; empty for ops without options.
std::string params_text(const inlay_node& node);

}  // namespace inlay::tools

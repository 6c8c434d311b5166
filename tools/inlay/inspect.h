// SPDX-License-Identifier: Apache-2.0
// The parts of `inlay inspect`: one document about a model, and its forms for terminals and browsers.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "inlay/graph.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {

using Json = nlohmann::ordered_json;

struct InspectArgs {
  std::string model, why, html, profile, target, trace;
  std::string backend = "auto";
  std::vector<std::string> ops;
  int32_t threads = 1;
  bool memory = false, plan = false, json = false, any_board = false;
};

/// What --why takes beside the names of backends.
inline constexpr const char* kWhySplits = "splits";

/// The stable document of --json: keys are only ever added. Strings in it are valid UTF-8. Throws Error.
Json inspection(const InspectArgs& args, const inlay_model* model);

/// Which device would run what, and why; prepares a session. Adds "plan", and "device", "kernel", "reason", "refusals" and, where
/// something was measured, "predicted_us" and "share" to each op of "ops". Returns the session. Throws Error.
SessionPtr add_plan(Json& out, const InspectArgs& args, const inlay_model* model);
/// The table of what add_plan has found.
void print_plan(const Json& document);

/// Adds "target": flash and RAM of the model prepared for a board (tools/embed/target.h), in bytes. Throws Error.
void add_target(Json& out, const inlay_model* model, const std::string& name);
void print_target(const Json& document);

/// What the document says, for a terminal.
void print_inspection(const Json& document);

/// "stride 2x2, pad 0,1,0,1"; empty for ops without options.
std::string params_text(const inlay_node& node);

}  // namespace inlay::tools

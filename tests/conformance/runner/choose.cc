// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/choose.h"

#include <algorithm>
#include <map>

#include "tools/emit/emit.h"

namespace inlay::conformance {
namespace {

/// The dtypes of a case that at least one device takes; empty: none does.
std::string dtypes_taken(const StoredOp& op, const StoredCase& stored, const std::vector<Device>& devices) {
  try {
    const CaseModel model(stored, false);
    const std::vector<int32_t> nodes = nodes_of(model.graph(), op.kind);
    if (nodes.empty()) return "";
    const bool taken = std::any_of(devices.begin(), devices.end(),
                                   [&](const Device& d) { return rejection(d, model.graph(), nodes) == nullptr; });
    return taken ? dtypes_of(model.graph(), nodes[0]) : "";
  } catch (const tools::Error&) {  // the importer refuses it
    return "";
  }
}

void spread(const StoredOp& op, const std::vector<Device>& devices, size_t limit, std::vector<StoredCase>* cases) {
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t i = 0; i < cases->size(); ++i) {
    const std::string dtypes = dtypes_taken(op, (*cases)[i], devices);
    if (!dtypes.empty()) groups[dtypes].push_back(i);
  }
  std::vector<size_t> kept;
  for (const auto& group : groups) {
    const std::vector<size_t>& all = group.second;
    const size_t count = std::min(limit, all.size());
    for (size_t i = 0; i < count; ++i) kept.push_back(all[i * all.size() / count]);
  }
  std::sort(kept.begin(), kept.end());
  std::vector<StoredCase> chosen;
  for (const size_t i : kept) chosen.push_back(std::move((*cases)[i]));
  *cases = std::move(chosen);
}

}  // namespace

void choose_cases(const Choice& choice, const std::vector<Device>& devices, std::vector<StoredOp>* ops) {
  const auto other = [&](const StoredCase& c) {
    const size_t bytes = c.model.size() + c.in.size() + c.out.size();
    return (!choice.only_case.empty() && c.name != choice.only_case) || (choice.max_bytes > 0 && bytes > static_cast<size_t>(choice.max_bytes));
  };
  for (StoredOp& op : *ops) {
    op.cases.erase(std::remove_if(op.cases.begin(), op.cases.end(), other), op.cases.end());
    if (choice.limit > 0) spread(op, devices, static_cast<size_t>(choice.limit), &op.cases);
  }
  ops->erase(std::remove_if(ops->begin(), ops->end(), [](const StoredOp& op) { return op.cases.empty(); }), ops->end());
  if (ops->empty()) throw tools::Error("no case of those asked for");
}

}  // namespace inlay::conformance

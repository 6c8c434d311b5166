// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/report.h"

#include <algorithm>
#include <cstdio>

namespace inlay::conformance {
namespace {

/// The model of a case in both forms, or why there is none.
struct Forms {
  std::unique_ptr<CaseModel> plain, optimized;
  std::string failure;
};

Forms import_case(const StoredOp& op, const StoredCase& stored) {
  Forms forms;
  try {
    forms.plain = std::make_unique<CaseModel>(stored, false);
    if (op.kind != INLAY_OP_NONE && nodes_of(forms.plain->graph(), op.kind).empty()) {
      forms.failure =
          "the importer makes no node " + op.name + " of it; move the case to another file of tests/conformance/cases";
      return forms;
    }
    forms.optimized = std::make_unique<CaseModel>(stored, true);
  } catch (const tools::Error& error) {
    forms.failure = std::string("import: ") + error.what();
  }
  return forms;
}

/// Integers have the same bits on every backend, however near the oracle they are.
void expect_same_integers(const Forms& forms, const StoredCase& stored, Outcome* outcome) {
  const Outcome builtin = run_case(*forms.plain, stored, {"builtin", {&inlay_backend_builtin, 0}, true, false});
  for (size_t i = 0; i < outcome->outputs.size() && i < builtin.outputs.size(); ++i) {
    if (outcome->differences[i].is_float || outcome->outputs[i] == builtin.outputs[i]) continue;
    outcome->failure = "output " + std::to_string(i) + " has other bits than on builtin";
    return;
  }
}

/// Both forms on one device; the differences of the plain one count.
Outcome run_forms(const Forms& forms, const StoredCase& stored, const Device& device) {
  Outcome outcome = run_case(*forms.plain, stored, device);
  if (outcome.failure.empty() && !device.takes_all && !device.allow_inexact) expect_same_integers(forms, stored, &outcome);
  if (!outcome.failure.empty()) return outcome;
  const Outcome optimized = run_case(*forms.optimized, stored, device);
  if (!optimized.failure.empty()) outcome.failure = "after the passes of convert: " + optimized.failure;
  return outcome;
}

Tally total_of(const OpReport& report, const std::string& device) {
  Tally total;
  for (const auto& entry : report.by_dtype) {
    const auto found = entry.second.find(device);
    if (found == entry.second.end()) continue;
    const Tally& t = found->second;
    total.cases += t.cases;
    total.passed += t.passed;
    total.integer_difference = std::max(total.integer_difference, t.integer_difference);
    total.float_difference = std::max(total.float_difference, t.float_difference);
    for (const auto& r : t.rejected) total.rejected[r.first] += r.second;
    total.failures.insert(total.failures.end(), t.failures.begin(), t.failures.end());
  }
  return total;
}

std::string cell(const std::map<std::string, Tally>& by_device, const std::string& device) {
  const auto found = by_device.find(device);
  if (found == by_device.end() || found->second.passed == 0) return "";
  const Tally& t = found->second;
  return t.passed == t.cases ? "yes" : std::to_string(t.passed) + " of " + std::to_string(t.cases);
}

}  // namespace

void Tally::add(const Outcome& outcome) {
  passed += outcome.failure.empty() ? 1 : 0;
  for (const Difference& d : outcome.differences) {
    double& largest = d.is_float ? float_difference : integer_difference;
    largest = std::max(largest, d.largest);
  }
}

OpReport test_op(const StoredOp& op, const std::vector<Device>& devices) {
  OpReport report;
  report.name = op.name;
  for (const StoredCase& stored : op.cases) {
    const Forms forms = import_case(op, stored);
    const std::vector<int32_t> nodes = forms.plain != nullptr ? nodes_of(forms.plain->graph(), op.kind) : std::vector<int32_t>();
    const std::string dtypes = nodes.empty() ? "?" : dtypes_of(forms.plain->graph(), nodes[0]);
    report.sources.insert(stored.source);
    for (const Device& device : devices) {
      Tally& tally = report.by_dtype[dtypes][device.name];
      ++tally.cases;
      Outcome outcome;
      outcome.failure = forms.failure;
      if (!outcome.failure.empty() && !device.takes_all) {
        ++tally.rejected["the importer refuses it"];
        continue;
      }
      if (outcome.failure.empty()) {
        const char* reason = rejection(device, forms.plain->graph(), nodes);
        if (reason != nullptr && !device.takes_all) {
          ++tally.rejected[reason];
          continue;
        }
        outcome = run_forms(forms, stored, device);
      }
      tally.add(outcome);
      if (outcome.failure.empty()) continue;
      tally.failures.push_back(stored.name + ": " + outcome.failure + "\n    " + stored.source + " " + stored.about);
    }
  }
  return report;
}

int print_report(const OpReport& report, const std::vector<Device>& devices) {
  int failed = 0;
  std::map<std::string, std::string> devices_of;  // a failure -> where it happened
  for (const Device& device : devices) {
    const Tally t = total_of(report, device.name);
    std::printf("%-24s %-10s %3d cases, %3d passed", report.name.c_str(), device.name.c_str(), t.cases, t.passed);
    if (t.passed > 0)
      std::printf("; largest difference: %g quanta, %.2g of the largest float", t.integer_difference, t.float_difference);
    std::printf("\n");
    for (const auto& r : t.rejected) std::printf("    rejected %d: %s\n", r.second, r.first.c_str());
    for (const std::string& failure : t.failures) {
      std::string& where = devices_of[failure];
      where += (where.empty() ? "" : ", ") + device.name;
    }
    failed += static_cast<int>(t.failures.size());
  }
  for (const auto& f : devices_of) std::printf("  FAILED on %s: %s\n", f.second.c_str(), f.first.c_str());
  return failed;
}

std::string markdown(const std::vector<OpReport>& reports, const std::vector<Device>& devices) {
  std::string text =
      "# Operators\n\n"
      "Made by `inlay_conformance --mode support --markdown docs/operators.md` from the cases of tests/conformance: a device "
      "says\n"
      "\"yes\" where it passes every case of these dtypes, \"3 of 7\" where it hands the others back to builtin, and nothing "
      "where it\n"
      "takes none. \"A x B\": inputs A with weights or operands B; \"A to B\": the output is of dtype B.\n\n| op | from TFLite | "
      "dtypes | cases |";
  for (const Device& d : devices) text += " " + d.name + " |";
  text += "\n|---|---|---|---|";
  for (size_t i = 0; i < devices.size(); ++i) text += "---|";
  text += "\n";
  for (const OpReport& report : reports) {
    std::string sources;
    for (const std::string& s : report.sources)
      sources += (sources.empty() ? "" : ", ") + (s.rfind("CUSTOM:", 0) == 0 ? s.substr(7) : s);
    bool first = true;
    for (const auto& row : report.by_dtype) {
      text += first ? "| " + report.name + " | " + sources + " | " : "| | | ";
      text += row.first + " | " + std::to_string(row.second.begin()->second.cases) + " |";
      for (const Device& d : devices) text += " " + cell(row.second, d.name) + " |";
      text += "\n";
      first = false;
    }
  }
  return text;
}

}  // namespace inlay::conformance

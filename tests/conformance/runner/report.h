// SPDX-License-Identifier: Apache-2.0
// What the cases of one op gave, per device.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/runner/case_run.h"

namespace inlay::conformance {

/// Counts of cases.
struct Tally {
  int cases = 0, passed = 0;
  std::map<std::string, int> rejected;  ///< by reason
  double integer_difference = 0, float_difference = 0;
  std::vector<std::string> failures;

  void add(const Outcome& outcome);
};

struct OpReport {
  std::string name;
  std::set<std::string> sources;                                 ///< TFLite operators of its cases
  std::map<std::string, std::map<std::string, Tally>> by_dtype;  ///< dtypes -> device -> counts
};

/// Imports and runs every case of `op` on every device.
OpReport test_op(const StoredOp& op, const std::vector<Device>& devices);
/// One line per device, and the failures. Returns how many cases failed.
int print_report(const OpReport& report, const std::vector<Device>& devices);
/// The table of docs/operators.md.
std::string markdown(const std::vector<OpReport>& reports, const std::vector<Device>& devices);

}  // namespace inlay::conformance

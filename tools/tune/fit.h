// SPDX-License-Identifier: Apache-2.0
// Least squares with unknowns that are not negative.
#pragma once
#include <cstddef>
#include <vector>

namespace inlay::tools {

/// sum over i of factors[i] * unknown[i] is about `value`, which may be wrong by about `error`.
struct Equation {
  std::vector<double> factors;
  double value, error;
};

/// The unknowns, none below 0, of the least sum of squares of (left - right) / error. At most 8 unknowns; those that the equations do
/// not tell apart from others may come out as 0.
std::vector<double> fit(const std::vector<Equation>& equations, size_t unknowns);

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/fit.h"

#include <algorithm>
#include <cmath>

namespace inlay::tools {
namespace {

constexpr double kSingular = 1e-9;  // of scaled columns

using Matrix = std::vector<std::vector<double>>;

/// Gauss-Jordan with pivots; false: singular.
bool solve(Matrix a, std::vector<double>* b) {
  const size_t n = b->size();
  for (size_t c = 0; c < n; ++c) {
    size_t pivot = c;
    for (size_t r = c + 1; r < n; ++r) pivot = std::fabs(a[r][c]) > std::fabs(a[pivot][c]) ? r : pivot;
    if (std::fabs(a[pivot][c]) < kSingular) return false;
    std::swap(a[c], a[pivot]);
    std::swap((*b)[c], (*b)[pivot]);
    for (size_t r = 0; r < n; ++r) {
      if (r == c) continue;
      const double times = a[r][c] / a[c][c];
      for (size_t k = c; k < n; ++k) a[r][k] -= times * a[c][k];
      (*b)[r] -= times * (*b)[c];
    }
  }
  for (size_t c = 0; c < n; ++c) (*b)[c] /= a[c][c];
  return true;
}

double residual(const std::vector<Equation>& equations, const std::vector<double>& x) {
  double sum = 0;
  for (const Equation& e : equations) {
    double left = -e.value;
    for (size_t i = 0; i < x.size(); ++i) left += e.factors[i] * x[i];
    sum += std::pow(left / e.error, 2);
  }
  return sum;
}

}  // namespace

/// The optimum has some unknowns at 0 and is the ordinary one in the others: all sets are tried, there are few.
std::vector<double> fit(const std::vector<Equation>& equations, size_t unknowns) {
  std::vector<double> scale(unknowns, 0);
  for (const Equation& e : equations) {
    for (size_t i = 0; i < unknowns; ++i) scale[i] += std::pow(e.factors[i] / e.error, 2);
  }
  for (double& s : scale) s = s > 0 ? 1 / std::sqrt(s) : 0;
  std::vector<double> best(unknowns, 0);
  double least = residual(equations, best);
  for (size_t set = 1; set < size_t{1} << unknowns; ++set) {
    std::vector<size_t> used;
    for (size_t i = 0; i < unknowns; ++i) {
      if ((set >> i & 1) != 0) used.push_back(i);
    }
    Matrix normal(used.size(), std::vector<double>(used.size(), 0));
    std::vector<double> right(used.size(), 0);
    for (const Equation& e : equations) {
      const double weight = 1 / (e.error * e.error);
      for (size_t r = 0; r < used.size(); ++r) {
        const double factor = e.factors[used[r]] * scale[used[r]] * weight;
        right[r] += factor * e.value;
        for (size_t c = 0; c < used.size(); ++c) normal[r][c] += factor * e.factors[used[c]] * scale[used[c]];
      }
    }
    if (!solve(normal, &right) || std::any_of(right.begin(), right.end(), [](double v) { return v < 0; })) continue;
    std::vector<double> x(unknowns, 0);
    for (size_t i = 0; i < used.size(); ++i) x[used[i]] = right[i] * scale[used[i]];
    const double sum = residual(equations, x);
    if (sum < least) {
      least = sum;
      best = std::move(x);
    }
  }
  return best;
}

}  // namespace inlay::tools

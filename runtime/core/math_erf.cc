// SPDX-License-Identifier: Apache-2.0
// The error function by the rational approximations of W. J. Cody, "Rational Chebyshev Approximations for the Error Function",
// Mathematics of Computation 23 (1969).
#include "core/math.h"

namespace inlay {
namespace {

constexpr double kNear = 0.46875;

double erf_near(double x) {
  constexpr double kUp[] = {3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02, 3.20937758913846947e03};
  constexpr double kDown[] = {2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03, 2.84423683343917062e03};
  const double z = x * x;
  double up = 1.85777706184603153e-1 * z, down = z;
  for (int i = 0; i < 3; ++i) {
    up = (up + kUp[i]) * z;
    down = (down + kDown[i]) * z;
  }
  return x * (up + kUp[3]) / (down + kDown[3]);
}

/// erfc(y) * e^(y^2), kNear <= y <= 4.
double middle(double y) {
  constexpr double kUp[] = {5.64188496988670089e-1, 8.88314979438837594e00, 6.61191906371416295e01, 2.98635138197400131e02,
                            8.81952221241769090e02, 1.71204761263407058e03, 2.05107837782607147e03, 1.23033935479799725e03};
  constexpr double kDown[] = {1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02, 1.62138957456669019e03,
                              3.29079923573345963e03, 4.36261909014324716e03, 3.43936767414372164e03, 1.23033935480374942e03};
  double up = 2.15311535474403846e-8 * y, down = y;
  for (int i = 0; i < 7; ++i) {
    up = (up + kUp[i]) * y;
    down = (down + kDown[i]) * y;
  }
  return (up + kUp[7]) / (down + kDown[7]);
}

/// The same, y >= 4.
double far(double y) {
  constexpr double kUp[] = {3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
                            6.58749161529837803e-4};
  constexpr double kDown[] = {2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1, 6.05183413124413191e-2,
                              2.33520497626869185e-3};
  const double z = 1.0 / (y * y);
  double up = 1.63153871373020978e-2 * z, down = z;
  for (int i = 0; i < 4; ++i) {
    up = (up + kUp[i]) * z;
    down = (down + kDown[i]) * z;
  }
  const double correction = z * (up + kUp[4]) / (down + kDown[4]);
  return (0.56418958354775628695 - correction) / y;
}

/// erfc(y), y >= kNear.
double tail(double y) {
  if (y > 27.3) return 0.0;
  // y^2 in two parts, the first exact: e^(y^2) keeps its last digits.
  const double coarse = static_cast<double>(static_cast<int32_t>(y * 16.0)) / 16.0;
  const double rest = (y - coarse) * (y + coarse);
  return exp_det64(-coarse * coarse) * exp_det64(-rest) * (y <= 4.0 ? middle(y) : far(y));
}

}  // namespace

double erf_det64(double x) {
  if (x != x) return x;
  if (x < -kNear) return tail(-x) - 1.0;
  return x > kNear ? 1.0 - tail(x) : erf_near(x);
}

double erfc_det64(double x) {
  if (x != x) return x;
  if (x < -kNear) return 2.0 - tail(-x);
  return x > kNear ? tail(x) : 1.0 - erf_near(x);
}

}  // namespace inlay

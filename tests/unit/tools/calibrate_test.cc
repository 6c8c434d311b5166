// SPDX-License-Identifier: Apache-2.0
// What is measured of devices beside their ops. Times are not judged.
#include "tools/tune/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "inlay/backend.h"
#include "tools/inlay/handles.h"
#include "tools/tune/fit.h"
#include "tools/tune/made_model.h"

namespace inlay::tools {
namespace {

TEST(Fit, FindsWhatMadeTheNumbers) {
  const std::vector<double> truth = {12.5, 3, 0.0002, 0, 0.0005, 1.75};
  std::vector<Equation> equations;
  for (const double bytes : {256.0, 65536.0, 1048576.0}) {
    for (const auto& [ins, outs, ops] : {std::tuple(1.0, 1.0, 1.0), std::tuple(4.0, 1.0, 3.0), std::tuple(1.0, 4.0, 4.0), std::tuple(1.0, 1.0, 8.0)}) {
      Equation e = {{1, ins, ins * bytes, outs, outs * bytes, ops}, 0, 1 + bytes / 1e5};
      for (size_t i = 0; i < truth.size(); ++i) e.value += e.factors[i] * truth[i];
      equations.push_back(e);
    }
  }
  const std::vector<double> found = fit(equations, truth.size());
  for (size_t i = 0; i < truth.size(); ++i) EXPECT_NEAR(found[i], truth[i], 1e-6 + 1e-6 * truth[i]) << i;
}

TEST(Fit, IsNeverNegative) {
  // Alone the second unknown would be -1.
  const std::vector<double> found = fit({{{1, 0}, 3, 1}, {{1, 1}, 2, 1}}, 2);
  EXPECT_NEAR(found[0], 2.5, 1e-9);
  EXPECT_EQ(found[1], 0);
  EXPECT_EQ(fit({{{1}, -4, 1}}, 1)[0], 0);
  EXPECT_EQ(fit({}, 2), (std::vector<double>{0, 0}));
}

TEST(Calibrate, MadeModelsRunOnEveryLevel) {
  for (const Model& made : {sum_model(3, 8), chain_model(4, 8), fan_model(3, 8), conv_model(false, false), conv_model(true, false),
                            conv_model(false, true), conv_model(true, true)}) {
    const MadeModel model(made);
    for (const int32_t index : {0, 1}) {
      const SessionPtr session = make_session(model.get(), {{&inlay_backend_builtin, index}}, {1, false, 0, {}, nullptr, "none", {}});
      run_session(session.get());
    }
  }
}

TEST(Calibrate, OfAHostAndItsReference) {
  Profile profile;
  const std::vector<inlay_device> devices = {{&inlay_backend_builtin, 0}, {&inlay_backend_builtin, 1}};
  calibrate(devices, {1, nullptr, 0.01}, true, false, &profile);
  EXPECT_TRUE(profile.transfers.empty());
  ASSERT_EQ(profile.devices.size(), 2u);
  for (const char* name : {"builtin", "reference"}) {
    const DeviceModel* d = profile.device(name, 1);
    ASSERT_NE(d, nullptr) << name;
    EXPECT_EQ(d->kind, "host");
    EXPECT_GT(d->start_us, 0);
    EXPECT_TRUE(d->has_speed);
    EXPECT_GT(d->speed.int8_macs_per_us, 0);
    EXPECT_GT(d->speed.float_macs_per_us, 0);
    EXPECT_GT(d->speed.bytes_per_us, 0);
    EXPECT_GT(d->kinds.at("DEPTHWISE_CONV_2D").int8_macs_per_us, 0);
    const MadeModel conv(conv_model(false, false));
    EXPECT_GT(estimate_us(*d, main_graph(conv.get()), main_graph(conv.get()).nodes[0]), 0);
  }
  EXPECT_EQ(profile.device("builtin", 2), nullptr);
  const std::string before = format_profile(profile);
  EXPECT_EQ(format_profile(parse_profile(before, "p.json")), before);
  calibrate(devices, {1, nullptr, 0.01}, true, false, &profile);
  EXPECT_EQ(format_profile(profile), before);  // what is known stays
}

TEST(Calibrate, RooflinesAreTheLargerOfWorkAndTraffic) {
  DeviceModel d;
  d.speed = {2, 1000, 100, 50};
  d.kinds["DEPTHWISE_CONV_2D"] = {1, 10, 10, 0};
  const auto us = [&](bool depthwise, bool floats) {
    const MadeModel model(conv_model(depthwise, floats));
    return estimate_us(d, main_graph(model.get()), main_graph(model.get()).nodes[0]);
  };
  constexpr double kMacs = 14 * 14 * 64 * 9;
  EXPECT_DOUBLE_EQ(us(false, false), 2 + kMacs * 64 / 1000);
  EXPECT_DOUBLE_EQ(us(false, true), 2 + kMacs * 64 / 100);
  EXPECT_DOUBLE_EQ(us(true, false), 1 + kMacs / 10);
  d.speed.bytes_per_us = 0.001;
  constexpr double kBytes = 2 * 14 * 14 * 64 + 64 * 64 * 9 + 64 * 4;
  EXPECT_DOUBLE_EQ(us(false, false), 2 + kBytes / 0.001);
}

}  // namespace
}  // namespace inlay::tools

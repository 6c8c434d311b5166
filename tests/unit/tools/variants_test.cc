// SPDX-License-Identifier: Apache-2.0
// Kernel variants that a device offers: columns to choose from, chosen by measurement, stored and followed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "inlay/backend.h"
#include "tools/emit/emit.h"
#include "tools/tune/signature.h"
#include "tools/tune/tune.h"

namespace inlay::tools {
namespace {

constexpr int32_t kSize = 64;
constexpr size_t kOps = 4;

/// RELU, NEG, ABS, SUB: the spinner has three variants of the first, two of the second, takes the third, refuses the last.
Model four_ops() {
  Model model;
  Graph& g = model.graphs.emplace_back();
  const auto tensor = [&](const char* name) {
    Tensor t;
    t.name = name;
    t.shape = {kSize};
    return g.add(std::move(t));
  };
  const auto node = [&](uint16_t kind, std::vector<int32_t> inputs, int32_t output) {
    Node n;
    n.kind = kind;
    if (kind == INLAY_OP_RELU) n.activation = INLAY_ACT_RELU;
    n.inputs = std::move(inputs);
    n.outputs = {output};
    g.nodes.push_back(std::move(n));
  };
  const int32_t in = tensor("in"), a = tensor("a"), b = tensor("b"), c = tensor("c"), out = tensor("out");
  node(INLAY_OP_RELU, {in}, a);
  node(INLAY_OP_NEG, {a}, b);
  node(INLAY_OP_ABS, {b}, c);
  node(INLAY_OP_SUB, {c, in}, out);
  g.inputs = {in};
  g.outputs = {out};
  return model;
}

/// The plug-in is loaded once: a process keeps its backends.
inlay_device spinner() {
  static const inlay_backend* const backend = [] {
    const inlay_backend* loaded = nullptr;
    inlay_error error{};
    check(inlay_backend_load(INLAY_VARIANTS_PLUGIN, &loaded, &error), error, "loading the spinner");
    return loaded;
  }();
  return {backend, 0};
}

class Variants : public testing::Test {
 protected:
  Variants() : devices({{&inlay_backend_builtin, 0}, spinner()}), model(stored({})) {}
  ~Variants() override { std::remove(path().c_str()); }

  static std::string path() { return testing::TempDir() + "variants_test_" + std::to_string(getpid()) + ".inlay"; }
  /// The model in a file, with placements.
  static ModelPtr stored(const std::vector<Placement>& placements) {
    const Bytes file = emit_inlay(four_ops(), placements);
    write_file(path(), file.data(), file.size());
    return open_model(path());
  }
  /// builtin takes 9 us for each op; the spinner's columns what is listed, 0: not measured.
  Profile profile(const std::vector<std::vector<double>>& spinner_us) const {
    Profile p;
    const char* names[] = {"spinner", "spinner#1", "spinner#2", "spinner#3"};
    for (size_t n = 0; n < kOps; ++n) {
      const std::string key = signature(model.get(), static_cast<int32_t>(n));
      p.put(key, {"builtin", 1, 9, 0, 30, ""});
      for (size_t c = 0; c < spinner_us[n].size(); ++c) {
        if (spinner_us[n][c] > 0) p.put(key, {names[c], 1, spinner_us[n][c], 0, 30, ""});
      }
    }
    return p;
  }
  std::vector<std::string> placed(const Choice& choice) const {
    std::vector<std::string> out;
    for (const int32_t c : choice.placement) out.push_back(c < 0 ? "" : choice.columns[static_cast<size_t>(c)].name);
    return out;
  }
  static std::vector<std::string> kernels(const inlay_session* session) {
    std::vector<std::string> out;
    for (int32_t n = 0; n < 3; ++n) out.emplace_back(inlay_session_kernel_of(session, n));
    return out;
  }
  static std::vector<float> answer(inlay_session* session) {
    auto* in = static_cast<float*>(inlay_session_input(session, 0));
    for (int32_t i = 0; i < kSize; ++i) in[i] = static_cast<float>(i % 7 - 3);
    run_session(session);
    const auto* out = static_cast<const float*>(inlay_session_output(session, 0));
    return {out, out + kSize};
  }

  std::vector<inlay_device> devices;
  ModelPtr model;
};

using Names = std::vector<std::string>;

TEST_F(Variants, AreColumnsBehindTheirDevice) {
  const std::vector<Column> columns = columns_of(model.get(), devices, 1, true);
  Names names;
  for (const Column& c : columns) names.push_back(c.name);
  EXPECT_EQ(names, (Names{"builtin", "spinner", "spinner#1", "spinner#2", "spinner#3"}));
  EXPECT_EQ(distinct_devices(columns).size(), 2u);
  EXPECT_EQ(columns_of(model.get(), devices, 1, false).size(), 2u);
  EXPECT_EQ(refusal(model.get(), 0, columns[4], 1), nullptr);
  EXPECT_EQ(refusal(model.get(), 1, columns[3], 1), nullptr);
  EXPECT_STREQ(refusal(model.get(), 1, columns[4], 1), "the device has no such variant of this op");
  EXPECT_STREQ(refusal(model.get(), 2, columns[2], 1), "the device has no such variant of this op");
  EXPECT_STREQ(refusal(model.get(), 3, columns[2], 1), "spinner takes RELU, NEG and ABS");
  EXPECT_EQ(variants_of(columns, {4, -1, 0, 2}), (std::vector<uint8_t>{3, 0, 0, 1}));
}

TEST_F(Variants, OfStoredNamesAreReadBack) {
  const std::vector<Column> columns = columns_named({"spinner#2", "builtin", "absent#1", "spinner", "builtin#x", "builtin#300"});
  ASSERT_EQ(columns.size(), 6u);
  EXPECT_EQ(columns[0].variant, 2);
  EXPECT_EQ(columns[0].device.backend, devices[1].backend);
  EXPECT_EQ(columns[3].place, columns[0].place);
  EXPECT_NE(columns[1].place, columns[0].place);
  for (const size_t wrong : {2u, 4u, 5u}) EXPECT_EQ(columns[wrong].device.backend, nullptr) << columns[wrong].name;
}

TEST_F(Variants, OfOneDeviceShareItsSegment) {
  const Choice choice = choose(model.get(), devices, 1, profile({{5, 4, 3, 8}, {5, 2, 3}, {1}, {}}));
  EXPECT_EQ(placed(choice), (Names{"spinner#2", "spinner#1", "spinner", "builtin"}));
  int32_t segments = 0;
  for (const PlaceEvent& event : choice.schedule.events) segments += event.kind == PlaceEvent::kStart ? 1 : 0;
  EXPECT_EQ(segments, 2);
  EXPECT_EQ(choice.schedule.score.latency, 3000 + 2000 + 1000 + 9000 + 2 * 100);
}

TEST_F(Variants, WithinTheNoiseLeaveADeviceItsOwnChoice) {
  const Choice choice = choose(model.get(), devices, 1, profile({{5, 4.99, 4.98, 8}, {5, 4.99, 4}, {1}, {}}));
  EXPECT_EQ(placed(choice), (Names{"spinner", "spinner#2", "spinner", "builtin"}));
}

TEST_F(Variants, AreLeftOutWhereNotWanted) {
  Wishes wishes;
  wishes.variants = false;
  const Choice choice = choose(model.get(), devices, 1, profile({{5, 4, 3, 8}, {10, 2, 3}, {1}, {}}), wishes);
  EXPECT_EQ(placed(choice)[0], "spinner");
  EXPECT_EQ(choice.columns.size(), 2u);
}

TEST_F(Variants, AreMeasuredStoredAndFollowed) {
  TuneOptions options;
  options.devices = devices;
  options.seconds = 0.2;
  options.wishes.pins = {"0=spinner", "1=spinner", "2=spinner"};
  Profile measured;
  measured.board = this_board(devices);
  const TuneReport report = tune(model.get(), options, &measured);
  EXPECT_EQ(placed(report.choice), (Names{"spinner#2", "spinner#1", "spinner", "builtin"}));
  ASSERT_EQ(report.candidates.size(), 5u);
  EXPECT_EQ(report.candidates[1].ops, 3);
  EXPECT_EQ(report.candidates[2].ops, 2);
  EXPECT_EQ(report.candidates[4].ops, 1);
  EXPECT_EQ(measured.find(signature(model.get(), 0), "spinner#3", 1)->kernel, "third");
  EXPECT_EQ(measured.find(signature(model.get(), 1), "spinner#3", 1), nullptr);
  EXPECT_GE(measured.find(signature(model.get(), 0), "spinner#3", 1)->us, 80);

  const SessionPtr builtin = make_session(model.get(), {devices[0]}, {});
  const std::vector<float> expected = answer(builtin.get());
  const ModelPtr again = stored({to_stored(report.choice, 1, measured)});
  const SessionPtr session = make_session(again.get(), {}, {});
  EXPECT_EQ(kernels(session.get()), (Names{"second", "first", "own"}));
  inlay_segment_info info{};
  ASSERT_EQ(inlay_session_segment(session.get(), 0, &info), INLAY_OK);
  EXPECT_EQ(info.node_count, 3);
  EXPECT_EQ(answer(session.get()), expected);

  const TuneReport known = tune(model.get(), options, &measured);
  EXPECT_EQ(known.rounds, 0);
  EXPECT_EQ(placed(known.choice), placed(report.choice));
  const Choice replayed = choose(model.get(), devices, 1, measured, options.wishes);
  const SessionPtr by_profile = make_session(model.get(), devices_of(replayed.columns),
                                             {1, false, 0, replayed.placement, nullptr, "auto",
                                              variants_of(replayed.columns, replayed.placement)});
  EXPECT_EQ(kernels(by_profile.get()), (Names{"second", "first", "own"}));
}

}  // namespace
}  // namespace inlay::tools

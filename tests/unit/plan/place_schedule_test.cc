// SPDX-License-Identifier: Apache-2.0
// Schedules worked out by hand, and what the search makes of boards whose answer is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "tools/graph/ir.h"
#include "tools/tune/placing.h"

namespace inlay::tools {
namespace {

/// A host and an accelerator with memory of its own: submit 2, start 3, copies 10 + bytes / (100 per us), which is 10 ns a byte.
Placing host_and_accelerator() {
  Placing p;
  p.devices = {{"cpu", PlaceKind::kHost, false, 1, 0, 0}, {"gpu", PlaceKind::kAsynchronous, false, 3, 2, 0}};
  p.make_paths();
  p.path(0, 2) = p.path(2, 0) = {true, 10, 100};
  return p;
}

/// Adds an op that reads `inputs` and writes one tensor of `bytes`; returns that.
int32_t add(Placing* p, std::vector<int32_t> inputs, uint64_t bytes, std::vector<PlaceOption> options) {
  const auto out = static_cast<int32_t>(p->tensors.size());
  p->tensors.push_back({bytes, false});
  p->nodes.push_back({"n" + std::to_string(p->nodes.size()), std::move(inputs), {out}, std::move(options)});
  return out;
}

/// 0 -> a, 0 -> b, (a, b) -> c: a and b may run side by side.
Placing fork(Nanos a_cpu, Nanos a_gpu, Nanos b_cpu, Nanos b_gpu) {
  Placing p = host_and_accelerator();
  p.tensors.push_back({1, false});
  const int32_t a = add(&p, {0}, 2, {{0, a_cpu}, {1, a_gpu}}), b = add(&p, {0}, 1, {{0, b_cpu}, {1, b_gpu}});
  p.outputs = {add(&p, {a, b}, 1, {{0, 5}, {1, 100}})};
  return p;
}

PlacingPlan solved(const Placing& p, const PlaceSettings& settings = {}) {
  PlaceResult result = {};
  return solve(p, settings, &result);
}

std::string refused(const Placing& p, const PlaceSettings& settings = {}) {
  try {
    solved(p, settings);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(PlaceSchedule, BranchesRunSideBySide) {
  const Placing p = fork(500, 100, 80, 40);
  Scheduler scheduler(p);
  // Upload of 1 byte 0..20, submit 0..2, start 20..23, a 23..123; b on the host 2..83 with its start; download 123..153; c to
  // 158.
  const Schedule s = scheduler.schedule({{1, 0, 0}, {0, 1, 2}});
  EXPECT_EQ(s.score.latency, 158);
  EXPECT_EQ(s.score.period, 103);  // start and a; the host: 2 + 81 + 5
  ASSERT_EQ(s.events.size(), 8u);
  EXPECT_EQ(s.events[0].kind, PlaceEvent::kCopy);
  EXPECT_EQ(s.events[0].end, 20);
  EXPECT_EQ(s.events[3].kind, PlaceEvent::kOp);
  EXPECT_EQ(s.events[3].begin, 23);
  EXPECT_EQ(s.events[6].begin, 123);
  EXPECT_EQ(s.events[6].end, 153);
  // Memory of the host: the input, b and a's copy at once, then c: 1 + 2 + 1, or 2 + 1 + 1. Of the device: input and a.
  EXPECT_EQ(s.score.memory[0], 4u);
  EXPECT_EQ(s.score.memory[2], 3u);
  EXPECT_EQ(solved(p).options, (std::vector<int32_t>{1, 0, 0}));
}

TEST(PlaceSchedule, TheOrderOfIssueFeedsTheQueueFirst) {
  const Placing p = fork(80, 40, 500, 100);  // now b is the accelerator's, but a is issued first
  PlaceSettings settings;
  const PlacingPlan stays = solved(p);
  settings.reorder = true;
  const PlacingPlan moved = solved(p, settings);
  EXPECT_EQ(moved.order, (std::vector<int32_t>{1, 0, 2}));
  EXPECT_EQ(moved.options, (std::vector<int32_t>{0, 1, 0}));
  Scheduler scheduler(p);
  EXPECT_LT(scheduler.schedule(moved).score.latency, scheduler.schedule(stays).score.latency);
}

TEST(PlaceSchedule, OneTransferServesAllReadersOfADevice) {
  Placing p = host_and_accelerator();
  p.tensors.push_back({100, false});
  const int32_t a = add(&p, {0}, 0, {{1, 10}}), b = add(&p, {0}, 0, {{1, 10}});
  p.outputs = {a, b};
  const Schedule s = Scheduler(p).schedule(first_plan(p));
  EXPECT_EQ(std::count_if(s.events.begin(), s.events.end(), [](const PlaceEvent& e) { return e.kind == PlaceEvent::kCopy; }), 3);
  EXPECT_EQ(s.score.latency, 1010 + 3 + 10 + 10 + 10);  // a's download meanwhile
}

TEST(PlaceSchedule, AMappedTensorTakesTimeButNoBytes) {
  Placing p = host_and_accelerator();
  p.tensors = {{1000, false}};
  p.outputs = {add(&p, {0}, 500, {{1, 10}})};
  EXPECT_EQ(Scheduler(p).schedule(first_plan(p)).score.bytes, 2500u);  // the host: 1000, then 500
  p.devices[1].shares_memory = true;
  EXPECT_EQ(Scheduler(p).schedule(first_plan(p)).score.bytes, 1500u);
}

TEST(PlaceSchedule, WeightsCountOncePerDevice) {
  Placing p = host_and_accelerator();
  p.tensors = {{0, false}, {70, true}};
  const int32_t a = add(&p, {0, 1}, 0, {{1, 1}}), b = add(&p, {a, 1}, 0, {{1, 1}});
  p.outputs = {add(&p, {b, 1}, 0, {{0, 1}})};
  const PlaceScore score = Scheduler(p).schedule(first_plan(p)).score;
  EXPECT_EQ(score.memory[0], 70u);
  EXPECT_EQ(score.memory[2], 70u);
}

TEST(PlaceSchedule, WhereTransfersDominateTheAnswerIsOneDevice) {
  std::mt19937 random(3);
  Placing p = host_and_accelerator();
  p.path(0, 2) = p.path(2, 0) = {true, 1000000, 100};
  p.tensors.push_back({1, false});
  int32_t last = 0;
  for (int32_t i = 0; i < 60; ++i) {
    const auto cpu = static_cast<Nanos>(1000 + random() % 9000), gpu = static_cast<Nanos>(1000 + random() % 9000);
    last = add(&p, {last, i % 3 == 0 ? 0 : last}, 1, {{0, cpu}, {1, gpu}});
  }
  p.outputs = {last};
  EXPECT_EQ(solved(p).options, std::vector<int32_t>(60, 0));
}

TEST(PlaceSchedule, SaysWhichDeviceHasTooLittleMemory) {
  Placing p = host_and_accelerator();
  p.tensors = {{100, false}, {300, true}};
  p.outputs = {add(&p, {0, 1}, 50, {{1, 10}})};
  p.devices[1].memory_limit = 449;
  EXPECT_EQ(refused(p), "no placement fits: device 'gpu' needs 450 bytes and may take 449, at op 0");
  p.devices[1].memory_limit = 450;
  EXPECT_EQ(refused(p), "");
  p.devices[0].memory_limit = 99;
  EXPECT_NE(refused(p).find("device 'cpu' needs 100 bytes and may take 99"), std::string::npos) << refused(p);
  EXPECT_NE(Scheduler(p).schedule(first_plan(p)).too_much.find("'cpu' needs 100"), std::string::npos);
}

TEST(PlaceSchedule, PinsHold) {
  const Placing p = fork(500, 100, 80, 40);
  std::vector<int32_t> pins = {0, -1, 1};
  PlaceSettings settings;
  settings.pins = pins.data();
  const PlacingPlan plan = solved(p, settings);
  EXPECT_EQ(plan.options[0], 0);
  EXPECT_EQ(plan.options[2], 1);
  pins[1] = 2;
  EXPECT_NE(refused(p, settings).find("op 1 is pinned to device 2, there are 2"), std::string::npos);
  Placing lone = p;
  lone.nodes[1].options = {{0, 80}};
  pins[1] = 1;
  EXPECT_EQ(refused(lone, settings), "op 1 'n1' is pinned to device 'gpu', which does not run it");
}

TEST(PlaceSchedule, NonsenseIsRefused) {
  const auto says = [](void (*spoil)(Placing*), const char* sentence) {
    Placing p = fork(500, 100, 80, 40);
    spoil(&p);
    EXPECT_NE(refused(p).find(sentence), std::string::npos) << refused(p);
  };
  says([](Placing* p) { p->nodes[0].inputs = {3}; }, "reads what is written later");
  says([](Placing* p) { p->nodes[0].inputs = {99}; }, "reads no tensor");
  says([](Placing* p) { p->nodes[1].outputs = {1}; }, "not its own");
  says([](Placing* p) { p->nodes[1].options.clear(); }, "runs on no device");
  says([](Placing* p) { p->nodes[1].options[0].cost = -1; }, "option 0 makes no sense");
  says([](Placing* p) { p->path(2, 0).known = false; }, "no path");
  says([](Placing* p) { p->path(2, 0).bytes_per_us = -1; }, "no sensible times");
  says([](Placing* p) { p->outputs = {-1}; }, "output 0 is no tensor");
  says([](Placing* p) { p->devices.clear(), p->make_paths(); }, "counts make no sense");
}

/// Ops one behind the other on devices of the host, where the answer is the first of the cheapest.
TEST(PlaceSchedule, AmongEqualsTheEarlierDevice) {
  Placing p;
  p.devices = {{"a", PlaceKind::kHost, false, 3, 0, 0}, {"b", PlaceKind::kHost, false, 3, 0, 0}};
  p.make_paths();
  p.tensors.push_back({1, false});
  int32_t last = 0;
  for (const auto& [a, b] : {std::pair<Nanos, Nanos>{10, 90}, {12, 8}, {10, 90}, {7, 7}})
    last = add(&p, {last}, 1, {{0, a}, {1, b}});
  p.outputs = {last};
  EXPECT_EQ(solved(p).options, (std::vector<int32_t>{0, 0, 0, 0}));
  p.devices[0].start = p.devices[1].start = 1;
  EXPECT_EQ(solved(p).options, (std::vector<int32_t>{0, 1, 0, 0}));
  EXPECT_EQ(Scheduler(p).schedule(solved(p)).score.latency, 10 + 8 + 10 + 7 + 3);
}

TEST(PlaceSchedule, IsDrawnAsTextAndAsATrace) {
  const Placing p = fork(500, 100, 80, 40);
  const Schedule s = Scheduler(p).schedule({{1, 0, 0}, {0, 1, 2}});
  const std::string text = timeline_text(p, s, 40);
  EXPECT_NE(text.find("gpu                  |     "), std::string::npos) << text;
  EXPECT_NE(text.find("gpu copies           |>>>>> "), std::string::npos) << text;
  EXPECT_NE(text.find("cpu, op 1 n1"), std::string::npos) << text;
  EXPECT_NE(text.find("copy, tensor 1: gpu to host"), std::string::npos) << text;
  const auto trace = timeline_trace(p, s);
  double end = 0;
  size_t bars = 0;
  for (const auto& e : trace["traceEvents"]) {
    if (e["ph"] != "X") continue;
    ++bars;
    end = std::max(end, e["ts"].get<double>() + e["dur"].get<double>());
  }
  EXPECT_EQ(bars, s.events.size());
  EXPECT_DOUBLE_EQ(end, 0.158);
}

}  // namespace
}  // namespace inlay::tools

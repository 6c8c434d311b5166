// SPDX-License-Identifier: Apache-2.0
// Devices that compute beside the host: the same bits as the builtin kernels alone, wherever ops run and whenever they are done.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include "stress/queue_backend.h"
#include "stress/random_graph.h"
#include "stress/support.h"
#include "tools/emit/emit.h"

namespace inlay::stress {
namespace {

class Queues : public ::testing::Test {
 protected:
  void SetUp() override {
    QueueWorld& world = queue_world();
    world.pace = Pace::kThread;
    world.fail_submit = world.fail_finish = 0;
    world.dead = -1;
    world.most_in_flight = 0;
    world.record = false;
    world.calls.clear();
  }
  void TearDown() override { EXPECT_EQ(queue_world().in_flight, 0); }
};

/// Queues 0 to 3 of the test backend, and builtin.
std::vector<inlay_device> devices_with_queues() {
  std::vector<inlay_device> out;
  for (int32_t d = 0; d < kQueueDevices; ++d) out.push_back({&queue_backend, d});
  out.push_back({&inlay_backend_builtin, 0});
  return out;
}

std::vector<int32_t> random_placement(const inlay_model* model, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int32_t> out(static_cast<size_t>(inlay_model_graph(model, 0)->node_count));
  int32_t device = 0;
  for (int32_t& at : out) {
    if (random() % 3 != 0) device = static_cast<int32_t>(random() % (kQueueDevices + 1));
    at = device;
  }
  return out;
}

class Sessions {
 public:
  Sessions(const inlay_model* model, const std::vector<inlay_device>& devices, const std::vector<int32_t>& placement) {
    inlay_config config = config_of(devices);
    config.placement = placement.empty() ? nullptr : placement.data();
    config.placement_count = static_cast<int32_t>(placement.size());
    inlay_error error = {};
    EXPECT_EQ(inlay_session_create(model, &config, &session_, &error), INLAY_OK) << error.text;
  }
  ~Sessions() { inlay_session_destroy(session_); }
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;
  inlay_session* get() const { return session_; }

 private:
  inlay_session* session_ = nullptr;
};

/// Answers of three runs, which may keep state.
std::vector<tools::Bytes> answers(inlay_session* session, const inlay_model* model, uint32_t seed) {
  std::vector<tools::Bytes> out;
  EXPECT_EQ(inlay_session_reset(session, nullptr), INLAY_OK);
  for (uint32_t run = 0; run < 3; ++run) {
    inlay_error error = {};
    fill_inputs(session, model, seed + run);
    EXPECT_EQ(inlay_session_run(session, &error), INLAY_OK) << error.text;
    out.push_back(outputs_of(session, model));
  }
  return out;
}

TEST_F(Queues, RandomGraphsAndPlacementsKeepTheirBits) {
  for (uint32_t seed = 0; seed < 80; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Model model(tools::emit_inlay(random_graph(seed, 4 + static_cast<int32_t>(seed % 29), seed % 3 == 0)));
    const Sessions alone(model.get(), builtin(), {});
    const std::vector<tools::Bytes> expected = answers(alone.get(), model.get(), seed);
    for (uint32_t turn = 0; turn < 3; ++turn) {
      const Sessions mixed(model.get(), devices_with_queues(), random_placement(model.get(), seed * 3 + turn));
      for (const Pace pace : {Pace::kAtFinish, Pace::kThread, Pace::kAtSubmit}) {
        if (pace == Pace::kThread && turn != 0) continue;  // a busy machine takes its time over each wake-up
        queue_world().pace = pace;
        ASSERT_TRUE(answers(mixed.get(), model.get(), seed) == expected)
            << "turn " << turn << ", pace " << static_cast<int>(pace);
      }
    }
  }
  EXPECT_GE(queue_world().most_in_flight, 3) << "nothing ran beside anything";
}

TEST_F(Queues, FailuresEndTheRunAndNotTheSession) {
  int32_t failed = 0;
  for (uint32_t seed = 0; seed < 16; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Model model(tools::emit_inlay(random_graph(seed, 20, seed % 3 == 0)));
    const Sessions alone(model.get(), builtin(), {});
    const std::vector<tools::Bytes> expected = answers(alone.get(), model.get(), seed);
    const Sessions mixed(model.get(), devices_with_queues(), random_placement(model.get(), seed));
    for (int32_t nth = 1; nth <= 4; ++nth) {
      for (const bool at_finish : {false, true}) {
        queue_world().pace = nth % 2 == 0 ? Pace::kThread : Pace::kAtFinish;
        std::atomic<int32_t>& fault = at_finish ? queue_world().fail_finish : queue_world().fail_submit;
        fault = nth;
        inlay_error error = {};
        fill_inputs(mixed.get(), model.get(), seed);
        const inlay_status status = inlay_session_run(mixed.get(), &error);
        ASSERT_EQ(queue_world().in_flight, 0) << "left in flight";
        ASSERT_EQ(status, fault == 0 ? INLAY_STATUS_BACKEND_FAILED : INLAY_OK);
        const char* sentence = fault != 0 ? "" : at_finish ? "finish failed at op" : "submit failed at op";
        ASSERT_NE(std::strstr(error.text, sentence), nullptr) << error.text;
        failed += fault == 0 ? 1 : 0;
        fault = 0;
        ASSERT_TRUE(answers(mixed.get(), model.get(), seed) == expected);
      }
    }
  }
  EXPECT_GT(failed, 80);
}

/// Node 0 is one branch; 1 and 2 are another one, or 2 reads from both; 3 adds them, 4 the input.
tools::Model branches(bool apart) {
  tools::Graph g;
  const auto add = [&g](const char* name) {
    tools::Tensor t;
    t.name = name;
    t.shape = {1, 8, 8, 4};
    return g.add(std::move(t));
  };
  const auto then = [&](uint16_t kind, std::vector<int32_t> inputs, int32_t out) {
    tools::Node n;
    n.kind = kind;
    n.inputs = std::move(inputs);
    n.outputs = {out};
    n.name = g.tensors[static_cast<size_t>(out)].name;
    g.nodes.push_back(std::move(n));
  };
  const int32_t in = add("in"), a = add("a"), c = add("c"), d = add("d"), sum = add("sum"), out = add("out");
  then(INLAY_OP_ADD, {in, in}, a);
  then(INLAY_OP_MUL, {in, in}, c);
  then(INLAY_OP_SUB, {c, apart ? c : a}, d);
  then(INLAY_OP_ADD, {a, d}, sum);
  then(INLAY_OP_ADD, {sum, in}, out);  // the input lives to the end: nobody takes its place
  g.inputs = {in};
  g.outputs = {out};
  tools::Model model;
  model.graphs.push_back(std::move(g));
  return model;
}

std::vector<std::string> calls_of(const tools::Model& graph, const std::vector<int32_t>& placement) {
  const Model model(tools::emit_inlay(graph));
  const std::vector<inlay_device> devices = {{&queue_backend, 0}, {&queue_backend, 1}, {&recorded_backend, 0}};
  const Sessions mixed(model.get(), devices, placement);
  queue_world().record = true;
  queue_world().calls.clear();
  EXPECT_EQ(inlay_session_run(mixed.get(), nullptr), INLAY_OK);
  queue_world().record = false;
  return queue_world().calls;
}

using Calls = std::vector<std::string>;

TEST_F(Queues, AreAwaitedWhereSomethingNeedsThem) {
  EXPECT_EQ(calls_of(branches(true), {0, 2, 2, 2, 2}), (Calls{"submit 0", "execute 1", "finish 0", "execute 3"}));
  EXPECT_EQ(calls_of(branches(true), {0, 1, 1, 2, 2}), (Calls{"submit 0", "submit 1", "finish 0", "finish 1", "execute 3"}));
  EXPECT_EQ(calls_of(branches(false), {0, 2, 1, 1, 2}),
            (Calls{"submit 0", "execute 1", "finish 0", "submit 2", "finish 2", "execute 4"}));
  EXPECT_EQ(calls_of(branches(true), {2, 2, 2, 2, 0}), (Calls{"execute 0", "submit 4", "finish 4"}));
}

TEST_F(Queues, OverlappingBuffersOfTheCallerAreNotWrittenTooSoon) {
  const Model model(tools::emit_inlay(branches(true)));
  const Sessions alone(model.get(), builtin(), {});
  const std::vector<tools::Bytes> expected = answers(alone.get(), model.get(), 5);
  const Sessions mixed(model.get(), devices_with_queues(), {0, 1, 1, 4, 4});
  queue_world().pace = Pace::kAtFinish;
  inlay_tensor_info info = {};
  ASSERT_EQ(inlay_model_input_info(model.get(), 0, &info), INLAY_OK);
  const Block buffer(info.bytes);
  ASSERT_EQ(inlay_session_bind_input(mixed.get(), 0, buffer.block().data, info.bytes, nullptr), INLAY_OK);
  ASSERT_EQ(inlay_session_bind_output(mixed.get(), 0, buffer.block().data, info.bytes, nullptr), INLAY_OK);
  EXPECT_EQ(answers(mixed.get(), model.get(), 5), expected);
  ASSERT_EQ(inlay_session_bind_input(mixed.get(), 0, nullptr, 0, nullptr), INLAY_OK);
  ASSERT_EQ(inlay_session_bind_output(mixed.get(), 0, nullptr, 0, nullptr), INLAY_OK);
  EXPECT_EQ(answers(mixed.get(), model.get(), 5), expected);
}

TEST_F(Queues, SessionsThatShareDoNotWaitForEver) {
  const Model model(tools::emit_inlay(random_graph(11, 24, false)));
  const std::vector<inlay_device> devices = devices_with_queues();
  const std::vector<int32_t> placement = random_placement(model.get(), 11);
  const Sessions first(model.get(), devices, placement);
  inlay_config config = config_of(devices);
  config.share = first.get();
  inlay_session* second = nullptr;
  ASSERT_EQ(inlay_session_create(model.get(), &config, &second, nullptr), INLAY_OK);
  const std::vector<tools::Bytes> expected = answers(first.get(), model.get(), 1);
  std::thread other([&] {
    for (int i = 0; i < 30; ++i) EXPECT_EQ(answers(second, model.get(), 1), expected);
  });
  for (int i = 0; i < 30; ++i) EXPECT_EQ(answers(first.get(), model.get(), 1), expected);
  other.join();
  inlay_session_destroy(second);
}

struct Interval {
  int32_t node;
  uint64_t begin, end;
};
struct Watch {
  std::vector<Interval> seen;
  static uint64_t now(void*) { return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()); }
  static void done(void* user, int32_t, int32_t node, uint64_t begin, uint64_t end) {
    static_cast<Watch*>(user)->seen.push_back({node, begin, end});
  }
};

TEST_F(Queues, ObserversAreToldOfEachOpOnce) {
  const Model model(tools::emit_inlay(random_graph(4, 30, false)));
  const Sessions mixed(model.get(), devices_with_queues(), random_placement(model.get(), 4));
  Watch watch;
  const inlay_observer observer = {sizeof(observer), Watch::now, Watch::done, &watch};
  ASSERT_EQ(inlay_session_observe(mixed.get(), &observer), INLAY_OK);
  const uint64_t begin = Watch::now(nullptr);
  fill_inputs(mixed.get(), model.get(), 1);
  ASSERT_EQ(inlay_session_run(mixed.get(), nullptr), INLAY_OK);
  const uint64_t end = Watch::now(nullptr);
  ASSERT_EQ(watch.seen.size(), 30u);
  std::sort(watch.seen.begin(), watch.seen.end(), [](const Interval& a, const Interval& b) { return a.node < b.node; });
  for (size_t n = 0; n < watch.seen.size(); ++n) {
    EXPECT_EQ(watch.seen[n].node, static_cast<int32_t>(n));
    EXPECT_LE(begin, watch.seen[n].begin);
    EXPECT_LE(watch.seen[n].begin, watch.seen[n].end);
    EXPECT_LE(watch.seen[n].end, end);
  }
}

}  // namespace
}  // namespace inlay::stress

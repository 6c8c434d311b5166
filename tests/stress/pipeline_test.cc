// SPDX-License-Identifier: Apache-2.0
// Pipelines and session pools: the answers of one session, in order, none lost and none twice, also where a device dies.
#include "inlay/pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <random>
#include <thread>

#include "stress/queue_backend.h"
#include "stress/random_graph.h"
#include "stress/support.h"
#include "tools/emit/emit.h"

namespace inlay::stress {
namespace {

constexpr int32_t kOps = 24;
constexpr uint32_t kFrames = 40;

class Pipelines : public ::testing::TestWithParam<bool> {
 protected:
  Pipelines() : model(tools::emit_inlay(random_graph(3, kOps, false))) {
    const std::vector<inlay_device> devices = builtin();
    const inlay_config config = config_of(devices);
    inlay_session* session = nullptr;
    EXPECT_EQ(inlay_session_create(model.get(), &config, &session, nullptr), INLAY_OK);
    for (uint32_t i = 0; i < kFrames; ++i) {
      fill_inputs(session, model.get(), i);
      EXPECT_EQ(inlay_session_run(session, nullptr), INLAY_OK);
      expected.push_back(outputs_of(session, model.get()));
    }
    inlay_session_destroy(session);
    queue_world().pace = Pace::kThread;
    queue_world().dead = -1;
    queue_world().fail_submit = queue_world().fail_finish = 0;
    queue_world().most_in_flight = 0;
  }
  ~Pipelines() override { inlay_pipeline_destroy(pipeline); }

  void make(const std::vector<inlay_device>& devices, const std::vector<int32_t>& cuts, int32_t frames = 0) {
    inlay_pipeline_config config = {};
    config.struct_size = sizeof(config);
    config.devices = devices.data();
    config.device_count = static_cast<int32_t>(devices.size());
    config.cuts = cuts.data();
    config.frames = frames;
    config.one_thread = GetParam() ? 1 : 0;
    ASSERT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_OK) << error.text;
  }

  /// Takes frames back until one is free, and checks them in their order.
  void take() {
    inlay_frame* frame = nullptr;
    inlay_error own = {};
    const inlay_status status = inlay_pipeline_next(pipeline, 1, &frame, &own);
    ASSERT_NE(frame, nullptr);
    if (status == INLAY_OK) {
      EXPECT_TRUE(outputs_of(inlay_frame_session(frame), model.get()) == expected[taken]) << "frame " << taken;
    } else {
      EXPECT_EQ(status, INLAY_STATUS_BACKEND_FAILED);
      EXPECT_NE(std::strstr(own.text, "failed at op"), nullptr) << own.text;
      failed.push_back(taken);
    }
    ++taken;
    ASSERT_EQ(inlay_pipeline_release(pipeline, frame, nullptr), INLAY_OK);
  }
  void run_all(uint32_t dies_before = kFrames) {
    for (uint32_t i = 0; i < kFrames; ++i) {
      if (i == dies_before) queue_world().dead = 1;
      inlay_frame* frame = nullptr;
      ASSERT_EQ(inlay_pipeline_acquire(pipeline, 0, &frame, nullptr), INLAY_OK);
      if (frame == nullptr) {
        take();
        ASSERT_EQ(inlay_pipeline_acquire(pipeline, 0, &frame, nullptr), INLAY_OK);
      }
      ASSERT_NE(frame, nullptr);
      fill_inputs(inlay_frame_session(frame), model.get(), i);
      ASSERT_EQ(inlay_pipeline_submit(pipeline, frame, nullptr), INLAY_OK);
    }
    while (taken < kFrames) take();
    inlay_frame* none = nullptr;
    EXPECT_EQ(inlay_pipeline_next(pipeline, 1, &none, nullptr), INLAY_OK);
    EXPECT_EQ(none, nullptr) << "a frame came out twice";
  }

  Model model;
  std::vector<tools::Bytes> expected;
  std::vector<uint32_t> failed;
  inlay_pipeline* pipeline = nullptr;
  inlay_error error = {};
  uint32_t taken = 0;
};

const inlay_device kHost = {&inlay_backend_builtin, 0};

TEST_P(Pipelines, GiveTheAnswersOfOneSessionInOrder) {
  make({{&queue_backend, 0}, kHost, {&queue_backend, 1}}, {7, 15});
  run_all();
  EXPECT_TRUE(failed.empty());
  inlay_pipeline_info info = {};
  info.struct_size = sizeof(info);
  ASSERT_EQ(inlay_pipeline_describe(pipeline, &info), INLAY_OK);
  EXPECT_EQ(info.stage_count, 3);
  EXPECT_EQ(info.frame_count, 4);
  EXPECT_EQ(info.first_node[2], 15);
  EXPECT_EQ(info.device[0].backend, &queue_backend);
  EXPECT_EQ(queue_world().in_flight, 0);
}

TEST_P(Pipelines, StagesOnOneDeviceTwice) {
  make({kHost, kHost}, {11}, 3);
  run_all();
  EXPECT_TRUE(failed.empty());
}

TEST_P(Pipelines, OfDevicesWithQueuesRunFramesSideBySide) {
  queue_world().pace = Pace::kAtFinish;  // by one thread: all stages are in flight before any is waited for
  make({{&queue_backend, 0}, {&queue_backend, 1}, {&queue_backend, 2}}, {6, 14});
  run_all();
  EXPECT_TRUE(failed.empty());
  EXPECT_GE(queue_world().most_in_flight, GetParam() ? 3 : 1);
}

TEST_P(Pipelines, ADeviceThatDiesLosesItsFrameAndNoOther) {
  for (const uint32_t dies : {0u, 5u, 20u}) {
    failed.clear();
    taken = 0;
    queue_world().dead = -1;
    make({{&queue_backend, 0}, {&queue_backend, 1}, kHost, {&queue_backend, 2}}, {5, 11, 17});
    run_all(dies);
    EXPECT_EQ(failed.size(), 1u) << "dies " << dies;
    inlay_pipeline_info info = {};
    info.struct_size = sizeof(info);
    ASSERT_EQ(inlay_pipeline_describe(pipeline, &info), INLAY_OK);
    EXPECT_EQ(info.devices_lost, 1);
    EXPECT_EQ(info.device[1].backend, &inlay_backend_builtin);
    EXPECT_EQ(info.device[3].backend, &queue_backend);
    inlay_pipeline_destroy(pipeline);
    pipeline = nullptr;
  }
}

TEST_P(Pipelines, ADeviceOfTwoStagesDies) {
  make({{&queue_backend, 1}, kHost, {&queue_backend, 1}}, {6, 12});
  run_all(9);
  EXPECT_GE(failed.size(), 1u);
  EXPECT_LE(failed.size(), 2u) << "at most one frame was in each stage";
}

TEST_P(Pipelines, PushBackWhenAllFramesAreInUse) {
  make({kHost, {&queue_backend, 0}}, {9}, 2);
  inlay_frame *first = nullptr, *second = nullptr, *third = nullptr;
  ASSERT_EQ(inlay_pipeline_acquire(pipeline, 1, &first, &error), INLAY_OK);
  ASSERT_EQ(inlay_pipeline_acquire(pipeline, 1, &second, &error), INLAY_OK);
  ASSERT_EQ(inlay_pipeline_acquire(pipeline, 0, &third, &error), INLAY_OK);
  EXPECT_EQ(third, nullptr);
  if (GetParam()) {
    EXPECT_EQ(inlay_pipeline_acquire(pipeline, 1, &third, &error), INLAY_STATUS_BAD_STATE);
  }
  ASSERT_EQ(inlay_pipeline_submit(pipeline, first, &error), INLAY_OK);
  EXPECT_EQ(inlay_pipeline_submit(pipeline, first, &error), INLAY_STATUS_BAD_STATE);
  EXPECT_EQ(inlay_pipeline_release(pipeline, first, &error), INLAY_STATUS_BAD_STATE) << "it is in flight";
  ASSERT_EQ(inlay_pipeline_release(pipeline, second, &error), INLAY_OK);
  ASSERT_EQ(inlay_pipeline_next(pipeline, 1, &third, &error), INLAY_OK) << error.text;
  EXPECT_EQ(third, first);
  ASSERT_EQ(inlay_pipeline_release(pipeline, first, &error), INLAY_OK);
  EXPECT_EQ(inlay_pipeline_release(pipeline, first, &error), INLAY_STATUS_BAD_STATE);
}

TEST_P(Pipelines, AreCutByCosts) {
  std::vector<float> costs;
  for (int32_t n = 0; n < kOps; ++n) costs.insert(costs.end(), {1.0f, n < 16 ? 2.0f : -1.0f});
  const std::vector<inlay_device> devices = {kHost, {&queue_backend, 2}};
  inlay_pipeline_config config = {};
  config.struct_size = sizeof(config);
  config.devices = devices.data();
  config.device_count = 2;
  config.one_thread = GetParam() ? 1 : 0;
  EXPECT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_STATUS_NO_DEVICE) << "no costs are known";
  config.costs_us = costs.data();
  ASSERT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_OK) << error.text;
  inlay_pipeline_info info = {};
  info.struct_size = sizeof(info);
  ASSERT_EQ(inlay_pipeline_describe(pipeline, &info), INLAY_OK);
  EXPECT_EQ(info.device[0].backend, &queue_backend);
  EXPECT_EQ(info.first_node[1], 8);
  EXPECT_EQ(info.predicted_slowest_us, 16.0f);
  EXPECT_EQ(info.predicted_total_us, 32.0f);
  run_all();
}

TEST_P(Pipelines, RefuseWhatTheyCannotDo) {
  const std::vector<inlay_device> devices = {kHost, kHost};
  inlay_pipeline_config config = {};
  config.struct_size = sizeof(config);
  config.devices = devices.data();
  config.device_count = 2;
  for (const int32_t cut : {0, -1, kOps}) {
    config.cuts = &cut;
    EXPECT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_STATUS_BAD_ARGUMENT) << cut;
    EXPECT_STRNE(error.text, "");
  }
  config.device_count = 0;
  EXPECT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_STATUS_BAD_ARGUMENT);
  const int32_t cut = 3;
  config.device_count = 2;
  config.cuts = &cut;
  for (uint32_t seed = 0; seed < 9; ++seed) {
    const Model state(tools::emit_inlay(random_graph(seed, kOps, true)));
    if (inlay_model_variable_count(state.get()) == 0) continue;
    EXPECT_EQ(inlay_pipeline_create(state.get(), &config, &pipeline, &error), INLAY_STATUS_UNSUPPORTED);
    return;
  }
  ADD_FAILURE() << "no model with variables";
}

INSTANTIATE_TEST_SUITE_P(Threads, Pipelines, ::testing::Bool(), [](const auto& p) { return p.param ? "one" : "each"; });

TEST(SessionPool, ServesManyThreadsAndTurnsAwayTheRest) {
  const Model model(digits("int8"));
  inlay_session_pool* pool = nullptr;
  inlay_error error = {};
  const std::vector<inlay_device> devices = builtin();
  const inlay_config config = config_of(devices);
  ASSERT_EQ(inlay_session_pool_create(model.get(), &config, 2, 3, &pool, &error), INLAY_OK) << error.text;
  inlay_session* first = nullptr;
  ASSERT_EQ(inlay_session_pool_acquire(pool, &first, &error), INLAY_OK);
  fill_input(first, model.get(), 1);
  ASSERT_EQ(inlay_session_run(first, nullptr), INLAY_OK);
  const tools::Bytes expected = output_of(first, model.get());
  ASSERT_EQ(inlay_session_pool_release(pool, first, &error), INLAY_OK);
  EXPECT_EQ(inlay_session_pool_release(pool, first, &error), INLAY_STATUS_BAD_STATE);
  std::atomic<int32_t> at_once{0}, most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 5; ++t) {  // two run, three may wait: nobody is turned away
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        inlay_session* mine = nullptr;
        ASSERT_EQ(inlay_session_pool_acquire(pool, &mine, nullptr), INLAY_OK);
        const int32_t now = ++at_once;
        for (int32_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        fill_input(mine, model.get(), 1);
        EXPECT_EQ(inlay_session_run(mine, nullptr), INLAY_OK);
        EXPECT_EQ(output_of(mine, model.get()), expected);
        --at_once;
        EXPECT_EQ(inlay_session_pool_release(pool, mine, nullptr), INLAY_OK);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 2);
  inlay_session_pool_destroy(pool);
  ASSERT_EQ(inlay_session_pool_create(model.get(), &config, 1, 0, &pool, &error), INLAY_OK) << error.text;
  inlay_session* second = nullptr;
  ASSERT_EQ(inlay_session_pool_acquire(pool, &first, &error), INLAY_OK);
  EXPECT_EQ(inlay_session_pool_acquire(pool, &second, &error), INLAY_STATUS_BAD_STATE);
  EXPECT_STRNE(error.text, "");
  ASSERT_EQ(inlay_session_pool_release(pool, first, &error), INLAY_OK);
  inlay_session_pool_destroy(pool);
  EXPECT_EQ(inlay_session_pool_create(model.get(), &config, 0, 0, &pool, &error), INLAY_STATUS_BAD_ARGUMENT);
}

}  // namespace
}  // namespace inlay::stress

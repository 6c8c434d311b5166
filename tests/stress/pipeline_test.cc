// SPDX-License-Identifier: Apache-2.0
// Pipelines and session pools: the answers of one session, in order, none lost and none twice, also where a device dies.
#include <atomic>
#include <thread>

#include "stress/pipeline_fixture.h"

namespace inlay::stress {
namespace {

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
    sent = taken = 0;
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

// SPDX-License-Identifier: Apache-2.0
// Pipelines whose devices fail for good or once, and those of models with variables.
#include "stress/pipeline_fixture.h"

namespace inlay::stress {
namespace {

using PipelineLoss = Pipelines;

/// Enough for a new cut to be prepared beside them on a busy machine.
constexpr uint32_t kMostFrames = 200000;

TEST_P(PipelineLoss, AFailureThatIsNotTheDevicesTakesOneFrame) {
  make({{&queue_backend, 0}, {&queue_backend, 1}, kHost}, {7, 15});
  queue_world().fail_finish = 9;
  run_all();
  EXPECT_EQ(failed.size(), 1u);
  EXPECT_EQ(info().devices_lost, 0);
  EXPECT_EQ(info().device[0].backend, &queue_backend);
  EXPECT_EQ(info().device[1].backend, &queue_backend);
}

/// Three queues of 1 us an op; the host, where it takes 4, steps in. The old cut would leave it 8 ops, the best gives it 2 or 3.
class PipelineCuts : public Pipelines {
 protected:
  PipelineCuts() {
    devices = {{&queue_backend, 0}, {&queue_backend, 1}, {&queue_backend, 2}};
    config = config_on(devices);
    config.costs_us = costs.data();
    config.fallback_costs_us = fallback.data();
  }
  void create() {
    ASSERT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_OK) << error.text;
    ASSERT_EQ(info().stage_count, 3);
    ASSERT_EQ(info().predicted_slowest_us, 8);
  }
  /// Frames, until it has been cut anew so often.
  void send_until(int32_t times) {
    while (info().times_cut_anew < times && sent < kMostFrames) send();
    EXPECT_EQ(info().times_cut_anew, times) << sent << " frames";
  }
  bool uses(int32_t queue) const {
    const inlay_pipeline_info now = info();
    for (int32_t k = 0; k < now.stage_count; ++k) {
      if (now.device[k].backend == &queue_backend && now.device[k].index == queue) return true;
    }
    return false;
  }

  std::vector<float> costs = std::vector<float>(3 * kOps, 1.0f), fallback = std::vector<float>(kOps, 4.0f);
  std::vector<inlay_device> devices;
  inlay_pipeline_config config = {};
};

TEST_P(PipelineCuts, AnewWhenADeviceIsGone) {
  create();
  for (uint32_t i = 0; i < 9; ++i) send();
  queue_world().dead = 1;
  send_until(1);
  for (uint32_t i = 0; i < kFrames; ++i) send();
  take_all();
  EXPECT_EQ(failed.size(), 1u);
  EXPECT_FALSE(uses(1));
  EXPECT_EQ(info().stage_count, 3);
  EXPECT_EQ(info().devices_lost, 1);
  EXPECT_LE(info().predicted_slowest_us, 12);
  EXPECT_GE(info().predicted_us[1], 1);
}

TEST_P(PipelineCuts, AnewForEachDeviceThatGoes) {
  create();
  for (const int32_t dead : {1, 0}) {
    for (uint32_t i = 0; i < 9; ++i) send();
    queue_world().dead = dead;
    send_until(dead == 1 ? 1 : 2);
  }
  for (uint32_t i = 0; i < kFrames; ++i) send();
  take_all();
  EXPECT_EQ(failed.size(), 2u);
  EXPECT_EQ(info().devices_lost, 2);
  EXPECT_FALSE(uses(0));
  EXPECT_FALSE(uses(1));
  EXPECT_TRUE(uses(2));
}

TEST_P(PipelineCuts, NotWhereItIsNoBetter) {
  fallback.assign(kOps, 1.0f);
  create();
  queue_world().dead = 1;
  run_all();
  EXPECT_EQ(failed.size(), 1u);
  EXPECT_EQ(info().times_cut_anew, 0);
  EXPECT_EQ(info().predicted_slowest_us, 8);
}

TEST_P(PipelineCuts, NotWhereNothingIsKnownOfTheFallback) {
  config.fallback_costs_us = nullptr;
  create();
  queue_world().dead = 1;
  run_all();
  EXPECT_EQ(failed.size(), 1u);
  EXPECT_EQ(info().times_cut_anew, 0);
  EXPECT_EQ(info().predicted_slowest_us, 0);
  EXPECT_EQ(info().first_node[1], 8);
}

/// A program of an earlier version has shorter structs.
TEST_P(PipelineCuts, StructsOfEarlierVersionsAreTaken) {
  config.struct_size = offsetof(inlay_pipeline_config, links);
  config.links = reinterpret_cast<const inlay_device_link*>(1);
  create();
  inlay_pipeline_info old = {};
  old.struct_size = offsetof(inlay_pipeline_info, predicted_us);
  old.times_cut_anew = 77;
  ASSERT_EQ(inlay_pipeline_describe(pipeline, &old), INLAY_OK);
  EXPECT_EQ(old.stage_count, 3);
  EXPECT_EQ(old.times_cut_anew, 77);
  run_all();
}

/// Tensors that travel slowly keep the model on the one device that needs none of them elsewhere.
TEST_P(PipelineCuts, CountTransfers) {
  const std::vector<inlay_device_link> links = {{0, 0, 100, 0, 100, 0}, {}, {0, 0, 100, 0, 100, 0}};
  devices[1] = kHost;
  config.links = links.data();
  ASSERT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_OK) << error.text;
  EXPECT_EQ(info().stage_count, 1);
  EXPECT_EQ(info().device[0].backend, kHost.backend);
  EXPECT_EQ(info().predicted_slowest_us, kOps);
  run_all();
}

/// State goes from frame to frame within a stage.
TEST_P(PipelineLoss, ModelsWithVariables) {
  int32_t parted = 0, refused = 0;
  for (uint32_t seed = 0; seed < 30; ++seed) {
    const Model state(tools::emit_inlay(random_graph(seed, kOps, true)));
    if (inlay_model_variable_count(state.get()) == 0) continue;
    const std::vector<float> costs(2 * kOps, 1.0f);
    const std::vector<inlay_device> devices = {kHost, kHost};
    inlay_pipeline_config config = config_on(devices);
    for (int32_t cut = 1; cut < kOps; cut += 5) {
      config.cuts = &cut;
      inlay_pipeline* made = nullptr;
      const inlay_status status = inlay_pipeline_create(state.get(), &config, &made, &error);
      ASSERT_TRUE(status == INLAY_OK || status == INLAY_STATUS_UNSUPPORTED) << error.text;
      refused += status == INLAY_OK ? 0 : 1;
      if (status != INLAY_OK) continue;
      ++parted;
      inlay_session* one = nullptr;
      const inlay_config alone = config_of(devices);
      ASSERT_EQ(inlay_session_create(state.get(), &alone, &one, nullptr), INLAY_OK);
      const auto next = [&](uint32_t i) {
        inlay_frame* frame = nullptr;
        ASSERT_EQ(inlay_pipeline_next(made, 1, &frame, &error), INLAY_OK) << error.text;
        fill_inputs(one, state.get(), i);
        ASSERT_EQ(inlay_session_run(one, nullptr), INLAY_OK);
        EXPECT_TRUE(outputs_of(inlay_frame_session(frame), state.get()) == outputs_of(one, state.get())) << "frame " << i;
        ASSERT_EQ(inlay_pipeline_release(made, frame, nullptr), INLAY_OK);
      };
      for (uint32_t i = 0; i < 12; ++i) {
        inlay_frame* frame = nullptr;
        ASSERT_EQ(inlay_pipeline_acquire(made, 0, &frame, nullptr), INLAY_OK);
        if (frame == nullptr) {
          next(i - 3);
          ASSERT_EQ(inlay_pipeline_acquire(made, 0, &frame, nullptr), INLAY_OK);
        }
        fill_inputs(inlay_frame_session(frame), state.get(), i);
        ASSERT_EQ(inlay_pipeline_submit(made, frame, nullptr), INLAY_OK);
      }
      for (uint32_t i = 9; i < 12; ++i) next(i);
      inlay_session_destroy(one);
      inlay_pipeline_destroy(made);
    }
    if (HasFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(parted, 5);
  EXPECT_GT(refused, 5);
}

INSTANTIATE_TEST_SUITE_P(Threads, PipelineLoss, ::testing::Bool(), [](const auto& p) { return p.param ? "one" : "each"; });
INSTANTIATE_TEST_SUITE_P(Threads, PipelineCuts, ::testing::Bool(), [](const auto& p) { return p.param ? "one" : "each"; });

}  // namespace
}  // namespace inlay::stress

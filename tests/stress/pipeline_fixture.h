// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "inlay/pipeline.h"
#include "stress/queue_backend.h"
#include "stress/random_graph.h"
#include "stress/support.h"
#include "tools/emit/emit.h"

namespace inlay::stress {

constexpr int32_t kOps = 24;
constexpr uint32_t kFrames = 40;

/// Frames through a pipeline, by a thread per stage or by one thread, each held against the answer of one session.
class Pipelines : public ::testing::TestWithParam<bool> {
 protected:
  Pipelines() : Pipelines(tools::emit_inlay(random_graph(3, kOps, false))) {}
  explicit Pipelines(const tools::Bytes& file) : model(file) {
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

  inlay_pipeline_config config_on(const std::vector<inlay_device>& devices) const {
    inlay_pipeline_config config = {};
    config.struct_size = sizeof(config);
    config.devices = devices.data();
    config.device_count = static_cast<int32_t>(devices.size());
    config.one_thread = GetParam() ? 1 : 0;
    return config;
  }
  void make(const std::vector<inlay_device>& devices, const std::vector<int32_t>& cuts, int32_t frames = 0) {
    inlay_pipeline_config config = config_on(devices);
    config.cuts = cuts.data();
    config.frames = frames;
    ASSERT_EQ(inlay_pipeline_create(model.get(), &config, &pipeline, &error), INLAY_OK) << error.text;
  }

  /// Takes frames back until one is free, and checks them in their order.
  void take() {
    inlay_frame* frame = nullptr;
    inlay_error own = {};
    const inlay_status status = inlay_pipeline_next(pipeline, 1, &frame, &own);
    ASSERT_NE(frame, nullptr);
    if (status == INLAY_OK) {
      EXPECT_TRUE(outputs_of(inlay_frame_session(frame), model.get()) == expected[taken % kFrames]) << "frame " << taken;
    } else {
      EXPECT_EQ(status, INLAY_STATUS_BACKEND_FAILED);
      EXPECT_NE(std::strstr(own.text, "failed at op"), nullptr) << own.text;
      failed.push_back(taken);
    }
    ++taken;
    ASSERT_EQ(inlay_pipeline_release(pipeline, frame, nullptr), INLAY_OK);
  }
  /// Sends the next frame, and takes one back where it has to.
  void send() {
    inlay_frame* frame = nullptr;
    ASSERT_EQ(inlay_pipeline_acquire(pipeline, 0, &frame, nullptr), INLAY_OK);
    if (frame == nullptr) {
      take();
      ASSERT_EQ(inlay_pipeline_acquire(pipeline, 0, &frame, nullptr), INLAY_OK);
    }
    ASSERT_NE(frame, nullptr);
    fill_inputs(inlay_frame_session(frame), model.get(), sent++ % kFrames);
    ASSERT_EQ(inlay_pipeline_submit(pipeline, frame, nullptr), INLAY_OK);
  }
  void run_all(uint32_t dies_before = kFrames) {
    for (uint32_t i = 0; i < kFrames; ++i) {
      if (i == dies_before) queue_world().dead = 1;
      send();
    }
    take_all();
  }
  void take_all() {
    while (taken < sent) take();
    inlay_frame* none = nullptr;
    EXPECT_EQ(inlay_pipeline_next(pipeline, 1, &none, nullptr), INLAY_OK);
    EXPECT_EQ(none, nullptr) << "a frame came out twice";
  }

  inlay_pipeline_info info() const {
    inlay_pipeline_info out = {};
    out.struct_size = sizeof(out);
    EXPECT_EQ(inlay_pipeline_describe(pipeline, &out), INLAY_OK);
    return out;
  }

  Model model;
  std::vector<tools::Bytes> expected;
  std::vector<uint32_t> failed;
  inlay_pipeline* pipeline = nullptr;
  inlay_error error = {};
  uint32_t sent = 0, taken = 0;
};

inline const inlay_device kHost = {&inlay_backend_builtin, 0};

}  // namespace inlay::stress

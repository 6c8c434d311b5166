// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "stress/support.h"

namespace inlay::stress {
namespace {

class Session : public ::testing::TestWithParam<const char*> {
 protected:
  Model model{digits(GetParam())};
  std::vector<inlay_device> devices = builtin();
  inlay_config config = config_of(devices);
  inlay_error error = {};

  inlay_session* make() {
    inlay_session* session = nullptr;
    EXPECT_EQ(inlay_session_create(model.get(), &config, &session, &error), INLAY_OK) << error.text;
    return session;
  }
  tools::Bytes answer(inlay_session* session, uint32_t seed) {
    fill_input(session, model.get(), seed);
    EXPECT_EQ(inlay_session_run(session, nullptr), INLAY_OK);
    return output_of(session, model.get());
  }
};

TEST_P(Session, TwoThreadsTwoSessions) {
  constexpr uint32_t kRuns = 20;
  inlay_session* sessions[2] = {make(), make()};
  std::vector<tools::Bytes> answers[2];
  std::thread threads[2];
  for (int t = 0; t < 2; ++t) {
    threads[t] = std::thread([&, t] {
      for (uint32_t i = 0; i < kRuns; ++i) answers[t].push_back(answer(sessions[t], i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_NE(answers[0][0], answers[0][1]);
  for (inlay_session* session : sessions) inlay_session_destroy(session);
}

TEST_P(Session, SharedWeightsGiveTheSameAnswers) {
  constexpr uint32_t kRuns = 20;
  config.threads = 2;
  inlay_session* first = make();
  config.share = first;
  inlay_session* second = make();
  inlay_memory_use own = {}, shared = {};
  ASSERT_EQ(inlay_session_memory(first, &own), INLAY_OK);
  ASSERT_EQ(inlay_session_memory(second, &shared), INLAY_OK);
  EXPECT_LT(shared.persistent, own.persistent);
  EXPECT_EQ(shared.scratch, own.scratch);
  std::vector<tools::Bytes> answers[2];
  std::thread other([&] {
    for (uint32_t i = 0; i < kRuns; ++i) answers[1].push_back(answer(second, i));
  });
  for (uint32_t i = 0; i < kRuns; ++i) answers[0].push_back(answer(first, i));
  other.join();
  EXPECT_EQ(answers[0], answers[1]);
  inlay_session_destroy(second);
  EXPECT_EQ(answer(first, 3), answers[0][3]) << "the first session is whole after the second";
  inlay_session_destroy(first);
}

TEST_P(Session, SharesOnlyWithTheSameModel) {
  const Model other{digits(GetParam())};
  inlay_session* stranger = nullptr;
  ASSERT_EQ(inlay_session_create(other.get(), &config, &stranger, &error), INLAY_OK) << error.text;
  config.share = stranger;
  inlay_session* session = nullptr;
  EXPECT_EQ(inlay_session_create(model.get(), &config, &session, &error), INLAY_STATUS_BAD_ARGUMENT);
  EXPECT_STRNE(error.text, "");
  inlay_session_destroy(stranger);
}

TEST_P(Session, ThreadsDoNotChangeTheAnswer) {
  inlay_session* one = make();
  inlay_pool_config wanted = {};
  wanted.struct_size = sizeof(wanted);
  wanted.threads = 3;
  wanted.grain = 1;  // the model is small: cut it all the same
  ASSERT_EQ(inlay_pool_create(&wanted, &config.pool, &error), INLAY_OK) << error.text;
  inlay_session* three = make();
  for (uint32_t i = 0; i < 5; ++i) EXPECT_EQ(answer(one, i), answer(three, i));
  inlay_session_destroy(one);
  inlay_session_destroy(three);
  inlay_pool_destroy(config.pool);
}

TEST_P(Session, PlacementIsObeyedAndChecked) {
  config.placement_count = inlay_model_graph(model.get(), 0)->node_count;
  inlay_device reference = {};
  ASSERT_EQ(inlay_device_find("reference", &reference, &error), INLAY_OK) << error.text;
  devices.push_back(reference);
  config.devices = devices.data();
  config.device_count = 2;
  std::vector<int32_t> placement(static_cast<size_t>(config.placement_count), 0);
  placement[1] = 1;
  placement[2] = -1;
  config.placement = placement.data();
  inlay_session* session = make();
  EXPECT_EQ(inlay_session_device_of(session, 0).index, 0);
  EXPECT_EQ(inlay_session_device_of(session, 1).index, reference.index);
  EXPECT_STREQ(inlay_session_kernel_of(session, 1), "portable");
  EXPECT_EQ(inlay_session_device_of(session, 2).index, 0);
  inlay_session_destroy(session);
  placement[0] = 2;
  EXPECT_EQ(inlay_session_create(model.get(), &config, &session, &error), INLAY_STATUS_BAD_ARGUMENT);
  placement[0] = 0;
  config.placement_count -= 1;
  EXPECT_EQ(inlay_session_create(model.get(), &config, &session, &error), INLAY_STATUS_BAD_ARGUMENT);
}

TEST_P(Session, BoundBuffersGiveTheSameAnswer) {
  inlay_session* session = make();
  const tools::Bytes expected = answer(session, 7);
  inlay_tensor_info in, out;
  ASSERT_EQ(inlay_model_input_info(model.get(), 0, &in), INLAY_OK);
  ASSERT_EQ(inlay_model_output_info(model.get(), 0, &out), INLAY_OK);
  const Block input(in.bytes), output(out.bytes);
  fill_input(session, model.get(), 7);
  std::memcpy(input.block().data, inlay_session_input(session, 0), in.bytes);
  const tools::Bytes given(static_cast<uint8_t*>(input.block().data), static_cast<uint8_t*>(input.block().data) + in.bytes);
  EXPECT_EQ(inlay_session_bind_input(session, 0, input.block().data, in.bytes - 1, &error), INLAY_STATUS_MEMORY_TOO_SMALL);
  EXPECT_EQ(inlay_session_bind_input(session, 1, input.block().data, in.bytes, &error), INLAY_STATUS_BAD_INDEX);
  ASSERT_EQ(inlay_session_bind_input(session, 0, input.block().data, in.bytes, &error), INLAY_OK) << error.text;
  ASSERT_EQ(inlay_session_bind_output(session, 0, output.block().data, out.bytes, &error), INLAY_OK) << error.text;
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(inlay_session_run(session, &error), INLAY_OK) << error.text;
    EXPECT_EQ(std::memcmp(output.block().data, expected.data(), out.bytes), 0);
    EXPECT_EQ(std::memcmp(input.block().data, given.data(), in.bytes), 0) << "a bound input is only read";
  }
  ASSERT_EQ(inlay_session_bind_input(session, 0, nullptr, 0, &error), INLAY_OK);
  ASSERT_EQ(inlay_session_bind_output(session, 0, nullptr, 0, &error), INLAY_OK);
  EXPECT_EQ(answer(session, 7), expected);
  ASSERT_EQ(inlay_session_reset(session, &error), INLAY_OK);
  EXPECT_EQ(answer(session, 7), expected);
  inlay_session_destroy(session);
}

INSTANTIATE_TEST_SUITE_P(Digits, Session, ::testing::Values("int8", "float"));

}  // namespace
}  // namespace inlay::stress

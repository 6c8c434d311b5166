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

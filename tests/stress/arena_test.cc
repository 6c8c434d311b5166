// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "stress/support.h"

namespace inlay::stress {
namespace {

class Arena : public ::testing::TestWithParam<const char*> {
 protected:
  Model model{digits(GetParam())};
  std::vector<inlay_device> devices = builtin();
  inlay_config config = config_of(devices);
  inlay_error error = {};
  inlay_session* session = nullptr;
  inlay_arena need = {};

  void SetUp() override { ASSERT_EQ(inlay_session_measure(model.get(), &config, &need, &error), INLAY_OK) << error.text; }

  /// init with blocks of these sizes and shifts.
  inlay_status init(size_t persistent, size_t planned, size_t scratch, size_t shift = 0, int which = -1) {
    error = {};
    const Block a(persistent, which == 0 ? shift : 0), b(planned, which == 1 ? shift : 0), c(scratch, which == 2 ? shift : 0);
    const inlay_arena arena = {a.block(), b.block(), c.block()};
    const inlay_status status = inlay_session_init(model.get(), &config, &arena, &session, &error);
    inlay_session_deinit(session);
    return status;
  }
};

TEST_P(Arena, GrowsUntilItFits) {
  const size_t p = need.persistent.bytes, a = need.planned.bytes, s = need.scratch.bytes;
  for (size_t n = 0; n < p; ++n) {
    ASSERT_EQ(init(n, a, s), INLAY_STATUS_MEMORY_TOO_SMALL) << n;
    ASSERT_NE(error.text[0], '\0');
  }
  EXPECT_EQ(init(p, a, s), INLAY_OK) << error.text;
}

TEST_P(Arena, OneByteTooSmall) {
  const size_t p = need.persistent.bytes, a = need.planned.bytes, s = need.scratch.bytes;
  ASSERT_GT(a, 0u);
  EXPECT_EQ(init(p, a - 1, s), INLAY_STATUS_MEMORY_TOO_SMALL);
  EXPECT_NE(error.text[0], '\0');
  if (s == 0) return;
  EXPECT_EQ(init(p, a, s - 1), INLAY_STATUS_MEMORY_TOO_SMALL);
  EXPECT_NE(error.text[0], '\0');
}

TEST_P(Arena, Misaligned) {
  for (int which = 0; which < 3; ++which) {
    EXPECT_EQ(init(need.persistent.bytes, need.planned.bytes, need.scratch.bytes, 8, which), INLAY_STATUS_MEMORY_MISALIGNED) << which;
    EXPECT_NE(error.text[0], '\0');
  }
}

INSTANTIATE_TEST_SUITE_P(Digits, Arena, ::testing::Values("int8", "float"));

}  // namespace
}  // namespace inlay::stress

// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"

#include <gtest/gtest.h>

namespace inlay {
namespace {

TEST(Error, LongNamesLeaveRoomForTheReason) {
  const std::string name(300, 'n');
  inlay_error error = {};
  EXPECT_EQ(INLAY_FAIL(&error, OP_INVALID, "% '%': %", "ADD", name.c_str(), "the inputs do not broadcast"), INLAY_STATUS_OP_INVALID);
  EXPECT_EQ(std::string(error.text), "ADD '" + std::string(32, 'n') + "...': the inputs do not broadcast");
  EXPECT_NE(INLAY_FAIL(&error, OP_INVALID, "'%' has % bytes", std::string(32, 'm').c_str(), 7), INLAY_OK);
  EXPECT_EQ(std::string(error.text), "'" + std::string(32, 'm') + "' has 7 bytes");
  EXPECT_NE(INLAY_FAIL(&error, OP_INVALID, "%", name.c_str()), INLAY_OK);
  EXPECT_EQ(std::string(error.text).size(), 127u);
}

}  // namespace
}  // namespace inlay

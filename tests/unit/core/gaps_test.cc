// SPDX-License-Identifier: Apache-2.0
#include "core/gaps.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "core/rel.h"

namespace inlay {
namespace {

struct Floats {
  int32_t count;
  float low[3];
};
struct Tail {
  int64_t count;
  float scale;
};
struct Hole {
  int8_t first;
  float scale;
};
struct Nested {
  Floats shape;
  Rel<uint8_t> table;
  bool flags[4];
};
struct HoleInside {
  int32_t first;
  Hole list[2];
};
struct Filled {
  int64_t count;
  float scale;
  int32_t gap = 0;
};

TEST(Gaps, AreSeenAtTheEndBetweenAndInside) {
  EXPECT_EQ(sizeof(Floats), member_bytes<Floats>());
  EXPECT_EQ(sizeof(Nested), member_bytes<Nested>());
  EXPECT_EQ(sizeof(Filled), member_bytes<Filled>());
  EXPECT_EQ(12u, member_bytes<Tail>());
  EXPECT_EQ(5u, member_bytes<Hole>());
  EXPECT_EQ(14u, member_bytes<HoleInside>());
  EXPECT_TRUE(has_no_gaps<int64_t> && has_no_gaps<Nested>);
  EXPECT_FALSE(has_no_gaps<Tail> || has_no_gaps<Hole> || has_no_gaps<HoleInside>);
}

}  // namespace
}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// The public lists: statuses, dtypes, ops.
#include <cstring>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "inlay/op.h"

namespace {

TEST(Lists, StatusNumbersAreUniqueAndInAFamily) {
  std::set<int> numbers;
#define CHECK_STATUS(name, number, text)                                    \
  EXPECT_TRUE(numbers.insert(number).second) << #name;                      \
  EXPECT_TRUE(number == 0 || ((number) >= 0x10 && (number) < 0x50)) << #name; \
  EXPECT_STREQ(inlay_status_name(INLAY_STATUS_##name), #name);              \
  EXPECT_STREQ(inlay_status_text(INLAY_STATUS_##name), text);
  INLAY_STATUS_LIST(CHECK_STATUS)
#undef CHECK_STATUS
}

TEST(Lists, TextOfAnUnknownStatusIsNotNull) {
  EXPECT_NE(inlay_status_text(static_cast<inlay_status>(0x7777)), nullptr);
  EXPECT_NE(inlay_status_name(static_cast<inlay_status>(0x7777)), nullptr);
}

TEST(Lists, DtypesHaveNamesAndBits) {
  std::set<std::string> names;
#define CHECK_DTYPE(name, number, bits)                                                \
  EXPECT_EQ(inlay_dtype_bits(INLAY_##name), static_cast<uint32_t>(bits)) << #name;     \
  EXPECT_TRUE(names.insert(inlay_dtype_name(INLAY_##name)).second) << #name;
  INLAY_DTYPE_LIST(CHECK_DTYPE)
#undef CHECK_DTYPE
  EXPECT_STREQ(inlay_dtype_name(static_cast<inlay_dtype>(200)), "?");
  EXPECT_EQ(inlay_dtype_bits(static_cast<inlay_dtype>(200)), 0u);
}

TEST(Lists, OpNumbersAreUniqueAndNamed) {
  std::set<int> numbers;
#define INLAY_OP(number, NAME, symbol, alias)          \
  EXPECT_TRUE(numbers.insert(number).second) << #NAME; \
  EXPECT_STREQ(inlay_op_kind_name(number), #NAME);
#include "inlay/ops.inc"
#undef INLAY_OP
  EXPECT_STREQ(inlay_op_kind_name(60000), "?");
}

// The planner reads the list, a user's planner the object: they must say the same.
TEST(Lists, OpsShareMemoryAsTheListSays) {
  const inlay_op_table* ops = inlay_default_ops();
  for (int32_t i = 0; i < ops->count; ++i) {
    switch (ops->ops[i]->kind) {
#define INLAY_OP(number, NAME, symbol, sharing)                    \
  case number:                                                     \
    EXPECT_EQ(ops->ops[i]->alias, INLAY_ALIAS_##sharing) << #NAME; \
    break;
#include "inlay/ops.inc"
#undef INLAY_OP
      default:
        ADD_FAILURE() << "op " << ops->ops[i]->kind << " is not in the list";
    }
  }
}

}  // namespace

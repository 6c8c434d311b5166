// SPDX-License-Identifier: Apache-2.0
// The public lists: statuses, dtypes, ops.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "inlay/op.h"

namespace {

// The lists as tables: an EXPECT for each line of a list takes the compiler most of a minute.
struct Status {
  inlay_status status;
  int number;
  const char *name, *text;
};
const Status kStatuses[] = {
#define STATUS(name, number, text) {INLAY_STATUS_##name, number, #name, text},
    INLAY_STATUS_LIST(STATUS)
#undef STATUS
};

struct Dtype {
  inlay_dtype dtype;
  uint32_t bits;
  const char* name;
};
const Dtype kDtypes[] = {
#define DTYPE(name, number, bits) {INLAY_##name, bits, #name},
    INLAY_DTYPE_LIST(DTYPE)
#undef DTYPE
};

struct Op {
  uint16_t kind;
  const char* name;
  inlay_alias alias;
};
const Op kOps[] = {
#define INLAY_OP(number, NAME, symbol, sharing) {number, #NAME, INLAY_ALIAS_##sharing},
#include "inlay/ops.inc"
#undef INLAY_OP
};

TEST(Lists, StatusNumbersAreUniqueAndInAFamily) {
  std::set<int> numbers;
  for (const Status& status : kStatuses) {
    SCOPED_TRACE(status.name);
    EXPECT_TRUE(numbers.insert(status.number).second);
    EXPECT_TRUE(status.number == 0 || (status.number >= 0x10 && status.number < 0x50));
    EXPECT_STREQ(inlay_status_name(status.status), status.name);
    EXPECT_STREQ(inlay_status_text(status.status), status.text);
  }
}

TEST(Lists, TextOfAnUnknownStatusIsNotNull) {
  EXPECT_NE(inlay_status_text(static_cast<inlay_status>(0x7777)), nullptr);
  EXPECT_NE(inlay_status_name(static_cast<inlay_status>(0x7777)), nullptr);
}

TEST(Lists, DtypesHaveNamesAndBits) {
  std::set<std::string> names;
  for (const Dtype& dtype : kDtypes) {
    EXPECT_EQ(inlay_dtype_bits(dtype.dtype), dtype.bits) << dtype.name;
    EXPECT_TRUE(names.insert(inlay_dtype_name(dtype.dtype)).second) << dtype.name;
  }
  EXPECT_STREQ(inlay_dtype_name(static_cast<inlay_dtype>(200)), "?");
  EXPECT_EQ(inlay_dtype_bits(static_cast<inlay_dtype>(200)), 0u);
}

TEST(Lists, OpNumbersAreUniqueAndNamed) {
  std::set<int> numbers;
  for (const Op& op : kOps) {
    EXPECT_TRUE(numbers.insert(op.kind).second) << op.name;
    EXPECT_STREQ(inlay_op_kind_name(op.kind), op.name);
  }
  EXPECT_STREQ(inlay_op_kind_name(60000), "?");
}

// The planner reads the list, a user's planner the object: they must say the same.
TEST(Lists, OpsShareMemoryAsTheListSays) {
  const inlay_op_table* ops = inlay_default_ops();
  for (int32_t i = 0; i < ops->count; ++i) {
    const inlay_op& op = *ops->ops[i];
    const auto* line = std::find_if(std::begin(kOps), std::end(kOps), [&](const Op& listed) { return listed.kind == op.kind; });
    ASSERT_NE(line, std::end(kOps)) << "op " << op.kind << " is not in the list";
    EXPECT_EQ(op.alias, line->alias) << line->name;
  }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/ops/op_bench.h"

#define INLAY_OP(number, NAME, symbol, alias) extern "C" const inlay_op inlay_op_##symbol;
#include "inlay/ops.inc"
#undef INLAY_OP

namespace inlay::test {
namespace {

const inlay_op* const kReductions[] = {&inlay_op_sum,         &inlay_op_mean,       &inlay_op_reduce_max, &inlay_op_reduce_min,
                                   &inlay_op_reduce_prod, &inlay_op_reduce_any, &inlay_op_reduce_all};

TEST(Reduce, Refuses) {
  for (const inlay_op* op : kReductions) {
    const inlay_dtype dtype = op == &inlay_op_reduce_any || op == &inlay_op_reduce_all ? INLAY_BOOL : INLAY_FLOAT32;
    OpBench b;
    const int32_t in = b.add(dtype, {2, 3}), row = b.add(dtype, {2}), kept = b.add(dtype, {2, 1}), other = b.add(INLAY_UINT32, {2});
    EXPECT_EQ(b.prepare(*op, {in}, {row}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK) << b.message();
    EXPECT_EQ(b.prepare(*op, {in}, {kept}, INLAY_PARAMS_AXES, inlay_axes{2, 1}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {row}, INLAY_PARAMS_AXES, inlay_axes{2, 1}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {row}, INLAY_PARAMS_AXES, inlay_axes{4, 0}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {row}, INLAY_PARAMS_AXES, inlay_axes{-1, 0}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {row}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in, in}, {row}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {row}, INLAY_PARAMS_AXES, inlay_axes{2, 0}, INLAY_ACT_RELU), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {other}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK);
  }
}

TEST(Reduce, QuantizationIsChecked) {
  OpBench b;
  const int32_t in = b.add(INLAY_INT8, {2, 3}, 0.1f), plain = b.add(INLAY_INT8, {2}), other = b.add(INLAY_INT8, {2}, 0.2f);
  for (const inlay_op* op : {&inlay_op_sum, &inlay_op_mean, &inlay_op_reduce_prod}) {
    EXPECT_EQ(b.prepare(*op, {in}, {other}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {plain}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK);
  }
  EXPECT_NE(b.prepare(inlay_op_reduce_max, {in}, {other}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK);
  const int32_t many = b.add(INLAY_INT8, {1 << 24}, 0.1f), one = b.add(INLAY_INT8, {}, 0.1f);
  EXPECT_NE(b.prepare(inlay_op_sum, {many}, {one}, INLAY_PARAMS_AXES, inlay_axes{1, 0}), INLAY_OK);
}

TEST(Reduce, NothingGivesTheNeutralElement) {
  OpBench b;
  const int32_t in = b.add(INLAY_FLOAT32, {2, 0}), out = b.add(INLAY_FLOAT32, {2});
  const int32_t bits = b.add(INLAY_BOOL, {0, 3}), bit = b.add(INLAY_BOOL, {3});
  const auto run = [&](const inlay_op& op, int32_t from, int32_t to, int32_t mask) {
    ASSERT_EQ(b.prepare(op, {from}, {to}, INLAY_PARAMS_AXES, inlay_axes{mask, 0}), INLAY_OK) << b.message();
    ASSERT_EQ(b.eval(), INLAY_OK);
  };
  b.fill<float>(out, {7, 7});
  run(inlay_op_sum, in, out, 2);
  EXPECT_EQ(b.data<float>(out)[1], 0.0f);
  run(inlay_op_reduce_prod, in, out, 2);
  EXPECT_EQ(b.data<float>(out)[1], 1.0f);
  run(inlay_op_reduce_all, bits, bit, 1);
  EXPECT_EQ(b.data<uint8_t>(bit)[2], 1);
  run(inlay_op_reduce_any, bits, bit, 1);
  EXPECT_EQ(b.data<uint8_t>(bit)[2], 0);
  EXPECT_NE(b.prepare(inlay_op_mean, {in}, {out}, INLAY_PARAMS_AXES, inlay_axes{2, 0}), INLAY_OK);
}

TEST(Cumsum, RefusesAndWrapsAround) {
  OpBench b;
  const int32_t in = b.add(INLAY_INT32, {3}), out = b.add(INLAY_INT32, {3}), bytes = b.add(INLAY_UINT8, {3});
  EXPECT_NE(b.prepare(inlay_op_cumsum, {in}, {out}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cumsum, {in}, {out}, INLAY_PARAMS_AXIS, inlay_axis{1, 0, 0}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cumsum, {in}, {out}, INLAY_PARAMS_AXIS, inlay_axis{-1, 0, 0}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cumsum, {in}, {out}, INLAY_PARAMS_AXIS, inlay_axis{0, 0, 4}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cumsum, {bytes}, {bytes}, INLAY_PARAMS_AXIS, inlay_axis{0, 0, 0}), INLAY_OK);
  b.fill<int32_t>(in, {INT32_MAX, 1, 1});
  ASSERT_EQ(b.prepare(inlay_op_cumsum, {in}, {out}, INLAY_PARAMS_AXIS, inlay_axis{0, 0, 0}), INLAY_OK);
  ASSERT_EQ(b.eval(), INLAY_OK);
  EXPECT_EQ(b.data<int32_t>(out)[2], INT32_MIN + 1);
}

TEST(Topk, RefusesAndKeepsTheFirstOfEquals) {
  OpBench b;
  const int32_t in = b.add(INLAY_FLOAT32, {5}), values = b.add(INLAY_FLOAT32, {3}), indices = b.add(INLAY_INT32, {3});
  const int32_t none = b.add(INLAY_FLOAT32, {0}), no_indices = b.add(INLAY_INT32, {0}), wide = b.add(INLAY_INT64, {3});
  const auto dims = [](int32_t rank, int32_t k) { return inlay_dims{rank, {k}}; };
  EXPECT_NE(b.prepare(inlay_op_topk_v2, {in}, {values, indices}, INLAY_PARAMS_DIMS, dims(1, 6)), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_topk_v2, {in}, {values, indices}, INLAY_PARAMS_DIMS, dims(1, -1)), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_topk_v2, {in}, {values, indices}, INLAY_PARAMS_DIMS, dims(2, 3)), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_topk_v2, {in}, {values, wide}, INLAY_PARAMS_DIMS, dims(1, 3)), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_topk_v2, {in}, {values}, INLAY_PARAMS_DIMS, dims(1, 3)), INLAY_OK);
  EXPECT_EQ(b.prepare(inlay_op_topk_v2, {in}, {none, no_indices}, INLAY_PARAMS_DIMS, dims(1, 0)), INLAY_OK);
  EXPECT_EQ(b.eval(), INLAY_OK);
  b.fill<float>(in, {1, 4, 4, 0, 4});
  ASSERT_EQ(b.prepare(inlay_op_topk_v2, {in}, {values, indices}, INLAY_PARAMS_DIMS, dims(1, 3)), INLAY_OK);
  ASSERT_EQ(b.eval(), INLAY_OK);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(b.data<float>(values)[i], 4.0f);
  EXPECT_EQ(b.data<int32_t>(indices)[0], 1);
  EXPECT_EQ(b.data<int32_t>(indices)[1], 2);
  EXPECT_EQ(b.data<int32_t>(indices)[2], 4);
}

TEST(Normalize, Refuses) {
  OpBench b;
  const int32_t in = b.add(INLAY_FLOAT32, {1, 1, 1, 4}), out = b.add(INLAY_FLOAT32, {1, 1, 1, 4}), q = b.add(INLAY_INT8, {4}, 0.1f);
  const int32_t plain = b.add(INLAY_INT8, {4}), scalar = b.add(INLAY_FLOAT32, {});
  for (const inlay_op* op : {&inlay_op_l2_normalization, &inlay_op_log_softmax}) {
    EXPECT_EQ(b.prepare(*op, {in}, {out}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {scalar}, {scalar}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {q}, {plain}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {plain}, {q}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {in}, {out}, INLAY_ACT_RELU), INLAY_OK);
  }
  const auto with = [&](const inlay_scalars& s) {
    return b.prepare(inlay_op_local_response_normalization, {in}, {out}, INLAY_PARAMS_SCALARS, s);
  };
  EXPECT_EQ(with({1, 0.5f, 1, INT32_MAX}), INLAY_OK);
  EXPECT_EQ(b.eval(), INLAY_OK);
  EXPECT_NE(with({1, 0.5f, 1, -1}), INLAY_OK);
  EXPECT_NE(with({1e31f, 0.5f, 1, 1}), INLAY_OK);
}

TEST(Cast, Refuses) {
  OpBench b;
  const int32_t in = b.add(INLAY_FLOAT32, {3}), out = b.add(INLAY_INT64, {3}), complex = b.add(INLAY_COMPLEX64, {3});
  const int32_t nibbles = b.add(INLAY_INT4, {3}), longer = b.add(INLAY_INT64, {4});
  EXPECT_EQ(b.prepare(inlay_op_cast, {in}, {out}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cast, {complex}, {out}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cast, {in}, {complex}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cast, {nibbles}, {out}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cast, {in}, {longer}), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_cast, {in}, {out}, INLAY_ACT_RELU), INLAY_OK);
}

}  // namespace
}  // namespace inlay::test

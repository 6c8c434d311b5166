// SPDX-License-Identifier: Apache-2.0
// What only a hostile file asks of several families of ops.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/ops/op_bench.h"

#define INLAY_OP(number, NAME, symbol, alias) extern "C" const inlay_op inlay_op_##symbol;
#include "inlay/ops.inc"
#undef INLAY_OP

namespace inlay::test {
namespace {

bool says(const OpBench& b, const char* part) { return b.message().find(part) != std::string::npos; }

TEST(Hostile, OpsThatApplyNoActivationRefuseOne) {
  OpBench b;
  const int32_t a = b.add(INLAY_FLOAT32, {2, 3}), c = b.add(INLAY_FLOAT32, {3, 2}), out = b.add(INLAY_FLOAT32, {2, 3});
  const int32_t half = b.add(INLAY_FLOAT16, {2, 3}), index = b.add(INLAY_INT32, {2}), square = b.add(INLAY_FLOAT32, {2, 2});
  const auto refused = [&](inlay_status status) {
    return status == INLAY_STATUS_OP_INVALID && says(b, "takes no fused activation");
  };
  EXPECT_TRUE(refused(b.prepare(inlay_op_transpose, {c}, {out}, INLAY_PARAMS_DIMS, inlay_dims{2, {1, 0}}, INLAY_ACT_RELU)));
  EXPECT_TRUE(refused(b.prepare(inlay_op_reshape, {c}, {out}, INLAY_PARAMS_DIMS, inlay_dims{2, {2, 3}}, INLAY_ACT_RELU)));
  EXPECT_TRUE(refused(b.prepare(inlay_op_pad, {a}, {out}, INLAY_PARAMS_PAD, inlay_pad{}, INLAY_ACT_RELU6)));
  EXPECT_TRUE(refused(b.prepare(inlay_op_dequantize, {half}, {out}, INLAY_ACT_RELU)));
  EXPECT_TRUE(refused(b.prepare(inlay_op_arg_max, {a}, {index}, INLAY_PARAMS_AXIS, inlay_axis{1, 0, 0}, INLAY_ACT_RELU)));
  EXPECT_TRUE(refused(b.prepare(inlay_op_batch_matmul, {a, c}, {square}, INLAY_PARAMS_MATMUL, inlay_matmul{}, INLAY_ACT_RELU)));
  EXPECT_EQ(b.prepare(inlay_op_batch_matmul, {a, c}, {square}, INLAY_PARAMS_MATMUL, inlay_matmul{}), INLAY_OK) << b.message();
}

TEST(Hostile, SizesOfSignalStatesDoNotWrap) {
  // 2^36 rows times 2^28 samples are 2^64: as 64 bits, no sample at all.
  OpBench b;
  const int32_t in = b.add_shape(INLAY_INT16, {1 << 18, 1 << 18, 1}, INLAY_TENSOR_VARIABLE);
  const int32_t out = b.add_shape(INLAY_INT16, {1 << 18, 1 << 18, 1});
  const int32_t none = b.add_shape(INLAY_INT16, {0}, INLAY_TENSOR_VARIABLE),
                one = b.add_shape(INLAY_INT16, {1}, INLAY_TENSOR_VARIABLE);
  inlay_signal delay = {};
  delay.length = 1 << 28;
  for (const int32_t state : {none, one}) {
    EXPECT_NE(b.prepare(inlay_op_signal_delay, {in, state}, {out}, INLAY_PARAMS_SIGNAL, delay), INLAY_OK);
    EXPECT_TRUE(says(b, "wrong size")) << b.message();
  }
  const int32_t frames = b.add_shape(INLAY_INT16, {1 << 17, 1 << 17}, INLAY_TENSOR_VARIABLE);
  const int32_t sums = b.add_shape(INLAY_INT16, {1 << 17}, INLAY_TENSOR_VARIABLE), samples = b.add_shape(INLAY_INT16, {4});
  inlay_signal overlap = {};
  overlap.step = 1 << 17;
  EXPECT_NE(b.prepare(inlay_op_signal_overlap_add, {frames, sums}, {samples}, INLAY_PARAMS_SIGNAL, overlap), INLAY_OK);
  EXPECT_TRUE(says(b, "too large")) << b.message();
}

}  // namespace
}  // namespace inlay::test

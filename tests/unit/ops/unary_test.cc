// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/ops/op_bench.h"

#define INLAY_OP(number, NAME, symbol, alias) extern "C" const inlay_op inlay_op_##symbol;
#include "inlay/ops.inc"
#undef INLAY_OP

namespace inlay::test {
namespace {

const inlay_op* const kUnaries[] = {&inlay_op_abs,   &inlay_op_neg,  &inlay_op_exp,  &inlay_op_log,      &inlay_op_sqrt,
                                   &inlay_op_rsqrt, &inlay_op_tanh, &inlay_op_elu,  &inlay_op_logistic, &inlay_op_hard_swish,
                                   &inlay_op_square};

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Unary, TakesWhatItShould) {
  for (const inlay_op* op : kUnaries) {
    for (const auto dtype : {INLAY_FLOAT32, INLAY_INT8, INLAY_UINT8}) {
      OpBench b;
      const float scale = dtype == INLAY_FLOAT32 ? 0 : 0.1f;
      const int32_t in = b.add(dtype, {2, 3}, scale), out = b.add(dtype, {2, 3}, scale);
      EXPECT_EQ(b.prepare(*op, {in}, {out}), INLAY_OK) << b.message();
      EXPECT_EQ(b.eval(), INLAY_OK);
    }
  }
}

TEST(Unary, Refuses) {
  for (const inlay_op* op : kUnaries) {
    OpBench b;
    const int32_t f = b.add(INLAY_FLOAT32, {2, 3}), g = b.add(INLAY_FLOAT32, {2, 3}), h = b.add(INLAY_FLOAT32, {3, 2});
    const int32_t q = b.add(INLAY_INT8, {2, 3}, 0.1f), plain = b.add(INLAY_INT8, {2, 3});
    const int32_t huge = b.add(INLAY_INT8, {2, 3}, 1e29f), tiny = b.add(INLAY_INT8, {2, 3}, 1e-29f);
    const int32_t wide = b.add(INLAY_INT16, {2, 3}, 0.1f, 1), wide_out = b.add(INLAY_INT16, {2, 3}, 0.1f);
    const int32_t complex = b.add(INLAY_COMPLEX64, {2, 3});
    EXPECT_NE(b.prepare(*op, {f, g}, {h}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {f}, {g, h}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {-1}, {g}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {f}, {h}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {f}, {g}, INLAY_ACT_RELU), INLAY_OK);
    EXPECT_TRUE(says(b.message(), "takes no fused activation"));
    EXPECT_NE(b.prepare(*op, {f}, {q}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {complex}, {complex}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {plain}, {q}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {q}, {plain}), INLAY_OK);
    EXPECT_NE(b.prepare(*op, {huge}, {tiny}), INLAY_OK);
    EXPECT_TRUE(says(b.message(), "too far apart"));
    EXPECT_NE(b.prepare(*op, {wide}, {wide_out}), INLAY_OK);
    EXPECT_TRUE(says(b.message(), "zero points of 0"));
  }
}

TEST(Unary, ParametersAreChecked) {
  OpBench b;
  const int32_t in = b.add(INLAY_FLOAT32, {2}), out = b.add(INLAY_FLOAT32, {2});
  for (const inlay_op* op : {&inlay_op_leaky_relu, &inlay_op_gelu}) {
    EXPECT_NE(b.prepare(*op, {in}, {out}), INLAY_OK);
    EXPECT_TRUE(says(b.message(), "options of the wrong type"));
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_NE(b.prepare(*op, {in}, {out}, INLAY_PARAMS_SCALARS, inlay_scalars{nan, 0, 0, 0}), INLAY_OK);
    EXPECT_EQ(b.prepare(*op, {in}, {out}, INLAY_PARAMS_SCALARS, inlay_scalars{1, 0, 0, 0}), INLAY_OK);
  }
  const int32_t s16 = b.add(INLAY_INT16, {2}, 0.1f), other = b.add(INLAY_INT16, {2}, 0.1f);
  EXPECT_NE(b.prepare(inlay_op_tanh, {s16}, {other}), INLAY_OK);
  EXPECT_TRUE(says(b.message(), "1/32768"));
}

TEST(Unary, IntegersWrapAround) {
  OpBench b;
  const int32_t in = b.add(INLAY_INT32, {3}), out = b.add(INLAY_INT32, {3});
  b.fill<int32_t>(in, {-5, 7, INT32_MIN});
  ASSERT_EQ(b.prepare(inlay_op_abs, {in}, {out}), INLAY_OK);
  ASSERT_EQ(b.eval(), INLAY_OK);
  EXPECT_EQ(b.data<int32_t>(out)[0], 5);
  EXPECT_EQ(b.data<int32_t>(out)[2], INT32_MIN);
  ASSERT_EQ(b.prepare(inlay_op_neg, {in}, {out}), INLAY_OK);
  ASSERT_EQ(b.eval(), INLAY_OK);
  EXPECT_EQ(b.data<int32_t>(out)[1], -7);
  EXPECT_EQ(b.data<int32_t>(out)[2], INT32_MIN);
}

TEST(Relu, ZeroToOneIsAClampOfItsOwn) {
  OpBench b;
  const int32_t in = b.add(INLAY_FLOAT32, {3}), out = b.add(INLAY_FLOAT32, {3});
  b.fill<float>(in, {-2, 0.5f, 3});
  ASSERT_EQ(b.prepare(inlay_op_relu, {in}, {out}, INLAY_ACT_RELU_0_TO_1), INLAY_OK);
  ASSERT_EQ(b.eval(), INLAY_OK);
  EXPECT_EQ(b.data<float>(out)[0], 0.0f);
  EXPECT_EQ(b.data<float>(out)[1], 0.5f);
  EXPECT_EQ(b.data<float>(out)[2], 1.0f);
  EXPECT_NE(b.prepare(inlay_op_relu, {in}, {out}, INLAY_ACT_TANH), INLAY_OK);
  EXPECT_NE(b.prepare(inlay_op_relu, {in}, {out}, 6), INLAY_OK);
}

}  // namespace
}  // namespace inlay::test

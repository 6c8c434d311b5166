// SPDX-License-Identifier: Apache-2.0
// The XNNPACK backend's elementwise operators on NaN and infinities, and its pool.
#include <cmath>

#include "layer.h"
#include "platform/pool.h"

namespace inlay {
namespace {

/// One op on floats of every kind, NaN and infinities among them.
class Elements {
 public:
  Elements(uint16_t kind, int inputs) {
    std::mt19937 random(kind);
    for (int i = 0; i < inputs; ++i) {
      for (float& v : values_[i]) {
        const float special[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f};
        v = random() % 4 == 0 ? special[random() % 5] : std::uniform_real_distribution<float>(-8, 8)(random);
      }
    }
    for (inlay_tensor& t : tensors_) {
      t.name = "t";
      t.dims = &dim_;
      t.rank = 1;
      t.dtype = INLAY_FLOAT32;
      t.variable = -1;
      t.bytes = sizeof(values_[0]);
    }
    scalars_.alpha = 0.25f;
    node_.name = "node";
    node_.kind = kind;
    node_.params = &scalars_;
    node_.params_type = kind == INLAY_OP_LEAKY_RELU ? INLAY_PARAMS_SCALARS : INLAY_PARAMS_NONE;
    node_.inputs = ids_;
    node_.outputs = ids_ + 2;
    node_.input_count = static_cast<uint16_t>(inputs);
    node_.output_count = 1;
    graph_.name = "graph";
    graph_.tensors = tensors_;
    graph_.nodes = &node_;
    graph_.tensor_count = 3;
    graph_.node_count = 1;
    segment_.struct_size = sizeof(segment_);
    segment_.graph = segment_.graphs = &graph_;
    segment_.node_count = segment_.graph_count = 1;
    segment_.ops = inlay_default_ops();
    segment_.threads = 1;
  }
  Elements(const Elements&) = delete;
  Elements& operator=(const Elements&) = delete;

  const char* reason() const { return inlay_backend_xnnpack.reject(0, &segment_, &node_); }
  std::vector<float> run(const inlay_backend& backend) {
    inlay_need need = {};
    EXPECT_EQ(backend.measure(0, &segment_, &need, nullptr), INLAY_OK);
    Aligned persistent(need.persistent), scratch(need.scratch);
    void* compiled = nullptr;
    EXPECT_EQ(backend.compile(0, &segment_, persistent.block(), &compiled, nullptr), INLAY_OK);
    std::vector<float> out(kCount);
    void* const places[] = {values_[0], values_[1], out.data()};
    inlay_run call = {};
    call.tensors = places;
    call.scratch = scratch.block();
    EXPECT_EQ(backend.execute(compiled, &call), INLAY_OK);
    return out;
  }

 private:
  static constexpr int kCount = 1003;
  const int32_t dim_ = kCount;
  const int32_t ids_[3] = {0, 1, 2};
  float values_[2][kCount] = {};
  inlay_tensor tensors_[3] = {};
  inlay_scalars scalars_ = {};
  inlay_node node_ = {};
  inlay_graph graph_ = {};
  inlay_segment segment_ = {};
};

TEST(Xnnpack, WhatItTakesExactlyKeepsNaN) {
  if (!available()) GTEST_SKIP();
  const uint16_t unary[] = {INLAY_OP_ABS,        INLAY_OP_NEG,      INLAY_OP_SQUARE,    INLAY_OP_SQRT,
                            INLAY_OP_FLOOR,      INLAY_OP_CEIL,     INLAY_OP_ROUND,     INLAY_OP_ELU,
                            INLAY_OP_HARD_SWISH, INLAY_OP_LOGISTIC, INLAY_OP_LEAKY_RELU};
  const uint16_t binary[] = {INLAY_OP_MAXIMUM, INLAY_OP_MINIMUM, INLAY_OP_SQUARED_DIFFERENCE};
  const auto check = [](uint16_t kind, int inputs) {
    Elements elements(kind, inputs);
#if !defined(__x86_64__) && !defined(__i386__)
    if (kind == INLAY_OP_MAXIMUM || kind == INLAY_OP_MINIMUM) {
      EXPECT_NE(elements.reason(), nullptr) << inlay_op_kind_name(kind);
      return;
    }
#endif
    ASSERT_STREQ(elements.reason(), nullptr) << inlay_op_kind_name(kind);
    const std::vector<float> expected = elements.run(inlay_backend_builtin), got = elements.run(inlay_backend_xnnpack);
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(std::isnan(expected[i]), std::isnan(got[i])) << inlay_op_kind_name(kind) << " " << i;
      ASSERT_EQ(std::isinf(expected[i]), std::isinf(got[i])) << inlay_op_kind_name(kind) << " " << i;
    }
  };
  for (const uint16_t kind : unary) check(kind, 1);
  for (const uint16_t kind : binary) check(kind, 2);
  EXPECT_NE(Elements(INLAY_OP_RELU, 1).reason(), nullptr);
}

TEST(Xnnpack, ThePoolDoesEveryPartOnceAndGrows) {
  if (!available()) GTEST_SKIP();
  EXPECT_EQ(inlay_backend_xnnpack.pool(0, 1), nullptr);
  const inlay_pool* two = inlay_backend_xnnpack.pool(0, 2);
  const inlay_pool* three = inlay_backend_xnnpack.pool(0, 3);
  ASSERT_NE(two, nullptr);
  ASSERT_NE(three, nullptr);
  EXPECT_EQ(two->threads, 2);
  EXPECT_EQ(three->threads, 3);
  EXPECT_EQ(inlay_backend_xnnpack.pool(0, 2), two);
  struct Count {
    const inlay_pool* pool;
    std::atomic<int> done[100];
    std::atomic<int> inner, busy[3];
    bool apart = true;
  };
  for (const inlay_pool* pool : {two, three}) {
    Count count = {};
    count.pool = pool;
    const auto task = [](void* raw, int32_t part, int32_t thread) {
      Count& c = *static_cast<Count*>(raw);
      if (thread < 0 || thread >= c.pool->threads || c.busy[thread].fetch_add(1) != 0) c.apart = false;
      ++c.done[part];
      // A task may ask for the pool; it then works alone.
      c.pool->run(
          c.pool, 2, 2, [](void* inner, int32_t, int32_t) { ++static_cast<Count*>(inner)->inner; }, raw);
      --c.busy[thread];
    };
    pool->run(pool, pool->threads, 100, task, &count);
    for (const std::atomic<int>& n : count.done) EXPECT_EQ(n, 1);
    EXPECT_EQ(count.inner, 200);
    EXPECT_TRUE(count.apart);
  }
}

TEST(Xnnpack, ItsPoolIsForSessionsThatNameIt) {
  if (!available()) GTEST_SKIP();
  const inlay_device devices[] = {{&inlay_backend_xnnpack, 0}, {&inlay_backend_builtin, 0}};
  const inlay_pool* own = inlay_backend_xnnpack.pool(0, 2);
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.devices = devices;
  config.device_count = 2;
  config.threads = 2;
  const auto pool = [&] {
    const inlay_pool* got = nullptr;
    EXPECT_EQ(process_pool(config, &got, nullptr), INLAY_OK);
    return got;
  };
  EXPECT_EQ(pool(), own);
  config.by_preference = 1;
  EXPECT_NE(pool(), own);
  const int32_t on_builtin[] = {1, -1}, on_xnnpack[] = {1, 0};
  config.placement_count = 2;
  config.placement = on_builtin;
  EXPECT_NE(pool(), own);
  config.placement = on_xnnpack;
  EXPECT_EQ(pool(), own);
}

}  // namespace
}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// The XNNPACK backend beside builtin on random layers: equal integers, no heap while running, no fault behind a page.
#include <cerrno>
#include <cmath>

#include "layer.h"

std::atomic<int64_t> inlay::g_heap_calls{0};

#ifdef INLAY_COUNT_HEAP
// Of the program and of every shared object in it: XNNPACK, pthreadpool, the C++ library.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void* malloc(size_t n) { return ++inlay::g_heap_calls, __libc_malloc(n); }
void* calloc(size_t n, size_t m) { return ++inlay::g_heap_calls, __libc_calloc(n, m); }
void* realloc(void* p, size_t n) { return ++inlay::g_heap_calls, __libc_realloc(p, n); }
void* memalign(size_t a, size_t n) { return ++inlay::g_heap_calls, __libc_memalign(a, n); }
void* aligned_alloc(size_t a, size_t n) { return ++inlay::g_heap_calls, __libc_memalign(a, n); }
int posix_memalign(void** out, size_t a, size_t n) {
  ++inlay::g_heap_calls;
  *out = __libc_memalign(a, n);
  return *out != nullptr ? 0 : ENOMEM;
}
}
#endif

namespace inlay {
namespace {

constexpr uint16_t kKinds[] = {INLAY_OP_CONV_2D, INLAY_OP_DEPTHWISE_CONV_2D, INLAY_OP_FULLY_CONNECTED};

TEST(Xnnpack, IntegerLayersHaveTheBitsOfBuiltin) {
  if (!available()) GTEST_SKIP();
  int64_t heap_calls = 0;
  for (const uint16_t kind : kKinds) {
    for (const inlay_dtype dtype : {INLAY_INT8, INLAY_UINT8}) {
#if !defined(__x86_64__) && !defined(__i386__)
      if (dtype == INLAY_UINT8) {
        EXPECT_STREQ(Layer(kind, dtype, 0).reason(), "XNNPACK rounds uint8 otherwise than Inlay on this CPU");
        continue;
      }
#endif
      int taken = 0;
      for (uint32_t seed = 0; seed < 150; ++seed) {
        const Layer layer(kind, dtype, seed);
        if (layer.reason() != nullptr) continue;
        ++taken;
        const std::vector<uint8_t> expected = layer.run(inlay_backend_builtin, 1);
        const int32_t threads = seed % 4 == 0 ? 2 : 1;
        ASSERT_EQ(layer.run(inlay_backend_xnnpack, threads, &heap_calls), expected) << inlay_op_kind_name(kind) << " " << seed;
      }
      EXPECT_GT(taken, 100) << inlay_op_kind_name(kind) << " " << inlay_dtype_name(dtype);
    }
  }
  EXPECT_EQ(heap_calls, 0);
#ifdef INLAY_COUNT_HEAP
  EXPECT_GT(g_heap_calls, 1000) << "nothing was counted";  // measure lends from it
#endif
}

TEST(Xnnpack, FloatLayersAreNearBuiltin) {
  if (!available()) GTEST_SKIP();
  int64_t heap_calls = 0;
  for (const uint16_t kind : kKinds) {
    for (uint32_t seed = 0; seed < 100; ++seed) {
      const Layer layer(kind, INLAY_FLOAT32, seed);
      ASSERT_EQ(layer.reason(), nullptr) << seed;
      const std::vector<uint8_t> expected = layer.run(inlay_backend_builtin, 1);
      const std::vector<uint8_t> got = layer.run(inlay_backend_xnnpack, seed % 4 == 0 ? 2 : 1, &heap_calls);
      ASSERT_EQ(got.size(), expected.size());
      float largest = 0, difference = 0;
      for (size_t i = 0; i < got.size(); i += 4) {
        float a = 0, b = 0;
        std::memcpy(&a, expected.data() + i, 4);
        std::memcpy(&b, got.data() + i, 4);
        largest = std::max(largest, std::abs(a));
        difference = std::max(difference, std::abs(a - b));
      }
      EXPECT_LE(difference, 1e-5f * largest) << inlay_op_kind_name(kind) << " " << seed;
    }
  }
  EXPECT_EQ(heap_calls, 0);
}

TEST(Xnnpack, IsFoundByName) {
  if (!available()) GTEST_SKIP();
  inlay_device device = {};
  EXPECT_EQ(inlay_device_find("xnnpack", &device, nullptr), INLAY_OK);
  EXPECT_EQ(device.backend, &inlay_backend_xnnpack);
}

}  // namespace
}  // namespace inlay

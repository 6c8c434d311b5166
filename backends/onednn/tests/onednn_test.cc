// SPDX-License-Identifier: Apache-2.0
// The oneDNN backend beside builtin on random layers, its pool, and how it fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <map>
#include <string>
#include <thread>

#include "backends/onednn/loader.h"
#include "layer.h"

extern "C" const inlay_backend inlay_backend_onednn;

namespace {
std::atomic<int64_t> g_heap_calls{0};
}

#ifdef INLAY_COUNT_HEAP
// Of the program and of every shared object in it.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void* malloc(size_t n) { return ++g_heap_calls, __libc_malloc(n); }
void* calloc(size_t n, size_t m) { return ++g_heap_calls, __libc_calloc(n, m); }
void* realloc(void* p, size_t n) { return ++g_heap_calls, __libc_realloc(p, n); }
void* memalign(size_t a, size_t n) { return ++g_heap_calls, __libc_memalign(a, n); }
void* aligned_alloc(size_t a, size_t n) { return ++g_heap_calls, __libc_memalign(a, n); }
int posix_memalign(void** out, size_t a, size_t n) {
  ++g_heap_calls;
  *out = __libc_memalign(a, n);
  return *out != nullptr ? 0 : ENOMEM;
}
}
#endif

namespace inlay::onednn {
namespace {

const inlay_backend& kOneDnn = inlay_backend_onednn;
constexpr uint16_t kKinds[] = {INLAY_OP_CONV_2D, INLAY_OP_DEPTHWISE_CONV_2D, INLAY_OP_FULLY_CONNECTED};

/// Skips where there is no device, such as in a build without libdnnl.
class OneDnn : public testing::Test {
 protected:
  void SetUp() override {
    inlay_device_info info = {};
    inlay_error why = {};
    if (kOneDnn.probe(&info, 1, &why) <= 0 || plugin(&why) == nullptr) GTEST_SKIP() << why.text;
  }
};

/// A layer compiled on a backend.
class Compiled {
 public:
  Compiled(const inlay_backend& backend, const inlay_segment& s) : backend_(backend), persistent_(0), scratch_(0) {
    EXPECT_EQ(backend.measure(0, &s, &need_, &error_), INLAY_OK) << error_.text;
    persistent_ = Lines(need_.persistent);
    scratch_ = Lines(need_.scratch);
    EXPECT_EQ(backend.compile(0, &s, persistent_.block(), &compiled_, &error_), INLAY_OK) << error_.text;
  }
  ~Compiled() {
    if (compiled_ != nullptr) backend_.release(compiled_);
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  std::vector<uint8_t> run(const Layer& layer) {
    constexpr size_t kGuard = 64;
    // Scratch holds something else in every run: no kernel may read what it did not write.
    const inlay_block scratch = scratch_.block();
    if (scratch.bytes != 0) std::memset(scratch.data, ++litter_, scratch.bytes);
    std::vector<uint8_t> out(layer.output_bytes() + kGuard, 0xa5);
    const int64_t before = g_heap_calls;
    EXPECT_EQ(execute(layer, out.data(), scratch), INLAY_OK) << error_.text;
    heap_calls = g_heap_calls - before - 1;  // less the list of places
    for (size_t i = layer.output_bytes(); i < out.size(); ++i) EXPECT_EQ(out[i], 0xa5) << "written behind the output";
    out.resize(layer.output_bytes());
    return out;
  }
  inlay_status execute(const Layer& layer, void* out, inlay_block scratch) {
    const std::vector<void*> places = layer.places(out);
    inlay_run call = {};
    call.tensors = places.data();
    call.scratch = scratch;
    call.error = &error_;
    return backend_.execute(compiled_, &call);
  }
  const inlay_need& need() const { return need_; }
  std::string kernel() const { return backend_.kernel(compiled_, 0); }

  int64_t heap_calls = 0;

 private:
  const inlay_backend& backend_;
  Lines persistent_, scratch_;
  int litter_ = 0x7e;
  inlay_need need_ = {0, 0};
  inlay_error error_ = {};
  void* compiled_ = nullptr;
};

/// By kernel: the most heap calls of one run.
using HeapCalls = std::map<std::string, int64_t>;

void report(const HeapCalls& calls) {
  for (const auto& [kernel, most] : calls)
    std::printf("%-24s at most %lld heap calls in a run\n", kernel.c_str(), static_cast<long long>(most));
}

std::vector<uint8_t> run(const inlay_backend& backend, const Layer& layer, int32_t threads, HeapCalls* heap_calls = nullptr) {
  const inlay_pool* pool = threads > 1 && INLAY_OFFERS(&backend, pool) ? backend.pool(0, threads) : nullptr;
  Compiled compiled(backend, layer.segment(pool, pool != nullptr ? threads : 1));
  std::vector<uint8_t> first = compiled.run(layer);
  EXPECT_EQ(compiled.run(layer), first) << "a second run differs";
  if (heap_calls != nullptr) {
    int64_t& most = (*heap_calls)[compiled.kernel() + (threads > 1 ? ", threads" : "")];
    most = std::max(most, compiled.heap_calls);
  }
  return first;
}

float difference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  float largest = 0, apart = 0;
  EXPECT_EQ(a.size(), b.size());
  for (size_t i = 0; i + 4 <= std::min(a.size(), b.size()); i += 4) {
    float x = 0, y = 0;
    std::memcpy(&x, a.data() + i, 4);
    std::memcpy(&y, b.data() + i, 4);
    largest = std::max(largest, std::abs(x));
    apart = std::max(apart, std::abs(x - y));
  }
  return largest > 0 ? apart / largest : apart;
}

TEST_F(OneDnn, FloatLayersAreNearBuiltin) {
  HeapCalls heap_calls;
  for (const uint16_t kind : kKinds) {
    for (uint32_t seed = 0; seed < 100; ++seed) {
      const Layer layer(kind, INLAY_FLOAT32, Weights::kAny, seed);
      ASSERT_EQ(layer.reason(kOneDnn), nullptr) << inlay_op_kind_name(kind) << " " << seed;
      const std::vector<uint8_t> expected = run(inlay_backend_builtin, layer, 1);
      ASSERT_LE(difference(expected, run(kOneDnn, layer, seed % 4 == 0 ? 2 : 1, &heap_calls)), 5e-5f)
          << inlay_op_kind_name(kind) << " " << seed;
    }
  }
  report(heap_calls);
}

TEST_F(OneDnn, Bfloat16ProductsLoseLittle) {
  for (const uint16_t kind : kKinds) {
    for (uint32_t seed = 0; seed < 40; ++seed) {
      Layer layer(kind, INLAY_FLOAT32, Weights::kAny, seed);
      const std::vector<uint8_t> expected = run(inlay_backend_builtin, layer, 1);
      layer.fast_math = INLAY_FAST_MATH_BF16;
      ASSERT_EQ(layer.reason(kOneDnn), nullptr);
      // Operands have 8 bits. A CPU without such instructions computes as ever.
      ASSERT_LE(difference(expected, run(kOneDnn, layer, 1)), 0.03f) << inlay_op_kind_name(kind) << " " << seed;
    }
  }
}

TEST_F(OneDnn, IntegerLayersHaveTheBitsOfBuiltin) {
  HeapCalls heap_calls;
  for (const uint16_t kind : kKinds) {
    int taken = 0;
    for (uint32_t seed = 0; seed < 200; ++seed) {
      const bool exact = Layer(INLAY_OP_FULLY_CONNECTED, INLAY_INT8, Weights::kAny, 1).reason(kOneDnn) == nullptr;
      Layer layer(kind, INLAY_INT8, exact ? Weights::kAny : Weights::kSmallEven, seed);
      layer.allow_inexact = exact ? 0 : 1;
      if (layer.reason(kOneDnn) != nullptr) continue;
      ++taken;
      const std::vector<uint8_t> expected = run(inlay_backend_builtin, layer, 1);
      ASSERT_EQ(run(kOneDnn, layer, seed % 4 == 0 ? 2 : 1, &heap_calls), expected) << inlay_op_kind_name(kind) << " " << seed;
    }
    EXPECT_GT(taken, kind == INLAY_OP_DEPTHWISE_CONV_2D ? -1 : 150) << inlay_op_kind_name(kind);
  }
  report(heap_calls);
}

// Strided 1x1 convolutions whose channels fill no vector: oneDNN's kernel for them lets threads write over each other's pixels,
// about once in a hundred runs. It must not be taken.
TEST_F(OneDnn, StridedPixelsStayApart) {
  int strided = 0;
  for (const inlay_dtype dtype : {INLAY_INT8, INLAY_FLOAT32}) {
    for (uint32_t seed = 0; seed < 200; ++seed) {
      Layer layer(INLAY_OP_CONV_2D, dtype, Weights::kSmallEven, seed);
      layer.allow_inexact = 1;
      const auto& w = *static_cast<const inlay_window*>(layer.node().params);
      if (layer.reason(kOneDnn) != nullptr || w.filter_h * w.filter_w != 1 || w.stride_h * w.stride_w == 1) continue;
      const inlay_segment s = layer.segment(kOneDnn.pool(0, 2), 2);
      const int64_t pixel = last_dim(s.graph->tensors[0]) * (dtype == INLAY_INT8 ? 1 : 4);
      Compiled compiled(kOneDnn, s);
      if (pixel % 64 == 0) continue;
      ++strided;
      ASSERT_EQ(compiled.kernel().find("1x1"), std::string::npos) << seed << " takes " << compiled.kernel();
      const std::vector<uint8_t> first = compiled.run(layer);
      for (int i = 0; i < 20; ++i) ASSERT_EQ(compiled.run(layer), first) << seed << ", run " << i;
    }
  }
  EXPECT_GT(strided, 50);
}

TEST_F(OneDnn, SaturatingCpusGetNoInt8) {
  const Layer layer(INLAY_OP_CONV_2D, INLAY_INT8, Weights::kAny, 1);
  const char* reason = layer.reason(kOneDnn);
  if (reason == nullptr) GTEST_SKIP() << "this CPU has exact int8 products";
  EXPECT_NE(std::string(reason).find("VNNI"), std::string::npos) << reason;
  Layer inexact(INLAY_OP_CONV_2D, INLAY_INT8, Weights::kAny, 1);
  inexact.allow_inexact = 1;
  EXPECT_EQ(inexact.reason(kOneDnn), nullptr);
}

TEST_F(OneDnn, SmallMemoryIsRefused) {
  const Layer layer(INLAY_OP_CONV_2D, INLAY_FLOAT32, Weights::kAny, 8);
  const inlay_segment s = layer.segment();
  Compiled compiled(kOneDnn, s);
  ASSERT_GT(compiled.need().persistent, 64u);
  inlay_error error = {};
  void* none = nullptr;
  Lines lines(compiled.need().persistent - 64);
  EXPECT_EQ(kOneDnn.compile(0, &s, lines.block(), &none, &error), INLAY_STATUS_MEMORY_TOO_SMALL) << error.text;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const Layer other(INLAY_OP_CONV_2D, INLAY_FLOAT32, Weights::kAny, seed);
    Compiled needs(kOneDnn, other.segment());
    if (needs.need().scratch == 0) continue;
    std::vector<uint8_t> out(other.output_bytes());
    Lines scratch(needs.need().scratch - 64);
    EXPECT_EQ(needs.execute(other, out.data(), scratch.block()), INLAY_STATUS_MEMORY_TOO_SMALL);
    return;
  }
  GTEST_SKIP() << "no layer needs scratch memory on this CPU";
}

TEST_F(OneDnn, ManyThreadsMayExecuteOneCompiled) {
  const Layer layer(INLAY_OP_CONV_2D, INLAY_FLOAT32, Weights::kAny, 5);
  Compiled compiled(kOneDnn, layer.segment());
  const std::vector<uint8_t> expected = compiled.run(layer);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      Lines scratch(compiled.need().scratch);
      for (int i = 0; i < 50; ++i) {
        std::vector<uint8_t> out(layer.output_bytes());
        if (compiled.execute(layer, out.data(), scratch.block()) != INLAY_OK || out != expected) ++wrong;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(OneDnn, SmallModelsDoNotLoadIt) {
  const Layer layer(INLAY_OP_CONV_2D, INLAY_FLOAT32, Weights::kAny, 5);
  const inlay_segment s = layer.segment();
  EXPECT_LE(kOneDnn.preference(0, &s, nullptr), 0);
  EXPECT_GT(kOneDnn.preference(0, &s, &layer.node()), 0);
}

struct Tally {
  std::atomic<int> done[100] = {};
  std::atomic<int> bad{0};
  const inlay_pool* pool = nullptr;
};

TEST_F(OneDnn, ThePoolDoesEveryPartOnce) {
  const inlay_pool* pool = kOneDnn.pool(0, 3);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool, kOneDnn.pool(0, 3));
  EXPECT_EQ(pool->threads, 3);
  for (const int32_t threads : {1, 2, 3, 9}) {
    Tally tally;
    tally.pool = pool;
    pool->run(
        pool, threads, 100,
        [](void* context, int32_t part, int32_t thread) {
          auto& t = *static_cast<Tally*>(context);
          if (thread < 0 || thread >= 3) ++t.bad;
          // A task may ask the pool too.
          t.pool->run(
              t.pool, 3, 1, [](void* c, int32_t, int32_t inner) { static_cast<Tally*>(c)->bad += inner != 0; }, context);
          ++t.done[part];
        },
        &tally);
    EXPECT_EQ(tally.bad, 0);
    for (const auto& done : tally.done) EXPECT_EQ(done, 1);
  }
}

TEST_F(OneDnn, AnotherPoolMeansOneThread) {
  const Layer layer(INLAY_OP_CONV_2D, INLAY_FLOAT32, Weights::kAny, 3);
  const inlay_pool* other = nullptr;
  inlay_pool_config config = {};
  config.struct_size = sizeof(config);
  config.threads = 2;
  ASSERT_EQ(inlay_pool_create(&config, &other, nullptr), INLAY_OK);
  {
    Compiled compiled(kOneDnn, layer.segment(other, 2));
    EXPECT_LE(difference(run(inlay_backend_builtin, layer, 1), compiled.run(layer)), 1e-5f);
  }
  inlay_pool_destroy(other);
}

}  // namespace
}  // namespace inlay::onednn

// SPDX-License-Identifier: Apache-2.0
// Twins of element-wise kernels, against the portable ones, bit for bit. Memory is exactly as large as promised.
#include "kernels/elementwise_twins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "core/cpu.h"
#include "kernels/add.h"
#include "kernels/mul.h"
#include "kernels/pool2d.h"
#include "kernels/relu.h"
#include "kernels/table.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

int32_t between(std::mt19937& random, int32_t low, int32_t high) {
  return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
}

/// The levels of this CPU and the guests.
std::vector<CpuLevel> levels() {
  std::vector<CpuLevel> all;
  for (int32_t i = 0; i < cpu_level_count(); ++i) all.push_back(cpu_level(i));
  for (int32_t i = 0; i < cpu_guest_count(); ++i) all.push_back(cpu_guest(i));
  return all;
}

/// Two shapes that broadcast: equal ones, one of a single value, one value per channel, or any mixture.
struct Shapes {
  int32_t a[4], b[4], rank;
};
Shapes draw_shapes(std::mt19937& random) {
  Shapes s = {};
  s.rank = between(random, 1, 4);
  const int32_t kind = between(random, 0, 4);
  for (int32_t d = 0; d < s.rank; ++d) {
    const bool last = d == s.rank - 1;
    const int32_t size = between(random, 1, last ? 70 : 9);
    const bool one = kind == 1 || (kind == 2 && !last) || (kind == 3 && last) || (kind == 4 && random() % 3 == 0);
    s.a[d] = kind == 4 && random() % 3 == 0 ? 1 : size;
    s.b[d] = one ? 1 : size;
  }
  if (random() % 2 == 0) std::swap(s.a, s.b);
  return s;
}

size_t elements(const int32_t* dims, int32_t rank) {
  size_t n = 1;
  for (int32_t d = 0; d < rank; ++d) n *= static_cast<size_t>(dims[d]);
  return n;
}

template <typename T>
std::vector<T> draw(std::mt19937& random, size_t n) {
  std::vector<T> values(n);
  for (T& v : values) v = static_cast<T>(between(random, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  return values;
}
template <>
std::vector<float> draw<float>(std::mt19937& random, size_t n) {
  std::vector<float> values(n);
  for (float& v : values)
    v = random() % 50 == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(between(random, -4000, 4000)) / 500.0f;
  return values;
}

/// The twin in parts, and in place where an operand has the size of the result, against `portable(plan, a, b, out)`.
template <typename T, typename Portable>
void compare_pair(std::mt19937& random, TwinKind kind, uint32_t cpu, const void* math, Portable portable) {
  const auto twin = choose_twin<PairTwin>(kind, cpu, math).twin;
  if (twin == nullptr) return;
  const Shapes s = draw_shapes(random);
  Broadcast plan;
  int32_t dims[kBroadcastRank], rank = 0;
  ASSERT_TRUE(make_broadcast(s.a, s.rank, s.b, s.rank, &plan, dims, &rank));
  std::vector<T> a = draw<T>(random, elements(s.a, s.rank)), b = draw<T>(random, elements(s.b, s.rank));
  const size_t n = elements(dims, rank);
  std::vector<T> want(n), got(n);
  portable(plan, a.data(), b.data(), want.data());
  T* out = got.data();
  if (a.size() == n && random() % 3 == 0)
    out = a.data();
  else if (b.size() == n && random() % 3 == 0)
    out = b.data();
  const int32_t parts = between(random, 1, 5);
  for (int32_t i = 0; i < parts; ++i) {
    const PairPart part = part_of(plan, {i, parts});
    run_pair(*twin, math, part.plan, sizeof(T), a.data() + part.a, b.data() + part.b, out + part.out);
  }
  for (size_t i = 0; i < n; ++i) {
    ASSERT_TRUE(std::memcmp(&out[i], &want[i], sizeof(T)) == 0 || (out[i] != out[i] && want[i] != want[i])) << i << " of " << n;
  }
}

template <typename T>
void check_sums_and_products(std::mt19937& random, uint32_t cpu, TwinKind add, TwinKind mul) {
  const int32_t low = std::numeric_limits<T>::min();
  const auto scale = [&] { return static_cast<float>(between(random, 1, 4000)) * 1e-4f; };
  for (int i = 0; i < 300; ++i) {
    const int32_t zeros[] = {low, low + 255, between(random, low, low + 255), low + 128};
    const bool narrow = random() % 3 == 0;
    const QuantRange range = {narrow ? low + 50 : low, narrow ? low + 190 : low + 255};
    AddQuant q = {};
    const float s_out = scale();
    ASSERT_TRUE(make_add_factors(scale(), scale(), random() % 5 == 0 ? s_out * 1e-3f : s_out, kAddBits8, &q));
    if (random() % 2 == 0) q.b_factor = -q.b_factor;
    q.a_zero = zeros[random() % 4], q.b_zero = zeros[random() % 4], q.output_zero = zeros[random() % 4];
    q.range = range;
    compare_pair<T>(random, add, cpu, &q, [&](const Broadcast& plan, const T* a, const T* b, T* out) {
      if constexpr (std::is_same<T, int8_t>::value)
        add_s8(plan, q, a, b, out);
      else
        add_u8(plan, q, a, b, out);
    });
    const MulQuant m = {zeros[random() % 4], zeros[random() % 4], zeros[random() % 4],
                        scale() * (random() % 4 == 0 ? 1e4f : 0.02f), range};
    compare_pair<T>(random, mul, cpu, &m,
                    [&](const Broadcast& plan, const T* a, const T* b, T* out) { mul_quant(plan, m, a, b, out); });
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ElementwiseTwins, PairsEqualThePortableOnes) {
  std::mt19937 random(3);
  for (const CpuLevel& level : levels()) {
    const uint32_t cpu = level.features;
    SCOPED_TRACE(level.name);
    check_sums_and_products<int8_t>(random, cpu, TwinKind::kAddS8, TwinKind::kMulS8);
    check_sums_and_products<uint8_t>(random, cpu, TwinKind::kAddU8, TwinKind::kMulU8);
    for (int i = 0; i < 300; ++i) {
      const FloatRange range = random() % 2 == 0 ? FloatRange{0.0f, 6.0f} : FloatRange{-3.4e38f, 3.4e38f};
      const auto with = [&](auto kernel) {
        return [=](const Broadcast& plan, const float* a, const float* b, float* out) { kernel(plan, range, a, b, out); };
      };
      compare_pair<float>(random, TwinKind::kAddF32, cpu, &range, with(add_f32));
      compare_pair<float>(random, TwinKind::kSubF32, cpu, &range, with(sub_f32));
      compare_pair<float>(random, TwinKind::kMulF32, cpu, &range, with(mul_f32));
      compare_pair<float>(random, TwinKind::kPreluF32, cpu, nullptr, prelu_f32);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(ElementwiseTwins, TablesEqualThePortableOnes) {
  std::mt19937 random(4);
  for (const CpuLevel& level : levels()) {
    uint32_t own = 0;
    const auto* twin = static_cast<const TableTwin*>(twin_at(TwinKind::kBytes, level.features, 0, &own));
    if (twin == nullptr) continue;
    const std::vector<uint8_t> table = draw<uint8_t>(random, 256);
    for (const size_t n : {0u, 1u, 31u, 127u, 128u, 129u, 160u, 1000u}) {
      std::vector<uint8_t> in = draw<uint8_t>(random, n), want(n);
      table8(table.data(), static_cast<int64_t>(n), in.data(), want.data());
      twin->run(table.data(), static_cast<int64_t>(n), in.data(), in.data());
      ASSERT_EQ(in, want) << n;
    }
  }
}

template <typename T>
void compare_resize(std::mt19937& random, uint32_t cpu, TwinKind kind, void (*portable)(const ResizeShape&, const T*, T*)) {
  uint32_t own = 0;
  const auto* twin = static_cast<const ResizeTwin*>(twin_at(kind, cpu, 0, &own));
  for (int i = 0; twin != nullptr && i < 200; ++i) {
    const int32_t align = random() % 3 == 0 ? 1 : 0;
    const ResizeShape s = {between(random, 1, 2),
                           between(random, 1, 12),
                           between(random, 1, 12),
                           between(random, 1, 40),
                           between(random, 1, 30),
                           between(random, 1, 30),
                           align,
                           align == 0 && random() % 2 == 0 ? 1 : 0};
    std::vector<T> in = draw<T>(random, static_cast<size_t>(s.batch) * s.in_h * s.in_w * s.channels);
    for (T& v : in) v = v == v ? v : T(0);
    const size_t n = static_cast<size_t>(s.batch) * s.out_h * s.out_w * s.channels;
    std::vector<T> want(n), got(n);
    portable(s, in.data(), want.data());
    std::vector<uint64_t> scratch((twin->scratch_bytes(s) + 7) / 8);
    const int32_t parts = between(random, 1, 5);
    for (int32_t p = 0; p < parts; ++p) twin->run(s, in.data(), scratch.data(), got.data(), {p, parts});
    ASSERT_EQ(std::memcmp(got.data(), want.data(), n * sizeof(T)), 0)
        << s.in_h << "x" << s.in_w << "x" << s.channels << " " << s.out_h << "x" << s.out_w;
  }
}

TEST(ElementwiseTwins, ResizingEqualsThePortableOne) {
  std::mt19937 random(6);
  for (const CpuLevel& level : levels()) {
    const uint32_t cpu = level.features;
    compare_resize<int8_t>(random, cpu, TwinKind::kResizeBilinearS8, resize_bilinear_s8);
    compare_resize<uint8_t>(random, cpu, TwinKind::kResizeBilinearU8, resize_bilinear_u8);
    compare_resize<float>(random, cpu, TwinKind::kResizeBilinearF32, resize_bilinear_f32);
    if (testing::Test::HasFatalFailure()) return;
  }
}

PoolShape draw_pool(std::mt19937& random) {
  PoolShape s = {};
  s.batch = between(random, 1, 2);
  s.in_h = between(random, 1, 12), s.in_w = between(random, 1, 12), s.channels = between(random, 1, 70);
  s.filter_h = between(random, 1, 4), s.filter_w = between(random, 1, 4);
  s.stride_h = between(random, 1, 3), s.stride_w = between(random, 1, 3);
  s.pad_top = between(random, 0, s.filter_h - 1), s.pad_left = between(random, 0, s.filter_w - 1);
  if (random() % 10 == 0) {  // the whole image, more values than a sum of 16 bits may have
    s.in_h = s.filter_h = between(random, 10, 30), s.in_w = s.filter_w = between(random, 10, 30);
    s.stride_h = s.stride_w = 30, s.pad_top = s.pad_left = 0;
  }
  // The last window begins inside the image.
  s.out_h = (s.in_h - 1 + s.pad_top) / s.stride_h + 1, s.out_w = (s.in_w - 1 + s.pad_left) / s.stride_w + 1;
  return s;
}

template <typename T, typename Range>
void compare_pool(std::mt19937& random, uint32_t cpu, TwinKind kind, Range range,
                  void (*portable)(const PoolShape&, Range, const T*, T*)) {
  for (int i = 0; i < 150; ++i) {
    const PoolShape s = draw_pool(random);
    const auto twin = choose_twin<PoolTwin>(kind, cpu, s).twin;
    if (twin == nullptr) continue;
    const std::vector<T> in = draw<T>(random, static_cast<size_t>(s.batch) * s.in_h * s.in_w * s.channels);
    std::vector<T> want(static_cast<size_t>(s.batch) * s.out_h * s.out_w * s.channels), got(want.size());
    portable(s, range, in.data(), want.data());
    twin->run(s, &range, in.data(), got.data());
    for (size_t k = 0; k < want.size(); ++k) ASSERT_TRUE(got[k] == want[k] || want[k] != want[k]) << k;
  }
}

TEST(ElementwiseTwins, PoolingEqualsThePortableOne) {
  std::mt19937 random(8);
  for (const CpuLevel& level : levels()) {
    const uint32_t cpu = level.features;
    for (const QuantRange range : {QuantRange{-128, 127}, QuantRange{-20, 90}}) {
      compare_pool<int8_t>(random, cpu, TwinKind::kMaxPoolS8, range, max_pool2d_s8);
      compare_pool<int8_t>(random, cpu, TwinKind::kAveragePoolS8, range, average_pool2d_s8);
    }
    for (const QuantRange range : {QuantRange{0, 255}, QuantRange{20, 190}}) {
      compare_pool<uint8_t>(random, cpu, TwinKind::kMaxPoolU8, range, max_pool2d_u8);
      compare_pool<uint8_t>(random, cpu, TwinKind::kAveragePoolU8, range, average_pool2d_u8);
    }
    compare_pool<float>(random, cpu, TwinKind::kMaxPoolF32, FloatRange{0.0f, 6.0f}, max_pool2d_f32);
    compare_pool<float>(random, cpu, TwinKind::kAveragePoolF32, FloatRange{-3.4e38f, 3.4e38f}, average_pool2d_f32);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace inlay::kernels

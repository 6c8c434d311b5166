// SPDX-License-Identifier: Apache-2.0
// Every twin this CPU can run, against the portable kernel it stands for. Memory is exactly as large as promised.
#include "kernels/twins.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/cpu.h"
#include "kernels/depthwise_conv2d.h"

namespace inlay::kernels {
namespace {

/// Bytes aligned to 16 and no more, so that the sanitizers notice one too many.
class Room {
 public:
  explicit Room(size_t bytes) : data_(std::malloc(bytes > 0 ? bytes : 1)) { std::memset(data_, 0xA5, bytes); }
  ~Room() { std::free(data_); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  void* get() const { return data_; }

 private:
  void* data_;
};

template <typename Twin>
const Twin* find(TwinKind kind, uint32_t cpu, const ConvShape& s) {
  return choose_twin<Twin>(kind, cpu, s).twin;
}

int32_t between(std::mt19937& random, int32_t low, int32_t high) {
  return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
}

/// A convolution that fits; false when the window drawn does not.
bool draw_shape(std::mt19937& random, bool depthwise, ConvShape* s) {
  *s = {};
  s->batch = between(random, 1, 2);
  s->in_h = between(random, 1, 9), s->in_w = between(random, 1, 11);
  s->in_c = between(random, 1, 70);
  s->groups = 1;
  s->out_c = between(random, 1, 70);
  if (depthwise) {
    if (random() % 6 == 0) s->in_c = 1;
    s->groups = s->in_c;
    s->out_c = s->in_c == 1 ? s->out_c : s->in_c;  // of several channels, twins take one output each
  } else if (between(random, 0, 3) == 0) {
    s->groups = between(random, 1, 4);
    s->in_c = s->groups * between(random, 1, 20);
    s->out_c = s->groups * between(random, 1, 20);
  }
  const int32_t sizes[] = {1, 3, 5, between(random, 1, 7)};
  s->filter_h = sizes[random() % 4], s->filter_w = sizes[random() % 4];
  s->stride_h = between(random, 1, 3), s->stride_w = between(random, 1, 3);
  s->dilation_h = random() % 4 == 0 ? 2 : 1, s->dilation_w = random() % 4 == 0 ? between(random, 2, 3) : 1;
  if (random() % 3 == 0) s->filter_h = s->filter_w = s->stride_h = s->stride_w = 1;
  // Pads may be wider than the window: taps of whole pixels then lie outside of the image.
  s->pad_top = between(random, 0, s->filter_h), s->pad_left = between(random, 0, s->filter_w + 1);
  if (s->filter_h == 1 && random() % 2 == 0) s->pad_top = s->pad_left = 0;
  const int32_t h = s->in_h + s->pad_top + between(random, 0, s->pad_top) - ((s->filter_h - 1) * s->dilation_h + 1);
  const int32_t w = s->in_w + s->pad_left + between(random, 0, s->pad_left) - ((s->filter_w - 1) * s->dilation_w + 1);
  if (h < 0 || w < 0) return false;
  s->out_h = h / s->stride_h + 1, s->out_w = w / s->stride_w + 1;
  return true;
}

std::string describe(const ConvShape& s) {
  std::string text;
  for (const int32_t v : {s.batch, s.in_h, s.in_w, s.in_c, s.out_h, s.out_w, s.out_c, s.filter_h, s.filter_w, s.stride_h, s.stride_w,
                          s.dilation_h, s.dilation_w, s.pad_top, s.pad_left, s.groups}) {
    text += std::to_string(v) + " ";
  }
  return text;
}

size_t weight_count(const ConvShape& s, bool depthwise) {
  return static_cast<size_t>(s.filter_h) * s.filter_w * s.out_c * (depthwise ? 1 : s.in_c / s.groups);
}
size_t input_count(const ConvShape& s) { return static_cast<size_t>(s.batch) * s.in_h * s.in_w * s.in_c; }
size_t output_count(const ConvShape& s) { return static_cast<size_t>(s.batch) * s.out_h * s.out_w * s.out_c; }

/// Random bytes, sometimes only the extremes.
template <typename T>
void fill(std::mt19937& random, T* to, size_t n) {
  const int32_t low = std::numeric_limits<T>::min();
  const bool extreme = random() % 3 == 0;
  for (size_t i = 0; i < n; ++i) to[i] = static_cast<T>(low + static_cast<int32_t>(extreme ? random() % 2 * 255 : random() % 256));
}

template <typename T>
using Reference = void (*)(const ConvShape&, const ConvQuant&, const T*, const T*, T*);

template <typename T>
void compare_q8(std::mt19937& random, const ConvTwinQ8& twin, Reference<T> reference, const ConvShape& s, bool depthwise) {
  const int32_t low = std::numeric_limits<T>::min();
  const size_t outputs = output_count(s), out_c = static_cast<size_t>(s.out_c);
  Room input(input_count(s)), weights(weight_count(s, depthwise)), got(outputs), want(outputs), scales(out_c * 4), bias(out_c * 4);
  fill(random, static_cast<T*>(input.get()), input_count(s));
  fill(random, static_cast<T*>(weights.get()), weight_count(s, depthwise));
  if (random() % 2 == 0) {  // as converters make them: -127 .. 127; some twins add two products in 16 bits then
    T* values = static_cast<T*>(weights.get());
    for (size_t i = 0; i < weight_count(s, depthwise); ++i) values[i] = values[i] == low ? static_cast<T>(low + 1) : values[i];
  }
  const auto taps = static_cast<float>(weight_count(s, depthwise)) / static_cast<float>(s.out_c);
  for (size_t c = 0; c < out_c; ++c) {
    // Most results inside the range, some far beyond it.
    static_cast<float*>(scales.get())[c] = static_cast<float>(random() % 1000 + 1) * 1e-5f / (1.0f + std::sqrt(taps));
    static_cast<int32_t*>(bias.get())[c] = random() % 8 == 0 ? static_cast<int32_t>(random()) : between(random, -20000, 20000);
  }
  const int32_t zeros[] = {low, low + 255, low + 128, between(random, low, low + 255)};
  const bool narrow = random() % 4 == 0;
  const ConvQuant q = {static_cast<float*>(scales.get()),
                       random() % 8 == 0 ? nullptr : static_cast<int32_t*>(bias.get()),
                       zeros[random() % 4],
                       std::is_same<T, int8_t>::value && random() % 4 != 0 ? 0 : zeros[random() % 4],
                       zeros[random() % 4],
                       {narrow ? low + 40 : low, narrow ? low + 200 : low + 255}};
  Room packed(twin.packed_bytes(s)), scratch(twin.scratch_bytes(s));
  twin.pack(s, q, weights.get(), packed.get());
  const int32_t parts = between(random, 1, 9);
  for (int32_t i = parts - 1; i >= 0; --i) {
    twin.run(s, q, input.get(), weights.get(), packed.get(), scratch.get(), got.get(), {i, parts});
  }
  reference(s, q, static_cast<T*>(input.get()), static_cast<T*>(weights.get()), static_cast<T*>(want.get()));
  ASSERT_EQ(std::memcmp(got.get(), want.get(), outputs), 0) << describe(s);
}

void compare_f32(std::mt19937& random, const ConvTwinF32& twin, bool depthwise, const ConvShape& s) {
  const size_t outputs = output_count(s), out_c = static_cast<size_t>(s.out_c), weight_values = weight_count(s, depthwise);
  Room input(input_count(s) * 4), weights(weight_values * 4), got(outputs * 4), want(outputs * 4), bias(out_c * 4);
  const auto draw = [&](const Room& room, size_t n) {
    auto* values = static_cast<float*>(room.get());
    for (size_t i = 0; i < n; ++i) values[i] = static_cast<float>(between(random, -1000, 1000)) / 1000.0f;
    return values;
  };
  const float* x = draw(input, input_count(s));
  const float* w = draw(weights, weight_values);
  const float* b = random() % 4 == 0 ? nullptr : draw(bias, out_c);
  const FloatRange range = random() % 4 == 0 ? FloatRange{0.0f, 6.0f} : FloatRange{-3.4e38f, 3.4e38f};
  Room packed(twin.packed_bytes(s)), scratch(twin.scratch_bytes(s));
  twin.pack(s, w, packed.get());
  auto* a = static_cast<float*>(got.get());
  auto* e = static_cast<float*>(want.get());
  const int32_t parts = between(random, 1, 9);
  for (int32_t i = parts - 1; i >= 0; --i) twin.run(s, range, x, w, b, packed.get(), scratch.get(), a, {i, parts});
  (depthwise ? depthwise_conv2d_f32 : conv2d_f32)(s, range, x, w, b, e);
  const float bound = 3e-6f * (1.0f + std::sqrt(static_cast<float>(weight_values) / static_cast<float>(out_c)));
  for (size_t i = 0; i < outputs; ++i) ASSERT_NEAR(a[i], e[i], bound) << describe(s);
  twin.run(s, range, x, w, b, packed.get(), scratch.get(), e, kWhole);
  ASSERT_EQ(std::memcmp(a, e, outputs * 4), 0) << parts << " parts: " << describe(s);
}

constexpr int kShapes = 400;

void check_all(uint32_t cpu) {
  std::mt19937 random(11);
  ConvShape s;
  for (int i = 0; i < kShapes;) {
    const bool depthwise = i % 2 == 1;
    if (!draw_shape(random, depthwise, &s)) continue;
    ++i;
    const ConvTwinQ8* s8 = find<ConvTwinQ8>(depthwise ? TwinKind::kDepthwiseConv2dS8 : TwinKind::kConv2dS8, cpu, s);
    const ConvTwinQ8* u8 = find<ConvTwinQ8>(depthwise ? TwinKind::kDepthwiseConv2dU8 : TwinKind::kConv2dU8, cpu, s);
    const ConvTwinF32* f32 = find<ConvTwinF32>(depthwise ? TwinKind::kDepthwiseConv2dF32 : TwinKind::kConv2dF32, cpu, s);
    if (s8 != nullptr) compare_q8<int8_t>(random, *s8, depthwise ? depthwise_conv2d_s8 : conv2d_s8, s, depthwise);
    if (u8 != nullptr) compare_q8<uint8_t>(random, *u8, depthwise ? depthwise_conv2d_u8 : conv2d_u8, s, depthwise);
    if (f32 != nullptr) compare_f32(random, *f32, depthwise, s);
    if (testing::Test::HasFatalFailure()) return;
  }
}

/// The levels of this CPU and the guests.
std::vector<CpuLevel> levels() {
  std::vector<CpuLevel> all;
  for (int32_t i = 0; i < cpu_level_count(); ++i) all.push_back(cpu_level(i));
  for (int32_t i = 0; i < cpu_guest_count(); ++i) all.push_back(cpu_guest(i));
  return all;
}

TEST(Twins, ConvolutionsOfEveryLevelEqualThePortableOnes) {
  for (const CpuLevel& level : levels()) {
    SCOPED_TRACE(level.name);
    check_all(level.features);
  }
}

TEST(Twins, ManyChannelsAndTheSumsOfExtremes) {
  std::mt19937 random(5);
  for (const CpuLevel& level : levels()) {
    const uint32_t cpu = level.features;
    for (const int32_t rows : {1, 3, 4, 7, 50}) {
      const ConvShape s = {rows, 1, 1, 1999, 1, 1, 37, 1, 1, 1, 1, 1, 1, 0, 0, 1};
      for (int i = 0; i < 4; ++i) {
        if (const auto* twin = find<ConvTwinQ8>(TwinKind::kConv2dS8, cpu, s)) compare_q8<int8_t>(random, *twin, conv2d_s8, s, false);
        if (const auto* twin = find<ConvTwinQ8>(TwinKind::kConv2dU8, cpu, s)) compare_q8<uint8_t>(random, *twin, conv2d_u8, s, false);
        if (const auto* twin = find<ConvTwinF32>(TwinKind::kConv2dF32, cpu, s)) compare_f32(random, *twin, false, s);
      }
    }
  }
}

TEST(Twins, FloatConvolutionsOfThreeByThree) {
  std::mt19937 random(3);
  for (int32_t level = 0; level < cpu_level_count(); ++level) {
    for (int i = 0; i < 60; ++i) {
      ConvShape s = {};
      s.batch = between(random, 1, 2), s.groups = 1;
      s.in_h = between(random, 3, 12), s.in_w = between(random, 3, 12);
      s.in_c = between(random, 8, 50), s.out_c = between(random, 8, 50);
      s.filter_h = s.filter_w = 3;
      s.stride_h = s.stride_w = s.dilation_h = s.dilation_w = 1;
      s.pad_top = between(random, 0, 2), s.pad_left = between(random, 0, 2);
      s.out_h = s.in_h + s.pad_top + between(random, 0, 2) - 2;
      s.out_w = s.in_w + s.pad_left + between(random, 0, 2) - 2;
      const auto* twin = find<ConvTwinF32>(TwinKind::kConv2dF32, cpu_level(level).features, s);
      ASSERT_NE(twin, nullptr) << cpu_level(level).name << " leaves " << describe(s);  // every level has one that takes these
      compare_f32(random, *twin, false, s);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Twins, DepthwiseOfThreeByThree) {
  std::mt19937 random(9);
  for (const CpuLevel& level : levels()) {
    SCOPED_TRACE(level.name);
    int taken = 0;
    for (int i = 0; i < 400; ++i) {
      ConvShape s = {};
      s.batch = between(random, 1, 2);
      s.in_h = between(random, 1, 9), s.in_w = between(random, 1, 9);
      s.in_c = s.out_c = s.groups = between(random, 1, 20);
      s.filter_h = s.filter_w = 3;
      s.dilation_h = s.dilation_w = 1;
      s.stride_h = s.stride_w = between(random, 1, 2);
      s.pad_top = between(random, 0, 2), s.pad_left = between(random, 0, 2);
      const int32_t h = s.in_h + s.pad_top + between(random, 0, 2) - 3, w = s.in_w + s.pad_left + between(random, 0, 2) - 3;
      if (h < 0 || w < 0) continue;
      s.out_h = h / s.stride_h + 1, s.out_w = w / s.stride_w + 1;
      const auto* twin = find<ConvTwinQ8>(TwinKind::kDepthwiseConv2dS8, level.features, s);
      if (twin == nullptr) continue;
      ++taken;
      compare_q8<int8_t>(random, *twin, depthwise_conv2d_s8, s, true);
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(taken, 50);
  }
}

TEST(Twins, NoneWithoutFeatures) {
  const ConvShape s = {1, 4, 4, 16, 4, 4, 16, 1, 1, 1, 1, 1, 1, 0, 0, 1};
  EXPECT_EQ(find<ConvTwinQ8>(TwinKind::kConv2dS8, 0, s), nullptr);
  EXPECT_EQ(find<ConvTwinQ8>(TwinKind::kDepthwiseConv2dS8, 0, s), nullptr);
  EXPECT_EQ(find<ConvTwinF32>(TwinKind::kConv2dF32, 0, s), nullptr);
}

TEST(Twins, TheBestLevelIncludesAllOthers) {
  for (int32_t level = 0; level < cpu_level_count(); ++level) {
    EXPECT_EQ(cpu_level(level).features & ~cpu_features(), 0u);
  }
  EXPECT_EQ(cpu_level_count() == 0, cpu_features() == 0);
}

}  // namespace
}  // namespace inlay::kernels

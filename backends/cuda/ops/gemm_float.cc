// SPDX-License-Identifier: Apache-2.0
// Products of float matrices: the choice of tiles and splits, and how weights and taps lie in memory.
#include "ops/gemm_float.h"

#include <algorithm>
#include <cstring>

#include "core/quant.h"
#include "kernels/quantize.h"

namespace inlay::cuda {
namespace {

// The model counts clocks of a multiprocessor, by rates of sm_80 and later that no device has confirmed: products, the share of its peak
// that a tile reaches (a larger one reads less per product), what a block costs before and behind its panels, what a second launch
// costs, and how many bytes of memory it gets in a clock.
constexpr double kProducts[] = {128.0, 512.0, 1024.0, 1024.0};  ///< in a clock, by Math
constexpr double kYield[kTileCount] = {0.8, 0.6, 0.5, 0.3};
constexpr double kBlockClocks = 600.0, kLaunchClocks = 2500.0, kBytes = 16.0;
constexpr int32_t kMostSplits = 16;
constexpr int64_t kLeastPanels = 4;  ///< of a split

double clocks_of(const Division& d, const Work& w, uint32_t units) {
  const Tile& t = kTiles[d.tile];
  const int64_t tiles = w.products * ((w.rows - 1) / t.rows + 1) * ((w.columns - 1) / t.columns + 1) * d.splits;
  const auto waves = static_cast<double>((tiles - 1) / units + 1);
  const auto depth = static_cast<double>(((w.panels - 1) / d.splits + 1) * panel_depth(w.math));
  const double block = t.rows * t.columns * depth / (kProducts[static_cast<int>(w.math)] * kYield[d.tile]) + kBlockClocks;
  if (d.splits == 1) return waves * block;
  const double partial_bytes = 8.0 * d.splits * static_cast<double>(w.products * w.rows * w.columns);  // written and read
  return waves * block + kLaunchClocks + partial_bytes / kBytes / units;
}

uint16_t to_bf16(float v) {
  uint32_t bits;
  std::memcpy(&bits, &v, sizeof(bits));
  if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

/// Where depth k of 16 lies.
int32_t bf16_place(int32_t k) { return k / 8 * 8 + k % 4 * 2 + k / 4 % 2; }

void put(float v, Math math, size_t row, int32_t k, uint8_t* packed) {
  if (math == Math::kF32 || math == Math::kTf32) {
    std::memcpy(packed + (row + static_cast<size_t>(k)) * sizeof(v), &v, sizeof(v));
    return;
  }
  const int32_t place = math == Math::kBf16 ? k / 16 * 16 + bf16_place(k % 16) : k;
  const uint16_t bits = math == Math::kBf16 ? to_bf16(v) : kernels::float_to_half(v);
  std::memcpy(packed + (row + static_cast<size_t>(place)) * sizeof(bits), &bits, sizeof(bits));
}

}  // namespace

Math math_of(const Node& node) {
  const uint32_t allowed = node.segment->fast_math;
  if (node.half()) return Math::kF16;
  if ((allowed & INLAY_FAST_MATH_BF16) != 0) return Math::kBf16;
  return (allowed & INLAY_FAST_MATH_TF32) != 0 ? Math::kTf32 : Math::kF32;
}

const char* name_of(Math math) {
  constexpr const char* kNames[] = {"f32", "tf32", "bf16", "f16"};
  return kNames[static_cast<int>(math)];
}

Division divide(const Work& work, uint32_t units, int32_t most_splits, bool wide) {
  const uint32_t counted = std::max(units, 1u);
  Division best = {kTileCount - 1, 1};
  double least = clocks_of(best, work, counted);
  for (int32_t tile = 0; tile < kTileCount; ++tile) {
    if (tile == 2 && !wide) continue;
    for (int32_t splits = 1; splits <= std::min(most_splits, kMostSplits) && (splits == 1 || work.panels / splits >= kLeastPanels); ++splits) {
      const Division d = {tile, splits};
      const double clocks = clocks_of(d, work, counted);
      if (clocks < least) best = d, least = clocks;
    }
  }
  return best;
}

Reads reads_of(const ConvLaunch& l, Math math) {
  if (l.group_in % chunk_of(math) != 0) return Reads::kScattered;
  return l.is_pointwise() && l.group_in == l.in_c && l.batch == 1 && l.rows == 1 ? Reads::kDense : Reads::kWindows;
}

int32_t packed_depth(const ConvLaunch& l, Math math) {
  const int32_t panel = panel_depth(math);
  return (l.taps() * l.group_in + panel - 1) / panel * panel;
}

std::vector<Tap> taps_of(const ConvLaunch& l, Math math, Reads reads) {
  const int32_t each = reads == Reads::kScattered ? 1 : chunk_of(math);
  std::vector<Tap> taps;
  for (int32_t tap = 0; tap < l.taps(); ++tap) {
    const int32_t y = tap / l.filter_w * l.step_y, x = tap % l.filter_w * l.step_x;
    for (int32_t i = 0; i < l.group_in; i += each) taps.push_back({y, x, (y * l.in_w + x) * l.in_c + i, 0});
  }
  taps.resize(static_cast<size_t>(packed_depth(l, math) / each), {-(1 << 29), 0, 0, 0});
  return taps;
}

std::vector<uint8_t> pack_weights(const ConvLaunch& l, const float* weights, Math math) {
  const auto depth = static_cast<size_t>(packed_depth(l, math));
  const size_t each = math == Math::kF32 || math == Math::kTf32 ? sizeof(float) : sizeof(uint16_t);
  std::vector<uint8_t> packed(static_cast<size_t>(l.out_c) * depth * each);
  for (int32_t c = 0; c < l.out_c; ++c) {
    int32_t k = 0;
    for (int32_t tap = 0; tap < l.taps(); ++tap) {
      const float* from = weights + l.w_first + int64_t{c} * l.w_out + tap / l.filter_w * l.w_row + tap % l.filter_w * l.w_column;
      for (int32_t i = 0; i < l.group_in; ++i, ++k) put(from[i], math, static_cast<size_t>(c) * depth, k, packed.data());
    }
  }
  return packed;
}

}  // namespace inlay::cuda

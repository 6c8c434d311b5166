// SPDX-License-Identifier: Apache-2.0
// Products of float matrices: the choice of tiles and splits, and how weights and taps lie in memory.
#include "ops/gemm_float.h"

#include <algorithm>
#include <cstring>

#include "core/quant.h"
#include "kernels/quantize.h"

namespace inlay::cuda {
namespace {

/// What a multiprocessor makes of its peak on a tile, which reads its rows and columns once for their product: a guess by the ratio of
/// arithmetic to shared memory that no device has confirmed.
constexpr double kYield[kTileCount] = {1.0, 0.75, 0.6, 0.4};
/// In sums of products of one multiprocessor, as `time` below: what a block costs before and behind its panels, and a second launch.
constexpr double kBlockCost = 64e3, kLaunchCost = 256e3;
constexpr int32_t kMostSplits = 16;
constexpr int64_t kLeastPanels = 4;  ///< of a split

double time_of(const Division& d, int64_t products, int64_t rows, int64_t columns, int64_t panels, uint32_t units) {
  const Tile& t = kTiles[d.tile];
  const int64_t tiles = products * ((rows - 1) / t.rows + 1) * ((columns - 1) / t.columns + 1) * d.splits;
  const auto waves = static_cast<double>((tiles - 1) / units + 1);
  const auto depth = static_cast<double>(((panels - 1) / d.splits + 1) * 16);
  const double block = static_cast<double>(t.rows) * t.columns * depth / kYield[d.tile] + kBlockCost;
  return waves * block + (d.splits > 1 ? kLaunchCost : 0.0);
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

Division divide(int64_t products, int64_t rows, int64_t columns, int64_t panels, uint32_t units, int32_t most_splits, bool wide) {
  Division best = {kTileCount - 1, 1};
  const uint32_t counted = std::max(units, 1u);
  double least = time_of(best, products, rows, columns, panels, counted);
  for (int32_t tile = 0; tile < kTileCount; ++tile) {
    if (tile == 2 && !wide) continue;
    for (int32_t splits = 1; splits <= std::min(most_splits, kMostSplits) && (splits == 1 || panels / splits >= kLeastPanels); ++splits) {
      const Division d = {tile, splits};
      const double time = time_of(d, products, rows, columns, panels, counted);
      if (time < least) best = d, least = time;
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

// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_mma.h"

#include <algorithm>

namespace inlay::cuda {
namespace {

constexpr int32_t kDepthBlock = 64, kUnitRows = 16;

constexpr uint32_t bits() { return 0; }
template <typename... Rest>
constexpr uint32_t bits(MmaLoader first, Rest... rest) {
  return 1u << first | bits(rest...);
}

int32_t ceil_div(int32_t a, int32_t b) { return (a + b - 1) / b; }

}  // namespace

int32_t MmaTile::weight_bytes() const { return m * (sparse ? kDepthBlock / 2 + 8 : kDepthBlock); }

int32_t MmaTile::shared_bytes() const {
  const int32_t work = stages * slices * (weight_bytes() + n * kDepthBlock), results = n * (m * value_bytes + 16),
                sums = (slices - 1) * m * n * 4;
  return std::max({work, results, sums}) + m * 8;
}

const std::vector<MmaTile>& mma_tiles() {
  static const std::vector<MmaTile> tiles = {
      {"conv_q8_mma_large", "128x256", 128, 256, 1, 4, 256, false, bits(kDense16)},
      {"conv_q8_mma_large", "128x128", 128, 128, 1, 4, 256, false, bits(kDense16, kWindow16)},
      {"conv_q8_mma_small", "64x64", 64, 64, 1, 4, 128, false, bits(kDense16, kWindow16, kWindow8, kWindow4, kWindow1)},
      {"conv_q8_mma_small", "32x32", 32, 32, 4, 3, 128, false, bits(kDense16, kWindow16, kWindow8, kWindow4, kWindow1)},
      {"conv_q8_mma_small", "16x32", 16, 32, 4, 3, 128, false, bits(kDense16, kWindow16)},
      {"conv_q8_mma_small", "16x8", 16, 8, 8, 3, 256, false, bits(kDense16)},
      {"conv_q8_mma_sparse", "128x128 2:4", 128, 128, 1, 4, 256, true, bits(kDense16, kWindow16)},
      {"conv_q8_mma_sparse", "64x64 2:4", 64, 64, 1, 4, 128, true, bits(kDense16, kWindow16)},
  };
  return tiles;
}

MmaLoader mma_loader(const ConvShape& s) {
  const int32_t both = s.group_in | s.in_c;
  const bool dense = s.batch == 1 && s.rows == 1 && s.in_h == 1 && s.filter_h == 1 && s.filter_w == 1 && s.stride_x == 1 &&
                     s.origin_x == 0 && s.origin_y == 0 && s.columns == s.in_w && s.out_w == s.columns && s.every_x == 1 &&
                     s.first_x == 0;
  if (both % 16 == 0) return dense ? kDense16 : kWindow16;
  return both % 8 == 0 ? kWindow8 : both % 4 == 0 ? kWindow4 : kWindow1;
}

std::vector<const MmaTile*> fitting_tiles(const std::vector<MmaTile>& tiles, const ConvShape& s, size_t shared_limit, bool sparse) {
  const MmaLoader loader = mma_loader(s);
  std::vector<const MmaTile*> fit;
  for (const MmaTile& tile : tiles) {
    if (tile.sparse == sparse && tile.has(loader) && static_cast<size_t>(tile.shared_bytes()) <= shared_limit)
      fit.push_back(&tile);
  }
  return fit;
}

std::vector<const MmaTile*> mma_tiles_for(const ConvShape& s, size_t shared_limit, bool sparse) {
  return fitting_tiles(mma_tiles(), s, shared_limit, sparse);
}

const MmaTile& choose_mma_tile(const ConvShape& s, const std::vector<const MmaTile*>& tiles, int32_t units) {
  return **std::min_element(tiles.begin(), tiles.end(), [&](const MmaTile* a, const MmaTile* b) {
    return mma_clocks(s, *a, units) < mma_clocks(s, *b, units);
  });
}

// As a model has it that nothing has confirmed: tensor cores take 2650 products a clock by mma.sync (62 % of what wgmma does on
// sm_90), an SM reads 64 bytes a clock from the L2 cache and puts 32 results in order; the first depth step waits 700 clocks for
// memory, the others as much less as stages or other blocks hide; a block begins and ends in 800. Where blocks share a tile, the
// last one waits for its own count and for the others' sums: 700 each.
double mma_clocks(const ConvShape& s, const MmaTile& tile, int32_t units, int32_t parts) {
  const MmaGrid grid = mma_grid(s, tile);
  const int64_t most = std::max(units, 1), results = int64_t{tile.m} * tile.n;
  const auto blocks_of_sm = static_cast<double>((grid.x * grid.y * grid.z * parts + most - 1) / most);
  const double steps = ceil_div(ceil_div(depth_blocks(s), tile.slices), parts), slices = std::min(tile.slices, depth_blocks(s));
  const double bytes = slices * (tile.weight_bytes() + tile.n * kDepthBlock) / 64.0;
  const double products = slices * static_cast<double>(results) * kDepthBlock / (tile.sparse ? 5300.0 : 2650.0);
  const double work = std::max(bytes, products) + 0.2 * std::min(bytes, products);
  const double sums = parts > 1 ? static_cast<double>(results) / 16.0 : 0.0;  // 4 bytes each, to memory
  const double busy = blocks_of_sm * (steps * work + static_cast<double>(results) / 32.0 + sums),
               waits = 700.0 * (1.0 + (steps - 1.0) / (tile.stages - 1));
  const double meeting = parts > 1 ? 2 * 700.0 + parts * sums : 0.0;
  return 800.0 + std::max(busy, waits) + 0.2 * std::min(busy, waits) + meeting;
}

std::string mma_options(const MmaTile& tile, MmaLoader loader) {
  static const char* const names[] = {"dense16", "window16", "window8", "window4", "window1"};
  return std::string(tile.name) + " " + names[loader];
}

int32_t depth_blocks(const ConvShape& s) { return ceil_div(s.filter_h * s.filter_w * s.group_in, kDepthBlock); }
int32_t row_units(const ConvShape& s) { return ceil_div(s.group_out, kUnitRows); }

MmaGrid mma_grid(const ConvShape& s, const MmaTile& tile) {
  const int64_t pixels = static_cast<int64_t>(s.batch) * s.rows * s.columns;
  return {(pixels + tile.n - 1) / tile.n, ceil_div(s.group_out, tile.m), s.out_c / s.group_out};
}

MmaConv mma_numbers(const ConvShape& s) {
  MmaConv t = {};
  t.depth_blocks = depth_blocks(s);
  t.row_units = row_units(s);
  const int32_t both = s.out_c | s.group_out;
  t.store_bytes = both % 16 == 0 ? 16 : both % 4 == 0 ? 4 : 1;
  return t;
}

std::vector<uint8_t> pack_units(const ConvShape& s, int32_t row_bytes, int32_t (*moved)(int32_t row), const WeightOf& weight) {
  const int32_t depth = s.filter_h * s.filter_w * s.group_in, blocks = ceil_div(depth, row_bytes), units = row_units(s);
  std::vector<uint8_t> packed(static_cast<size_t>(s.out_c / s.group_out * units * blocks) *
                              static_cast<size_t>(kUnitRows * row_bytes));
  for (int32_t c = 0; c < s.out_c; ++c) {
    const int32_t inner = c % s.group_out, unit = c / s.group_out * units + inner / kUnitRows, row = inner % kUnitRows;
    for (int32_t k = 0; k < depth; ++k) {
      const int32_t chunk = k % row_bytes / 16 ^ moved(row);
      const size_t to = (static_cast<size_t>(unit * blocks + k / row_bytes) * kUnitRows + static_cast<size_t>(row)) *
                            static_cast<size_t>(row_bytes) +
                        static_cast<size_t>(chunk * 16 + k % 16);
      packed[to] = static_cast<uint8_t>(weight(c, k / s.group_in, k % s.group_in));
    }
  }
  return packed;
}

std::vector<uint8_t> pack_mma_weights(const ConvShape& s, const WeightOf& weight) {
  // As chunk_at() of kernels/conv_tile.cuh.
  return pack_units(
      s, kDepthBlock, [](int32_t row) { return row / 2 % 4; }, weight);
}

}  // namespace inlay::cuda

// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_split.h"

#include <algorithm>

namespace inlay::cuda {
namespace {

constexpr uint32_t kSplitLoaders = 1u << kDense16 | 1u << kWindow16;
constexpr int64_t kWaves = 4;  ///< blocks for each multiprocessor that are enough

int64_t blocks_of(const MmaGrid& grid) { return grid.x * grid.y * grid.z; }

/// Depth steps of a tile.
int32_t steps_of(const ConvShape& s, const MmaTile& tile) { return (depth_blocks(s) - 1) / tile.slices + 1; }

}  // namespace

std::vector<SplitTile> split_tiles_for(const ConvShape& s, size_t shared_limit, int32_t units) {
  std::vector<SplitTile> found;
  const MmaLoader loader = mma_loader(s);
  if ((kSplitLoaders >> loader & 1u) == 0) return found;
  for (const MmaTile* tile : mma_tiles_for(s, shared_limit)) {
    if (tile->m > 64) continue;  // with larger ones there are no few tiles and a depth worth parting
    const int32_t steps = steps_of(s, *tile);
    for (int32_t parts = 2; parts <= 16 && parts <= steps; parts *= 2) {
      const int32_t of_part = (steps - 1) / parts + 1, filled = (steps - 1) / of_part + 1;
      const int64_t blocks = blocks_of(mma_grid(s, *tile));
      if (filled == parts && blocks * parts <= kWaves * std::max(units, 1)) found.push_back({tile, {parts, of_part}});
    }
  }
  return found;
}

const SplitTile& choose_split_tile(const ConvShape& s, const std::vector<SplitTile>& tiles, int32_t units) {
  return *std::min_element(tiles.begin(), tiles.end(), [&](const SplitTile& a, const SplitTile& b) {
    return mma_clocks(s, *a.tile, units, a.split.parts) < mma_clocks(s, *b.tile, units, b.split.parts);
  });
}

MmaGrid split_grid(const ConvShape& s, const SplitTile& split) {
  MmaGrid grid = mma_grid(s, *split.tile);
  grid.z *= split.split.parts;
  return grid;
}

size_t split_counters(const ConvShape& s, const SplitTile& split) {
  return static_cast<size_t>(blocks_of(mma_grid(s, *split.tile)));
}

size_t split_bytes(const ConvShape& s, const SplitTile& split) {
  return static_cast<size_t>(blocks_of(split_grid(s, split)) * split.tile->m * split.tile->n) * sizeof(int32_t);
}

}  // namespace inlay::cuda

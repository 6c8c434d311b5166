// SPDX-License-Identifier: Apache-2.0
// Tiles of which several blocks share the depth: kernels/conv_q8_split.cu. For products with too few tiles for a GPU.
#pragma once
#include "ops/conv_mma.h"

namespace inlay::cuda {

/// A tile of mma_tiles(), and how many blocks share one.
struct SplitTile {
  const MmaTile* tile;
  MmaSplit split;
};

/// What is offered for a shape, in a fixed order: the variants that `inlay tune` chooses from. Each part has work; none where
/// tiles without parts fill `units` multiprocessors several times, or where the loader has no such kernel.
std::vector<SplitTile> split_tiles_for(const ConvShape& s, size_t shared_limit, int32_t units);
/// The one of those, of which there must be one, that the model of mma_clocks() says is fastest.
const SplitTile& choose_split_tile(const ConvShape& s, const std::vector<SplitTile>& tiles, int32_t units);

/// Blocks; x and y as those of the tile, z over groups and parts.
MmaGrid split_grid(const ConvShape& s, const SplitTile& split);
/// Tiles of the output: counters that are zeros between launches, 4 bytes each.
size_t split_counters(const ConvShape& s, const SplitTile& split);
/// Bytes of memory for the parts' sums.
size_t split_bytes(const ConvShape& s, const SplitTile& split);

}  // namespace inlay::cuda

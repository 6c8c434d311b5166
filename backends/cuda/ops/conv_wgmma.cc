// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_wgmma.h"

#include <algorithm>

namespace inlay::cuda {
namespace {

constexpr int32_t kRowBytes = 128;

}  // namespace

int32_t WgmmaTile::shared_bytes() const { return 1024 + stages * (m + n) * kRowBytes + m * 8; }

const std::vector<WgmmaTile>& wgmma_tiles() {
  static const std::vector<WgmmaTile> tiles = {{"128x256", 128, 256, 4, 256}, {"128x128", 128, 128, 4, 256}};
  return tiles;
}

std::vector<const WgmmaTile*> wgmma_tiles_for(const ConvShape& s, size_t shared_limit) {
  std::vector<const WgmmaTile*> fit;
  const MmaLoader loader = mma_loader(s);
  for (const WgmmaTile& tile : wgmma_tiles()) {
    const bool takes = loader == kDense16 || loader == kWindow16;
    if (takes && static_cast<size_t>(tile.shared_bytes()) <= shared_limit) fit.push_back(&tile);
  }
  return fit;
}

// 3500 products a clock are 85 % of 4096; one block is on an SM at a time, so that its results come behind its products: 12 a
// clock.
double wgmma_clocks(const ConvShape& s, const WgmmaTile& tile, int32_t units) {
  const MmaGrid grid = wgmma_grid(s, tile);
  const int64_t most = std::max(units, 1), results = int64_t{tile.m} * tile.n;
  const auto blocks_of_sm = static_cast<double>((grid.x * grid.y * grid.z + most - 1) / most);
  const double steps = wgmma_depth_blocks(s), bytes = (tile.m + tile.n) * kRowBytes / 64.0;
  const double products = static_cast<double>(results) * kRowBytes / 3500.0;
  const double work = std::max(bytes, products) + 0.2 * std::min(bytes, products);
  const double busy = steps * work, waits = 700.0 * (1.0 + (steps - 1.0) / (tile.stages - 2));
  return blocks_of_sm * (800.0 + std::max(busy, waits) + 0.2 * std::min(busy, waits) + static_cast<double>(results) / 12.0);
}

const WgmmaTile& choose_wgmma_tile(const ConvShape& s, const std::vector<const WgmmaTile*>& tiles, int32_t units) {
  return **std::min_element(tiles.begin(), tiles.end(), [&](const WgmmaTile* a, const WgmmaTile* b) {
    return wgmma_clocks(s, *a, units) < wgmma_clocks(s, *b, units);
  });
}

MmaGrid wgmma_grid(const ConvShape& s, const WgmmaTile& tile) {
  MmaTile same = {};
  same.m = tile.m, same.n = tile.n;
  return mma_grid(s, same);
}

int32_t wgmma_depth_blocks(const ConvShape& s) { return (s.filter_h * s.filter_w * s.group_in - 1) / kRowBytes + 1; }

std::vector<uint8_t> pack_wgmma_weights(const ConvShape& s, const WeightOf& weight) {
  // As WarpgroupTile::chunk_at() of the kernel.
  return pack_units(
      s, kRowBytes, [](int32_t row) { return row % 8; }, weight);
}

}  // namespace inlay::cuda

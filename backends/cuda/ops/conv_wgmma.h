// SPDX-License-Identifier: Apache-2.0
// The host's half of kernels/sm_90a/conv_q8_wgmma.cu: large products of int8 on compute capability 9.0.
#pragma once
#include "ops/conv_mma.h"

namespace inlay::cuda {

/// One template of the kernel; the kernel says what the numbers mean.
struct WgmmaTile {
  const char* name;
  int32_t m, n, stages, threads;
  int32_t shared_bytes() const;
};

const std::vector<WgmmaTile>& wgmma_tiles();
/// Those that take a shape, in that order: none where channels do not come by 16.
std::vector<const WgmmaTile*> wgmma_tiles_for(const ConvShape& s, size_t shared_limit);
/// Clocks of one launch on `units` multiprocessors, by the model of mma_clocks() with the numbers of wgmma.
double wgmma_clocks(const ConvShape& s, const WgmmaTile& tile, int32_t units);
/// The one of those, of which there must be one, that the model says is fastest.
const WgmmaTile& choose_wgmma_tile(const ConvShape& s, const std::vector<const WgmmaTile*>& tiles, int32_t units);

MmaGrid wgmma_grid(const ConvShape& s, const WgmmaTile& tile);
/// Blocks of 128 bytes that the depth of a sum takes: what the kernel calls depth_blocks.
int32_t wgmma_depth_blocks(const ConvShape& s);
/// pack_units() with 128 bytes to a row.
std::vector<uint8_t> pack_wgmma_weights(const ConvShape& s, const WeightOf& weight);

}  // namespace inlay::cuda

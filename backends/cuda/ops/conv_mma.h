// SPDX-License-Identifier: Apache-2.0
// The host's half of kernels/conv_q8_mma.cuh: how weights are packed, which tile is taken, how much is launched. Plain C++.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/q8_types.h"

namespace inlay::cuda {

/// One template of the kernel as the host knows it; ConvTile of kernels/conv_tile.cuh says what the numbers mean.
struct MmaTile {
  const char* source;  ///< of the kernels
  const char* name;
  int32_t m, n, slices, stages, threads;
  bool sparse;       ///< takes weights that ops/sparse.h packs
  uint32_t loaders;  ///< bits 1 << MmaLoader that there are kernels for
  int32_t value_bytes = 1;  ///< of a result

  int32_t weight_bytes() const;  ///< of a block of depth
  int32_t shared_bytes() const;
  bool has(int loader) const { return (loaders >> loader & 1u) != 0; }
};

/// How pixels are brought into shared memory: by the bytes that channels come in, and whether they are rows of values.
enum MmaLoader : int { kDense16, kWindow16, kWindow8, kWindow4, kWindow1 };
MmaLoader mma_loader(const ConvShape& s);

const std::vector<MmaTile>& mma_tiles();
/// Those that a block with `shared_limit` bytes of shared memory can have and that load so, in the order of mma_tiles(): the
/// variants that `inlay tune` chooses from. Never empty where the limit is 48 KiB or more and weights are dense.
std::vector<const MmaTile*> mma_tiles_for(const ConvShape& s, size_t shared_limit, bool sparse = false);
/// The same of a list of tiles.
std::vector<const MmaTile*> fitting_tiles(const std::vector<MmaTile>& tiles, const ConvShape& s, size_t shared_limit, bool sparse);
/// The one of those that a model of an SM says is fastest on `units` of them.
const MmaTile& choose_mma_tile(const ConvShape& s, const std::vector<const MmaTile*>& tiles, int32_t units);
/// Clocks of one launch on `units` multiprocessors by that model, where `parts` blocks share a tile's depth.
double mma_clocks(const ConvShape& s, const MmaTile& tile, int32_t units, int32_t parts = 1);
/// The kernel's options in the table: "64x64 window16".
std::string mma_options(const MmaTile& tile, MmaLoader loader);

/// Blocks of 64 bytes that the depth of a sum takes, and units of 16 channels that those of a group take.
int32_t depth_blocks(const ConvShape& s);
int32_t row_units(const ConvShape& s);

/// Blocks in x, y and z.
struct MmaGrid {
  int64_t x, y, z;
};
MmaGrid mma_grid(const ConvShape& s, const MmaTile& tile);
/// The numbers that follow from the shape; the others are the caller's.
MmaConv mma_numbers(const ConvShape& s);

/// A weight less its zero point, -128..127, by output channel, tap and input channel of the group.
using WeightOf = std::function<int32_t(int32_t channel, int32_t tap, int32_t i)>;
/// Unit after unit of 16 channels x `row_bytes` of depth (taps, for each the channels of the group), group by group, unit by unit,
/// depth by depth, each as it is to lie in shared memory: row by row, the 16-byte chunks of a row in an order that keeps rows out of
/// one another's banks: chunk c at c ^ moved(row). Zeros fill it up.
std::vector<uint8_t> pack_units(const ConvShape& s, int32_t row_bytes, int32_t (*moved)(int32_t row), const WeightOf& weight);
/// The same for conv_q8_mma and conv_q8_split, 64 bytes to a row.
std::vector<uint8_t> pack_mma_weights(const ConvShape& s, const WeightOf& weight);
/// Values by output channel, for all channels of all units.
template <typename T>
std::vector<T> pad_channels(const ConvShape& s, const std::vector<T>& of_channel) {
  const int32_t groups = s.out_c / s.group_out, padded = row_units(s) * 16;
  std::vector<T> all(static_cast<size_t>(groups * padded), T{});
  for (int32_t c = 0; c < s.out_c; ++c) {
    all[static_cast<size_t>(c / s.group_out * padded + c % s.group_out)] = of_channel[static_cast<size_t>(c)];
  }
  return all;
}

}  // namespace inlay::cuda

// SPDX-License-Identifier: Apache-2.0
// The ways to compute a float convolution or product, and what they share.
#pragma once
#include "ops/conv_forms.h"

namespace inlay::opencl {

enum class Way : uint8_t { kDirect, kTiles, kDepthwise, kWinograd, kLibrary };

/// A way to compute. rows, width: of a work-item's tile of the output, pixels by channels; of Winograd: the edge of the tile
/// alone.
struct Choice {
  Way way;
  int32_t rows, width;
};

/// tiles_t of kernels/conv_tiles_float.cl.
struct Tiles {
  int32_t in_at, out_at, groups, blocks;
  float low, high;
};

/// The tile that suits a device when nothing is measured.
Choice default_tile(const Caps& caps);
/// The macros of a program whose work-items make tiles.
std::string tile_options(const Choice& tile);

/// Weights as conv_tiles_float reads them: for every group, block of `width` of its output channels, tap (row by row) and input
/// channel, the weights of the block's channels, 0 beyond the last. `weights` is the whole tensor, laid out as `l` says.
std::vector<float> pack_weights(const ConvLaunch& l, const float* weights, int32_t width);
/// Work-items of conv_tiles_float.
size_t tile_count(const ConvLaunch& l, const Choice& tile);
Tiles tiles_of(const ConvLaunch& l, const Choice& tile);

/// Whether F(edge x edge, 3 x 3), edge 2 or 4, computes the launch, within 1e-5 of its largest output.
bool suits_winograd(const ConvLaunch& l, int32_t edge);
/// Plans the three launches.
void plan_winograd(const Node& node, const ConvLaunch& l, int32_t edge, Recipe* recipe);

}  // namespace inlay::opencl

// SPDX-License-Identifier: Apache-2.0
// How the CUDA backend divides products of float matrices among blocks: the arithmetic, the tile, the splits of the depth. All of
// it is plain arithmetic on the host; kernels/float_gemm.cuh has the same tiles.
#pragma once
#include <vector>

#include "gpu/ops/conv.h"

namespace inlay::cuda {

using gpu::ConvLaunch;
using gpu::Launch;
using gpu::Node;
using gpu::Recipe;
using gpu::Sum;

/// What products are computed from; sums are float32 everywhere.
enum class Math : uint8_t {
  kF32,   ///< float32, exactly
  kTf32,  ///< float32 tensors, rounded to 10 bits of fraction
  kBf16,  ///< float32 tensors, rounded to 7 bits of fraction
  kF16,   ///< half tensors
};
/// What the node's session allows.
Math math_of(const Node& node);
const char* name_of(Math math);
/// Elements of 16 bytes of the input.
inline int32_t chunk_of(Math math) { return math == Math::kF16 ? 8 : 4; }
/// Depth of a panel, which packed weights have whole numbers of.
inline int32_t panel_depth(Math math) { return math == Math::kF16 ? 32 : 16; }

/// The sums of a block; kernels exist for each.
struct Tile {
  int32_t rows, columns, threads;
};
constexpr Tile kTiles[] = {{128, 128, 256}, {64, 64, 128}, {128, 32, 128}, {32, 32, 128}};
constexpr int32_t kTileCount = 4;

/// A tile and into how many parts the depth is split, each a block's.
struct Division {
  int32_t tile, splits;
};
/// `products` of [rows][depth] by [depth][columns] matrices; depth in panels.
struct Work {
  Math math;
  int64_t products, rows, columns, panels;
};
/// What takes least on a device of `units` multiprocessors, by a model of the time. most_splits 1: a block has the sums of a tile
/// to itself. wide: whether tile 2 exists.
Division divide(const Work& work, uint32_t units, int32_t most_splits, bool wide);

/// What kernels do with a result: they clamp it, and where they add another tensor, clamp the sum.
struct FloatFinish {
  float low, high, sum_low, sum_high;
};
/// ConvGemm of kernels/conv_gemm.cuh.
struct ConvGemm {
  int32_t depth, depth_split, splits;
  FloatFinish finish;
};
/// Tap of kernels/conv_gemm.cuh: what a depth adds to the window of a pixel.
struct Tap {
  int32_t y, x, at, unused;
};
/// How kernels read the input: kDense, kWindows, kScattered of kernels/conv_gemm.cuh.
enum class Reads : uint8_t { kDense, kWindows, kScattered };
Reads reads_of(const ConvLaunch& l, Math math);
/// The depth of packed weights, in elements.
int32_t packed_depth(const ConvLaunch& l, Math math);
/// A tap for every depth, or for every chunk of 16 bytes; behind the last one: outside of any input.
std::vector<Tap> taps_of(const ConvLaunch& l, Math math, Reads reads);
/// Weights [out_c][packed_depth], depth by tap and input channel, as float32, halves or bf16 (Math::kF32 and kTf32, kF16, kBf16);
/// zeros behind the last. bf16: 16 depths lie as 0 4 1 5 2 6 3 7 8 12 9 13 10 14 11 15, which is how kernels pair those of the
/// input.
std::vector<uint8_t> pack_weights(const ConvLaunch& l, const float* weights, Math math);

// The ways of one launch of a convolution. Each says what it takes, and adds its launches to the recipe. A backend's table of
// ways asks them; what none takes is read as it is, a value at a time. sum: an ADD behind the convolution, done by the same launches.

/// Weights that the model holds, by tiles. gemm_division(): what is chosen where nothing was measured.
bool suits_conv_gemm(const Node& node, const ConvLaunch& l);
Division gemm_division(const Node& node, const ConvLaunch& l);
void plan_conv_gemm(const Node& node, const ConvLaunch& l, const Division& division, Recipe* recipe, const Sum* sum = nullptr);
/// Up to 4 rows of values: as fast as the weights come.
bool suits_few_rows(const ConvLaunch& l);
void plan_few_rows(const Node& node, const ConvLaunch& l, Recipe* recipe, const Sum* sum = nullptr);
/// A channel of the output is one of the input, filtered. `pixels`: 1, 2 or 4 output pixels of a thread, side by side.
bool suits_depthwise(const ConvLaunch& l);
int32_t depthwise_pixels(const Node& node, const ConvLaunch& l);
void plan_depthwise(const Node& node, const ConvLaunch& l, int32_t pixels, Recipe* recipe, const Sum* sum = nullptr);
/// The bounds of a node's results and of their sums.
FloatFinish finish_of(const Node& node, const Sum* sum);
/// Adds the arguments that all of them have: the bias, what else is added, and where results go.
Launch& add_bias_and_output(const Node& node, const Sum* sum, Launch& launch);

/// Whether rows of an operand of a product are chunks of 16 bytes (`chunk` elements): `row` and `step` are its steps in memory, and all
/// its matrices begin at chunks. places: gpu::matmul_places(); operand: 0 for a, 1 for b.
bool rows_in_chunks(const gpu::MatmulShape& s, int32_t row, int32_t step, const std::vector<int32_t>& places, size_t operand,
                    int32_t chunk);
/// BATCH_MATMUL of floats, neither of which need be known when the model is prepared.
Division matmul_division(const Node& node);
void plan_matmul_gemm(const Node& node, const Division& division, Recipe* recipe);
/// SOFTMAX of floats, a warp to a row.
void plan_softmax_rows(const Node& node, Recipe* recipe);

}  // namespace inlay::cuda

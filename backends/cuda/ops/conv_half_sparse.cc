// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_half_sparse.h"

#include "core/quant.h"
#include "kernels/quantize.h"
#include "ops/conv_q8_plans.h"
#include "ops/gemm_float.h"
#include "ops/sparse.h"

namespace inlay::cuda {
namespace {

constexpr int32_t kHalf = 2;  ///< bytes

/// Input channels in bytes, as tiles and kernels count them.
ConvShape in_bytes(const ConvLaunch& l) {
  ConvShape s = shape_of(l);
  s.in_c *= kHalf, s.group_in *= kHalf;
  return s;
}

std::vector<const MmaTile*> tiles_for(const ConvReal& conv) {
  constexpr uint32_t kLoaders = 1u << kDense16 | 1u << kWindow16;
  static const std::vector<MmaTile> tiles = {
      {"conv_f16_sparse", "128x128 2:4", 128, 128, 1, 4, 256, true, kLoaders, kHalf},
      {"conv_f16_sparse", "64x64 2:4", 64, 64, 1, 4, 128, true, kLoaders, kHalf},
  };
  return fitting_tiles(tiles, in_bytes(conv.l), conv.node.caps->local_bytes, true);
}

/// The bits of a weight as a half; 0 for either zero.
WeightOf bits_of_weights(const ConvReal& conv) {
  const auto* weights = static_cast<const float*>(conv.node.input(1)->data);
  return [l = conv.l, weights](int32_t c, int32_t tap, int32_t i) {
    const int64_t at = l.w_first + int64_t{c} * l.w_out + tap / l.filter_w * l.w_row + tap % l.filter_w * l.w_column + i;
    const uint16_t bits = kernels::float_to_half(weights[at]);
    return (bits & 0x7fff) == 0 ? 0 : static_cast<int32_t>(bits);
  };
}

/// What the device has of the bias, by channel.
std::vector<float> rounded_bias(const ConvReal& conv) {
  std::vector<float> bias(static_cast<size_t>(conv.l.out_c));
  const int32_t id = gpu::bias_id(conv.node);
  if (id < 0) return bias;
  const auto* from = static_cast<const float*>(conv.node.segment->graph->tensors[id].data);
  for (size_t c = 0; c < bias.size(); ++c) bias[c] = kernels::half_to_float(kernels::float_to_half(from[c]));
  return bias;
}

bool is_known(const ConvReal& conv) {
  const int32_t id = gpu::bias_id(conv.node);
  return gpu::is_constant(conv.node.input(1)) && conv.node.input(1)->dtype == INLAY_FLOAT32 &&
         (id < 0 || gpu::is_constant(&conv.node.segment->graph->tensors[id]));
}

}  // namespace

int32_t half_sparse_sizes(const ConvReal& conv) {
  const bool able = math_of(conv.node) == Math::kF16 && conv.node.caps->arch >= 80;
  if (!able || !is_known(conv) || conv.l.taps() == 0 || conv.l.pixels() == 0 || !mma_counts_fit(in_bytes(conv.l))) return 0;
  const std::vector<const MmaTile*> tiles = tiles_for(conv);
  return tiles.empty() || !is_sparse_2_4(shape_of(conv.l), bits_of_weights(conv)) ? 0 : static_cast<int32_t>(tiles.size());
}

void plan_half_sparse(const ConvReal& conv, int32_t size, Recipe* recipe) {
  const ConvShape values = shape_of(conv.l), s = in_bytes(conv.l);
  const std::vector<const MmaTile*> tiles = tiles_for(conv);
  const bool told = size >= 0 && static_cast<size_t>(size) < tiles.size();
  const MmaTile& tile =
      told ? *tiles[static_cast<size_t>(size)] : choose_mma_tile(s, tiles, static_cast<int32_t>(conv.node.caps->units));
  MmaConv t = mma_numbers(s);
  t.store_bytes = (values.out_c | values.group_out) % 8 == 0 ? 16 : kHalf;
  const MmaGrid grid = mma_grid(s, tile);
  const auto threads = static_cast<size_t>(tile.threads);
  const FloatRange range = activation_range(conv.node.node->activation);
  recipe->kernel = std::string("sparse tensor cores f16 ") + tile.name;
  recipe->launch(tile.source, mma_options(tile, mma_loader(s)), tile.source)
      .tensor(conv.node.input_id(0))
      .constant(pack_sparse_halves(values, bits_of_weights(conv)))
      .constant(pad_channels(s, rounded_bias(conv)))
      .constant(std::vector<uint8_t>(16))
      .tensor(conv.node.output_id())
      .value(s)
      .value(t)
      .value(range.min)
      .value(range.max)
      .local(static_cast<size_t>(tile.shared_bytes()))
      .grid(static_cast<size_t>(grid.x) * threads, static_cast<size_t>(grid.y), static_cast<size_t>(grid.z))
      .group(threads);
}

}  // namespace inlay::cuda

// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_q8_plans.h"

#include <cstring>

#include "ops/sparse.h"

namespace inlay::cuda {
namespace {

using gpu::ConvQ8;

/// Values are taken as -128..127.
int32_t signed_zero(const ConvQ8& conv) { return conv.quant.in_zero - (conv.is_signed ? 0 : 128); }

std::vector<int32_t> folded_biases(const ConvQ8& conv) {
  std::vector<int32_t> folded;
  for (int32_t c = 0; c < conv.l.out_c; ++c) folded.push_back(conv.folded_bias(c, signed_zero(conv)));
  return folded;
}

WeightOf weights_of(const ConvQ8& conv) {
  return [&conv](int32_t c, int32_t tap, int32_t i) { return conv.weight(c, tap, i); };
}

bool takes_any(const ConvQ8& conv) {
  return conv.weights != nullptr && conv.l.taps() > 0 && mma_counts_fit(shape_of(conv.l)) && conv.fits_int8();
}

template <typename Numbers>
void set_quant(const ConvQ8& conv, const FusedSum* sum, Numbers* t) {
  t->out_zero = conv.quant.out_zero, t->low = conv.quant.low, t->high = conv.quant.high;
  t->is_signed = conv.is_signed ? 1 : 0;
  t->has_sum = sum != nullptr ? 1 : 0;
  if (sum != nullptr) t->sum = sum->numbers;
}

/// The tensor that is added, any where there is none, and the one that is written.
gpu::Launch& add_outputs(const ConvQ8& conv, const FusedSum* sum, gpu::Launch& launch) {
  return launch.tensor(sum != nullptr ? sum->other : conv.node.input_id(0))
      .tensor(sum != nullptr ? sum->output : conv.node.output_id());
}

const MmaTile& tile_of(const ConvQ8& conv, bool sparse, int32_t size) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const MmaTile*> tiles = mma_tiles_for(s, conv.node.caps->local_bytes, sparse);
  const bool told = size >= 0 && static_cast<size_t>(size) < tiles.size();
  return told ? *tiles[static_cast<size_t>(size)] : choose_mma_tile(s, tiles, static_cast<int32_t>(conv.node.caps->units));
}

void launch_tile(const ConvQ8& conv, const MmaTile& tile, const std::vector<uint8_t>& weights, gpu::Recipe* recipe,
                 const FusedSum* sum) {
  const ConvShape s = shape_of(conv.l);
  MmaConv t = mma_numbers(s);
  set_quant(conv, sum, &t);
  const MmaGrid grid = mma_grid(s, tile);
  const auto threads = static_cast<size_t>(tile.threads);
  gpu::Launch& launch = recipe->launch(tile.source, mma_options(tile, mma_loader(s)), "conv_q8_mma")
                            .tensor(conv.node.input_id(0))
                            .constant(weights)
                            .constant(pad_channels(s, folded_biases(conv)))
                            .constant(pad_channels(s, conv.scales))
                            .constant(std::vector<uint8_t>(16, static_cast<uint8_t>(conv.quant.in_zero)));
  add_outputs(conv, sum, launch)
      .value(s)
      .value(t)
      .local(static_cast<size_t>(tile.shared_bytes()))
      .grid(static_cast<size_t>(grid.x) * threads, static_cast<size_t>(grid.y), static_cast<size_t>(grid.z))
      .group(threads);
}

}  // namespace

ConvShape shape_of(const gpu::ConvLaunch& l) {
  static_assert(sizeof(ConvShape) == sizeof(gpu::ConvLaunch), "the same members");
  ConvShape s;
  std::memcpy(&s, &l, sizeof(s));
  return s;
}

bool mma_counts_fit(const ConvShape& s) {
  const auto fits = [](int64_t a, int64_t b, int64_t c) { return a * b <= INT32_MAX / c; };
  return fits(int64_t{s.batch} * s.in_h, s.in_w, s.in_c) && fits(int64_t{s.batch} * s.out_h, s.out_w, s.out_c) &&
         fits(int64_t{s.out_c / s.group_out} * row_units(s), depth_blocks(s), 1024);
}

int32_t mma_sizes(const ConvQ8& conv) {
  if (!takes_any(conv)) return 0;
  return static_cast<int32_t>(mma_tiles_for(shape_of(conv.l), conv.node.caps->local_bytes).size());
}

int32_t mma_score(const ConvQ8& conv) {
  const bool mostly_zeros = conv.l.group_out < 4 && conv.l.group_out < conv.l.out_c;
  return mostly_zeros ? 0 : 10;
}

void plan_mma(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe, const FusedSum* sum) {
  const ConvShape s = shape_of(conv.l);
  launch_tile(conv, tile_of(conv, false, size), pack_mma_weights(s, weights_of(conv)), recipe, sum);
}

int32_t sparse_sizes(const ConvQ8& conv) {
  const ConvShape s = shape_of(conv.l);
  // sm_75, which lacks the instruction, is the one architecture of ours whose blocks have at most 64 KiB.
  if (!takes_any(conv) || conv.node.caps->local_bytes <= 64 * 1024) return 0;
  const std::vector<const MmaTile*> tiles = mma_tiles_for(s, conv.node.caps->local_bytes, true);
  return tiles.empty() || !is_sparse_2_4(s, weights_of(conv)) ? 0 : static_cast<int32_t>(tiles.size());
}

void plan_sparse(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe, const FusedSum* sum) {
  const ConvShape s = shape_of(conv.l);
  launch_tile(conv, tile_of(conv, true, size), pack_sparse_weights(s, weights_of(conv)), recipe, sum);
}

int32_t depthwise_sizes(const ConvQ8& conv) {
  const gpu::ConvLaunch& l = conv.l;
  const bool whole = l.first_y == 0 && l.first_x == 0 && l.every_y == 1 && l.every_x == 1;
  if (l.group_in != 1 || l.group_out != 1 || !whole || !takes_any(conv)) return 0;
  return static_cast<int32_t>(depthwise_forms_for(shape_of(l)).size());
}

int32_t depthwise_score(const ConvQ8&) { return 20; }

void plan_depthwise(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe, const FusedSum* sum) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const DepthwiseForm*> forms = depthwise_forms_for(s);
  const bool told = size >= 0 && static_cast<size_t>(size) < forms.size();
  const DepthwiseForm& form =
      told ? *forms[static_cast<size_t>(size)] : choose_depthwise_form(s, static_cast<int32_t>(conv.node.caps->units));
  DepthwiseConv t = {};
  set_quant(conv, sum, &t);
  t.in_zero = signed_zero(conv);
  gpu::Launch& launch = recipe->launch("conv_q8_depthwise", depthwise_options(s, form), "conv_q8_depthwise")
                            .tensor(conv.node.input_id(0))
                            .constant(pack_depthwise_weights(s, weights_of(conv)))
                            .constant(folded_biases(conv))
                            .constant(conv.scales);
  add_outputs(conv, sum, launch).value(s).value(t).grid(static_cast<size_t>(depthwise_threads(s, form))).group(128);
}

}  // namespace inlay::cuda

// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_q8_plans.h"

#include <cstring>

#include "gpu/ops/pair.h"
#include "ops/conv_split.h"
#include "ops/conv_wgmma.h"
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

/// The convolution's result is a, whichever operand of the ADD it is.
Sum8 numbers_of(const gpu::Sum& sum) {
  const gpu::QuantizedSum q = gpu::quantized_sum(sum.add);
  if (sum.add.input_id(1) == sum.other) return {q.a_zero, q.a_factor, q.b_zero, q.b_factor, q.zero, q.shift, q.low, q.high};
  return {q.b_zero, q.b_factor, q.a_zero, q.a_factor, q.zero, q.shift, q.low, q.high};
}

template <typename Numbers>
void set_quant(const ConvQ8& conv, Numbers* t) {
  t->out_zero = conv.quant.out_zero, t->low = conv.quant.low, t->high = conv.quant.high;
  t->is_signed = conv.is_signed ? 1 : 0;
  t->has_sum = conv.behind != nullptr ? 1 : 0;
  if (conv.behind != nullptr) t->sum = numbers_of(*conv.behind);
}

/// The tensor that is added, any where there is none, and the one that is written.
gpu::Launch& add_outputs(const ConvQ8& conv, gpu::Launch& launch) {
  return launch.tensor(conv.behind != nullptr ? conv.behind->other : conv.node.input_id(0))
      .tensor(conv.behind != nullptr ? conv.behind->add.output_id() : conv.node.output_id());
}

int32_t units_of(const ConvQ8& conv) { return static_cast<int32_t>(conv.node.caps->units); }

const MmaTile& tile_of(const ConvQ8& conv, bool sparse, int32_t size) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const MmaTile*> tiles = mma_tiles_for(s, conv.node.caps->local_bytes, sparse);
  const bool told = size >= 0 && static_cast<size_t>(size) < tiles.size();
  return told ? *tiles[static_cast<size_t>(size)] : choose_mma_tile(s, tiles, units_of(conv));
}

/// A kernel's arguments up to the output.
gpu::Launch& add_tensors(const ConvQ8& conv, const std::vector<uint8_t>& weights, gpu::Launch& launch) {
  const ConvShape s = shape_of(conv.l);
  launch.tensor(conv.node.input_id(0))
      .constant(weights)
      .constant(pad_channels(s, folded_biases(conv)))
      .constant(pad_channels(s, conv.scales))
      .constant(std::vector<uint8_t>(16, static_cast<uint8_t>(conv.quant.in_zero)));
  return add_outputs(conv, launch);
}

MmaConv numbers_of(const ConvQ8& conv) {
  MmaConv t = mma_numbers(shape_of(conv.l));
  set_quant(conv, &t);
  return t;
}

template <typename Tile>
void set_blocks(const Tile& tile, const MmaGrid& grid, gpu::Launch& launch) {
  const auto threads = static_cast<size_t>(tile.threads);
  launch.local(static_cast<size_t>(tile.shared_bytes()))
      .grid(static_cast<size_t>(grid.x) * threads, static_cast<size_t>(grid.y), static_cast<size_t>(grid.z))
      .group(threads);
}

void launch_tile(const ConvQ8& conv, const MmaTile& tile, const std::vector<uint8_t>& weights, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  gpu::Launch& launch = recipe->launch(tile.source, mma_options(tile, mma_loader(s)), "conv_q8_mma");
  add_tensors(conv, weights, launch).value(s).value(numbers_of(conv));
  set_blocks(tile, mma_grid(s, tile), launch);
}

/// Clocks of the best without wgmma.
double whole_clocks(const ConvQ8& conv) { return mma_clocks(shape_of(conv.l), tile_of(conv, false, kBestSize), units_of(conv)); }

std::vector<SplitTile> splits_of(const ConvQ8& conv) {
  return split_tiles_for(shape_of(conv.l), conv.node.caps->local_bytes, units_of(conv));
}

/// What a launch takes behind its weights whose threads work by themselves.
void launch_threads(const ConvQ8& conv, const ConvShape& s, int64_t threads, gpu::Launch& launch) {
  DepthwiseConv t = {};
  set_quant(conv, &t);
  t.in_zero = signed_zero(conv);
  launch.constant(folded_biases(conv)).constant(conv.scales);
  add_outputs(conv, launch).value(s).value(t).grid(static_cast<size_t>(threads)).group(128);
}

/// All pixels of the output, as transposed convolutions do not make them.
bool is_whole(const gpu::ConvLaunch& l) { return l.first_y == 0 && l.first_x == 0 && l.every_y == 1 && l.every_x == 1; }
bool is_depthwise(const gpu::ConvLaunch& l) { return l.group_in == 1 && l.group_out == 1; }

}  // namespace

bool takes_sum(const gpu::Sum& sum) { return gpu::quantized_sum(sum.add).is_narrow(); }

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

void plan_mma(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  launch_tile(conv, tile_of(conv, false, size), pack_mma_weights(s, weights_of(conv)), recipe);
}

int32_t sparse_sizes(const ConvQ8& conv) {
  const ConvShape s = shape_of(conv.l);
  // sm_75, which lacks the instruction, is the one architecture of ours whose blocks have at most 64 KiB.
  if (!takes_any(conv) || conv.node.caps->local_bytes <= 64 * 1024) return 0;
  const std::vector<const MmaTile*> tiles = mma_tiles_for(s, conv.node.caps->local_bytes, true);
  return tiles.empty() || !is_sparse_2_4(s, weights_of(conv)) ? 0 : static_cast<int32_t>(tiles.size());
}

void plan_sparse(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  launch_tile(conv, tile_of(conv, true, size), pack_sparse_weights(s, weights_of(conv)), recipe);
}

int32_t split_sizes(const ConvQ8& conv) { return takes_any(conv) ? static_cast<int32_t>(splits_of(conv).size()) : 0; }

int32_t split_score(const ConvQ8& conv) {
  const ConvShape s = shape_of(conv.l);
  const int32_t units = units_of(conv);
  const std::vector<SplitTile> splits = splits_of(conv);
  if (splits.empty()) return 0;
  const SplitTile& best = choose_split_tile(s, splits, units);
  return mma_clocks(s, *best.tile, units, best.split.parts) < whole_clocks(conv) ? mma_score(conv) + 1 : 0;
}

void plan_split(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<SplitTile> splits = splits_of(conv);
  const bool told = size >= 0 && static_cast<size_t>(size) < splits.size();
  const SplitTile& split = told ? splits[static_cast<size_t>(size)] : choose_split_tile(s, splits, units_of(conv));
  recipe->kernel += " / " + std::to_string(split.split.parts);
  gpu::Launch& launch = recipe->launch("conv_q8_split", mma_options(*split.tile, mma_loader(s)), "conv_q8_split");
  add_tensors(conv, pack_mma_weights(s, weights_of(conv)), launch)
      .scratch(split_bytes(s, split))
      // The op's own bytes, uploaded once as zeros; each launch leaves zeros behind, so that graphs can be started again.
      .constant(std::vector<uint32_t>(split_counters(s, split)))
      .value(s)
      .value(numbers_of(conv))
      .value(split.split);
  set_blocks(*split.tile, split_grid(s, split), launch);
}

int32_t wgmma_sizes(const ConvQ8& conv) {
  if (!conv.node.caps->wgmma || !conv.is_signed || !takes_any(conv)) return 0;
  return static_cast<int32_t>(wgmma_tiles_for(shape_of(conv.l), conv.node.caps->local_bytes).size());
}

int32_t wgmma_score(const ConvQ8& conv) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const WgmmaTile*> tiles = wgmma_tiles_for(s, conv.node.caps->local_bytes);
  const double clocks = wgmma_clocks(s, choose_wgmma_tile(s, tiles, units_of(conv)), units_of(conv));
  return clocks < whole_clocks(conv) ? mma_score(conv) + 2 : 0;
}

void plan_wgmma(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const WgmmaTile*> tiles = wgmma_tiles_for(s, conv.node.caps->local_bytes);
  const bool told = size >= 0 && static_cast<size_t>(size) < tiles.size();
  const WgmmaTile& tile = told ? *tiles[static_cast<size_t>(size)] : choose_wgmma_tile(s, tiles, units_of(conv));
  const std::string options = std::string(tile.name) + (mma_loader(s) == kDense16 ? " dense16" : " window16");
  MmaConv t = numbers_of(conv);
  t.depth_blocks = wgmma_depth_blocks(s);
  gpu::Launch& launch = recipe->launch("conv_q8_wgmma", options, "conv_q8_wgmma");
  add_tensors(conv, pack_wgmma_weights(s, weights_of(conv)), launch).value(s).value(t);
  set_blocks(tile, wgmma_grid(s, tile), launch);
}

int32_t dot_sizes(const ConvQ8& conv) {
  if (!is_whole(conv.l) || is_depthwise(conv.l) || !takes_any(conv)) return 0;
  return static_cast<int32_t>(dot_forms_for(shape_of(conv.l)).size());
}

int32_t dot_score(const ConvQ8& conv) {
  const bool faster = dot_is_faster(shape_of(conv.l), conv.node.caps->local_bytes, units_of(conv));
  return faster ? 12 : 5;
}

void plan_dot(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const DotForm*> forms = dot_forms_for(s);
  const bool told = size >= 0 && static_cast<size_t>(size) < forms.size();
  const DotForm& form = told ? *forms[static_cast<size_t>(size)] : choose_dot_form(s, units_of(conv));
  launch_threads(conv, s, dot_threads(s, form),
                 recipe->launch("conv_q8_dot", dot_options(s, form), "conv_q8_dot")
                     .tensor(conv.node.input_id(0))
                     .constant(pack_dot_weights(s, form, weights_of(conv))));
}

int32_t depthwise_sizes(const ConvQ8& conv) {
  if (!is_depthwise(conv.l) || !is_whole(conv.l) || !takes_any(conv)) return 0;
  return static_cast<int32_t>(depthwise_forms_for(shape_of(conv.l)).size());
}

int32_t depthwise_score(const ConvQ8&) { return 20; }

void plan_depthwise(const ConvQ8& conv, int32_t size, gpu::Recipe* recipe) {
  const ConvShape s = shape_of(conv.l);
  const std::vector<const DepthwiseForm*> forms = depthwise_forms_for(s);
  const bool told = size >= 0 && static_cast<size_t>(size) < forms.size();
  const DepthwiseForm& form = told ? *forms[static_cast<size_t>(size)] : choose_depthwise_form(s, units_of(conv));
  launch_threads(conv, s, depthwise_threads(s, form),
                 recipe->launch("conv_q8_depthwise", depthwise_options(s, form), "conv_q8_depthwise")
                     .tensor(conv.node.input_id(0))
                     .constant(pack_depthwise_weights(s, weights_of(conv))));
}

}  // namespace inlay::cuda

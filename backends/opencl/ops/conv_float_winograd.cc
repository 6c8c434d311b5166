// SPDX-License-Identifier: Apache-2.0
// Winograd's convolutions of 3x3 filters of stride 1: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
#include "core/quant.h"
#include "ops/conv_float.h"

namespace inlay::opencl {
namespace {

struct Transform {
  int32_t edge;    ///< of a tile of the input
  double g[6][3];  ///< G: of the filter
};
constexpr Transform kTwo = {4, {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}}};
constexpr Transform kFour = {6,
                             {{1.0 / 4, 0, 0},
                              {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                              {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                              {1.0 / 24, 1.0 / 12, 1.0 / 6},
                              {1.0 / 24, -1.0 / 12, 1.0 / 6},
                              {0, 0, 1}}};

const Transform& transform_of(int32_t edge) { return edge == 2 ? kTwo : kFour; }

int64_t tiles_across(int32_t size, int32_t edge) { return (int64_t{size} + edge - 1) / edge; }

int64_t tile_total(const ConvLaunch& l, int32_t edge) {
  return l.batch * tiles_across(l.rows, edge) * tiles_across(l.columns, edge);
}

/// [place][out_c][in_c]: G g G^T of every filter, computed in double.
std::vector<float> transform_weights(const ConvLaunch& l, const float* weights, const Transform& t) {
  const auto out_c = static_cast<size_t>(l.out_c), in_c = static_cast<size_t>(l.in_c), edge = static_cast<size_t>(t.edge);
  std::vector<float> out(edge * edge * out_c * in_c);
  for (size_t c = 0; c < out_c; ++c) {
    for (size_t i = 0; i < in_c; ++i) {
      const float* filter = weights + c * static_cast<size_t>(l.w_out) + i;
      for (size_t place = 0; place < edge * edge; ++place) {
        double sum = 0.0;
        for (size_t tap = 0; tap < 9; ++tap) {
          const auto value =
              static_cast<double>(filter[tap / 3 * static_cast<size_t>(l.w_row) + tap % 3 * static_cast<size_t>(l.w_column)]);
          sum += t.g[place / edge][tap / 3] * t.g[place % edge][tap % 3] * value;
        }
        out[(place * out_c + c) * in_c + i] = static_cast<float>(sum);
      }
    }
  }
  return out;
}

/// The products between the two transforms, as a convolution of one pixel per tile with a group for every place.
ConvLaunch middle_of(const ConvLaunch& l, int32_t tiles, int32_t places) {
  ConvLaunch m = {};
  m.batch = m.in_h = m.out_h = m.rows = 1;
  m.in_w = m.out_w = m.columns = tiles;
  m.every_y = m.every_x = m.stride_y = m.stride_x = m.step_y = m.step_x = m.filter_h = m.filter_w = 1;
  m.in_c = places * l.in_c, m.out_c = places * l.out_c;
  m.group_in = m.w_out = m.w_row = m.w_column = l.in_c;
  m.group_out = l.out_c;
  return m;
}

}  // namespace

// Simulated with normal inputs and weights, float32 sums in order (largest error over largest output, worst of four draws; input
// channels: F(2,3), F(4,3)): 8: 2.0e-7, 2.7e-6; 64: 3.0e-7, 5.0e-6; 128: 4.5e-7, 1.3e-5; 512: 1.0e-6, 2.4e-5;
// 1024: 1.3e-6, 2.3e-5. So F(4,3) is offered up to 64 channels, where it stays within 1e-5; F(2,3) for all.
bool suits_winograd(const ConvLaunch& l, int32_t edge) {
  constexpr int32_t kMostForFour = 64;
  const int64_t places = int64_t{edge + 2} * (edge + 2);
  const bool shape = l.filter_h == 3 && l.filter_w == 3 && l.stride_y == 1 && l.stride_x == 1 && l.step_y == 1 && l.step_x == 1 &&
                     l.every_y == 1 && l.every_x == 1 && l.group_in == l.in_c;
  if (!shape || l.in_c < 8 || l.out_c < 8) return false;  // of few channels, the transforms are most of the work
  if (edge == 4 && l.in_c > kMostForFour) return false;
  const int64_t elements = tile_total(l, edge) * places * (int64_t{l.in_c} + l.out_c);
  return elements < INT32_MAX / 4 && places * l.in_c * (int64_t{l.out_c} + 16) < INT32_MAX / 4;
}

void plan_winograd(const Node& node, const ConvLaunch& l, int32_t edge, Recipe* recipe) {
  const Transform& transform = transform_of(edge);
  const int32_t places = transform.edge * transform.edge, tiles = static_cast<int32_t>(tile_total(l, edge));
  const Choice tile = default_tile(*node.caps);
  const ConvLaunch middle = middle_of(l, tiles, places);
  const std::vector<float> turned = transform_weights(l, static_cast<const float*>(node.input(1)->data), transform);
  const FloatRange range = activation_range(node.node->activation), all = activation_range(INLAY_ACT_NONE);
  const std::string options = node.element_options(INLAY_FLOAT32) + define("TILE", edge);
  const size_t bytes = sizeof(float) * static_cast<size_t>(tiles) * static_cast<size_t>(middle.in_c + middle.out_c);
  Tiles t = tiles_of(middle, tile);
  t.out_at = tiles * middle.in_c;
  t.low = all.min, t.high = all.max;
  const int32_t bias = node.input(2) != nullptr ? node.input_id(2) : -1;

  recipe->kernel = "winograd " + std::to_string(edge) + "x" + std::to_string(edge);
  recipe->launch("winograd_float", options, "winograd_in")
      .tensor(node.input_id(0))
      .scratch(bytes)
      .value(l)
      .grid(static_cast<size_t>(tiles) * static_cast<size_t>(l.in_c));
  recipe
      ->launch("conv_tiles_float", "-DREAL=float" + tile_options(tile) + (node.caps->gpu ? "" : " -DROWS_FIRST"),
               "conv_tiles_float")
      .scratch(bytes)
      .constant(pack_weights(middle, turned.data(), tile.width))
      .tensor(-1)
      .scratch(bytes)
      .value(middle)
      .value(t)
      .grid(tile_count(middle, tile));
  recipe->launch("winograd_float", options, "winograd_out")
      .scratch(bytes)
      .tensor(bias)
      .tensor(node.output_id())
      .value(l)
      .value(t.out_at)
      .value(range.min)
      .value(range.max)
      .grid(static_cast<size_t>(tiles) * static_cast<size_t>(l.out_c));
}

}  // namespace inlay::opencl

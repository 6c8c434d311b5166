// SPDX-License-Identifier: Apache-2.0
// Launches of depthwise convolutions of floats.
#include <string>

#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

constexpr size_t kThreads = 128;
constexpr size_t kThreadsOfUnit = 512;  ///< that hide the time of a read, as far as one may guess without a device

/// Whether a kernel with an unrolled filter exists for it.
bool is_unrolled(const ConvLaunch& l) {
  return l.filter_h == l.filter_w && (l.filter_w == 3 || l.filter_w == 5) && l.step_x == 1 && l.step_y == 1 &&
         l.stride_x == l.stride_y && l.stride_x >= 1 && l.stride_x <= 2;
}

int32_t vector_of(const Node& node, const ConvLaunch& l) {
  const int32_t whole = node.half() ? 8 : 4;
  return l.out_c % whole == 0 ? whole : 1;
}

size_t threads(const Node& node, const ConvLaunch& l, int32_t pixels) {
  return static_cast<size_t>(l.batch) * static_cast<size_t>(l.rows) * static_cast<size_t>((l.columns - 1) / pixels + 1) *
         static_cast<size_t>(l.out_c / vector_of(node, l));
}

}  // namespace

bool suits_depthwise(const ConvLaunch& l) {
  return l.group_in == 1 && l.group_out == 1 && l.in_c == l.out_c && l.w_out == 1 && l.every_y == 1 && l.every_x == 1 &&
         l.pixels() > 0 && l.first_y == 0 && l.first_x == 0 && l.out_c > 0;
}

int32_t depthwise_pixels(const Node& node, const ConvLaunch& l) {
  if (vector_of(node, l) == 1) return 1;
  const size_t wanted = kThreadsOfUnit * node.caps->units;
  for (const int32_t pixels : {4, 2}) {
    if (threads(node, l, pixels) >= wanted && l.columns >= pixels) return pixels;
  }
  return 1;
}

void plan_depthwise(const Node& node, const ConvLaunch& l, int32_t pixels, Recipe* recipe, const Sum* sum) {
  const int32_t vector = vector_of(node, l);
  if (vector == 1) pixels = 1;
  const bool unrolled = is_unrolled(l) && vector > 1;
  recipe->kernel = "depthwise " + std::to_string(vector) + "x" + std::to_string(pixels);
  const std::string options = std::string(node.half() ? "-DREAL=half" : "-DREAL=float") + gpu::define("VECTOR", vector) +
                              gpu::define("PIXELS", pixels) + gpu::define("FILTER", unrolled ? l.filter_w : 0) +
                              gpu::define("STRIDE", unrolled ? l.stride_x : 0);
  Launch& launch =
      recipe->launch("depthwise_real", options, "depthwise_real").tensor(node.input_id(0)).tensor(node.input_id(1));
  add_bias_and_output(node, sum, launch)
      .value(l)
      .value(finish_of(node, sum))
      .grid(threads(node, l, pixels))
      .group(kThreads);
}

}  // namespace inlay::cuda

// SPDX-License-Identifier: Apache-2.0
// Float convolutions of all four kinds: the forms they are computed in.
#include "ops/conv_half_sparse.h"
#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

void direct(const ConvReal& conv, int32_t, Recipe* recipe) { plan_conv_float_direct(conv.node, conv.l, recipe); }

/// Tiles as they are, then with the depth in parts.
constexpr Division kDivisions[] = {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {1, 4}, {3, 4}, {3, 12}};
int32_t gemm_sizes(const ConvReal& conv) {
  return suits_conv_gemm(conv.node, conv.l) ? static_cast<int32_t>(sizeof(kDivisions) / sizeof(kDivisions[0])) : 0;
}
void gemm(const ConvReal& conv, int32_t size, Recipe* recipe) {
  plan_conv_gemm(conv.node, conv.l, size == kOwnChoice ? gemm_division(conv.node, conv.l) : kDivisions[size], recipe,
                 conv.behind);
}
/// With fewer than 4 channels to a group a tile is nearly empty.
int32_t score_gemm(const ConvReal& conv) { return conv.l.group_out >= 4 || conv.l.in_c == conv.l.group_in ? 10 : 0; }

int32_t takes_few_rows(const ConvReal& conv) { return suits_few_rows(conv.l) ? 1 : 0; }
void few_rows(const ConvReal& conv, int32_t, Recipe* recipe) { plan_few_rows(conv.node, conv.l, recipe, conv.behind); }

constexpr int32_t kPixels[] = {1, 2, 4};
int32_t depthwise_sizes(const ConvReal& conv) { return suits_depthwise(conv.l) ? 3 : 0; }
void depthwise(const ConvReal& conv, int32_t size, Recipe* recipe) {
  plan_depthwise(conv.node, conv.l, size == kOwnChoice ? depthwise_pixels(conv.node, conv.l) : kPixels[size], recipe,
                 conv.behind);
}

constexpr Form<ConvReal> kForms[] = {
    {"direct", always<ConvReal>, direct, score<1, ConvReal>},
    {"gemm", gemm_sizes, gemm, score_gemm, true},
    {"few rows", takes_few_rows, few_rows, score<20, ConvReal>, true},
    {"depthwise", depthwise_sizes, depthwise, score<30, ConvReal>, true},
    {"sparse tensor cores", half_sparse_sizes, plan_half_sparse, score<15, ConvReal>},
};

}  // namespace

int32_t variants_conv_real(const Node& node) {
  const std::vector<ConvLaunch> launches = conv_launches(node);
  return launches.empty() ? 1 : variants_of(kForms, ConvReal{node, launches[0], nullptr});
}

void plan_conv_real(const Node& node, Recipe* recipe) {
  for (const ConvLaunch& l : conv_launches(node)) plan_by_form(kForms, ConvReal{node, l, nullptr}, node, recipe);
}

bool plan_conv_real_with_sum(const Node& node, const Sum& sum, Recipe* recipe) {
  const std::vector<ConvLaunch> launches = conv_launches(node);
  return launches.size() == 1 && plan_by_form(kForms, ConvReal{node, launches[0], &sum}, node, recipe, true);
}

}  // namespace inlay::cuda

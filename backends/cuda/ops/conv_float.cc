// SPDX-License-Identifier: Apache-2.0
// Float convolutions of all four kinds: the forms they are computed in.
#include "ops/forms.h"
#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

void direct(const ConvReal& conv, Recipe* recipe) { plan_conv_float_direct(conv.node, conv.l, recipe); }

bool takes_gemm(const ConvReal& conv) { return suits_conv_gemm(conv.node, conv.l); }
void gemm(const ConvReal& conv, Recipe* recipe) { plan_conv_gemm(conv.node, conv.l, gemm_division(conv.node, conv.l), recipe); }
template <int32_t kTile, int32_t kSplits>
void gemm_as(const ConvReal& conv, Recipe* recipe) {
  plan_conv_gemm(conv.node, conv.l, {kTile, kSplits}, recipe);
}
/// Below 4 channels to a group a tile is nearly empty.
int32_t score_gemm(const ConvReal& conv) { return conv.l.group_out >= 4 || conv.l.in_c == conv.l.group_in ? 10 : 1; }

bool takes_few_rows(const ConvReal& conv) { return suits_few_rows(conv.l); }
void few_rows(const ConvReal& conv, Recipe* recipe) { plan_few_rows(conv.node, conv.l, recipe); }

bool takes_depthwise(const ConvReal& conv) { return suits_depthwise(conv.l); }
void depthwise(const ConvReal& conv, Recipe* recipe) {
  plan_depthwise(conv.node, conv.l, depthwise_pixels(conv.node, conv.l), recipe);
}
template <int32_t kPixels>
void depthwise_by(const ConvReal& conv, Recipe* recipe) {
  plan_depthwise(conv.node, conv.l, kPixels, recipe);
}

constexpr Form<ConvReal> kForms[] = {
    {"direct", always<ConvReal>, direct, score<1, ConvReal>},
    {"gemm", takes_gemm, gemm, score_gemm},
    {"few rows", takes_few_rows, few_rows, score<20, ConvReal>},
    {"depthwise", takes_depthwise, depthwise, score<30, ConvReal>},
    {"gemm 128x128", takes_gemm, gemm_as<0, 1>, score<1, ConvReal>},
    {"gemm 64x64", takes_gemm, gemm_as<1, 1>, score<1, ConvReal>},
    {"gemm 128x32", takes_gemm, gemm_as<2, 1>, score<1, ConvReal>},
    {"gemm 32x32", takes_gemm, gemm_as<3, 1>, score<1, ConvReal>},
    {"gemm 64x64 / 4", takes_gemm, gemm_as<1, 4>, score<1, ConvReal>},
    {"gemm 32x32 / 4", takes_gemm, gemm_as<3, 4>, score<1, ConvReal>},
    {"gemm 32x32 / 12", takes_gemm, gemm_as<3, 12>, score<1, ConvReal>},
    {"depthwise 1", takes_depthwise, depthwise_by<1>, score<1, ConvReal>},
    {"depthwise 2", takes_depthwise, depthwise_by<2>, score<1, ConvReal>},
    {"depthwise 4", takes_depthwise, depthwise_by<4>, score<1, ConvReal>},
};

}  // namespace

int32_t variants_conv_real(const Node& node) {
  const std::vector<ConvLaunch> launches = conv_launches(node);
  return launches.empty() ? 1 : variants_of(kForms, ConvReal{node, launches[0]});
}

void plan_conv_real(const Node& node, Recipe* recipe) {
  for (const ConvLaunch& l : conv_launches(node)) plan_by_form(kForms, ConvReal{node, l}, node, recipe);
}

}  // namespace inlay::cuda

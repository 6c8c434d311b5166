// SPDX-License-Identifier: Apache-2.0
// Convolution-like ops of int8 and uint8: the forms they are computed in, which all give the same bits.
#include "ops/conv_q8_plans.h"
#include "ops/forms.h"

namespace inlay::cuda {
namespace {

void direct(const ConvQ8& conv, int32_t, Recipe* recipe) { gpu::plan_direct(conv, recipe); }
void tensor_cores(const ConvQ8& conv, int32_t size, Recipe* recipe) { plan_mma(conv, size, recipe); }
void sparse(const ConvQ8& conv, int32_t size, Recipe* recipe) { plan_sparse(conv, size, recipe); }
void split(const ConvQ8& conv, int32_t size, Recipe* recipe) { plan_split(conv, size, recipe); }
void wgmma(const ConvQ8& conv, int32_t size, Recipe* recipe) { plan_wgmma(conv, size, recipe); }
void depthwise(const ConvQ8& conv, int32_t size, Recipe* recipe) { plan_depthwise(conv, size, recipe); }

constexpr Form<ConvQ8> kForms[] = {
    {"direct q8", always<ConvQ8>, direct, score<1, ConvQ8>},
    {"tensor cores", mma_sizes, tensor_cores, mma_score, true},
    {"sparse tensor cores", sparse_sizes, sparse, score<15, ConvQ8>, true},
    {"depthwise q8", depthwise_sizes, depthwise, depthwise_score, true},
    {"wgmma", wgmma_sizes, wgmma, wgmma_score, true},
    {"tensor cores, split depth", split_sizes, split, split_score, true},
};

}  // namespace

int32_t variants_conv_q8(const Node& node) {
  const std::vector<ConvLaunch> launches = conv_launches(node);
  return launches.empty() ? 1 : variants_of(kForms, ConvQ8(node, launches[0]));
}

void plan_conv_q8(const Node& node, Recipe* recipe) {
  for (const ConvLaunch& l : conv_launches(node)) plan_by_form(kForms, ConvQ8(node, l), node, recipe);
}

bool plan_conv_q8_with_sum(const Node& node, const Sum& sum, Recipe* recipe) {
  const std::vector<ConvLaunch> launches = conv_launches(node);
  return launches.size() == 1 && takes_sum(sum) && plan_by_form(kForms, ConvQ8(node, launches[0], &sum), node, recipe, true);
}

}  // namespace inlay::cuda

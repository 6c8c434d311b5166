// SPDX-License-Identifier: Apache-2.0
// Float convolutions of all four kinds: the forms they are computed in.
#include "ops/forms.h"

namespace inlay::cuda {
namespace {

void direct(const ConvReal& conv, int32_t, Recipe* recipe) { plan_conv_float_direct(conv.node, conv.l, recipe); }

constexpr Form<ConvReal> kForms[] = {
    {"direct", always<ConvReal>, direct, score<1, ConvReal>},
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

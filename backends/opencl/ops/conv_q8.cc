// SPDX-License-Identifier: Apache-2.0
// Convolution-like ops of int8 and uint8: the choice of a form.
#include <algorithm>

#include "ops/conv_forms.h"

namespace inlay::opencl {
namespace {

using Plan = void (*)(const ConvQ8&, Recipe*);
struct Form {
  const char* name;
  Plan plan;
  bool (*takes)(const ConvQ8&);
  int32_t cpu, gpu, gpu_dot8;  ///< how good: the greatest is the choice
};

template <int32_t kVector>
void wide(const ConvQ8& conv, Recipe* recipe) {
  plan_wide(conv, kVector, recipe);
}
template <int32_t kVector>
void depthwise(const ConvQ8& conv, Recipe* recipe) {
  plan_depthwise(conv, kVector, recipe);
}

/// Fewer output channels would leave most of a vector empty.
template <int32_t kLeast>
bool takes_wide(const ConvQ8& conv) {
  return conv.weights != nullptr && conv.l.group_out >= kLeast;
}
template <int32_t kVector>
bool takes_depthwise(const ConvQ8& conv) {
  return conv.node.node->kind == INLAY_OP_DEPTHWISE_CONV_2D && conv.weights != nullptr && conv.l.group_out == 1 &&
         conv.l.out_c >= kVector;
}
bool takes_dot(const ConvQ8& conv) {
  return conv.weights != nullptr && conv.l.group_in % 4 == 0 && conv.l.group_out >= 2 && conv.fits_int8();
}

constexpr Form kForms[] = {
    {"direct q8", plan_direct, [](const ConvQ8&) { return true; }, 0, 0, 0},
    {"wide q8, 16 channels", wide<16>, takes_wide<9>, 3, 1, 1},
    {"wide q8, 8 channels", wide<8>, takes_wide<2>, 2, 2, 2},
    {"wide q8, 4 channels", wide<4>, takes_wide<2>, 1, 3, 3},
    {"dot q8", plan_dot, takes_dot, 1, 2, 4},
    {"depthwise q8, 16 channels", depthwise<16>, takes_depthwise<16>, 6, 4, 4},
    {"depthwise q8, 4 channels", depthwise<4>, takes_depthwise<4>, 5, 5, 5},
};

std::vector<const Form*> forms_of(const ConvQ8& conv) {
  std::vector<const Form*> forms;
  for (const Form& form : kForms) {
    if (form.takes(conv)) forms.push_back(&form);
  }
  return forms;
}

/// What a tuned plan says; else by the kind of device.
const Form& form_of(const ConvQ8& conv) {
  const std::vector<const Form*> forms = forms_of(conv);
  const auto variant = static_cast<size_t>(conv.node.variant());
  if (variant >= 1 && variant <= forms.size()) return *forms[variant - 1];
  const Caps& caps = *conv.node.caps;
  const auto score = [&](const Form* f) { return !caps.gpu ? f->cpu : caps.dot8 ? f->gpu_dot8 : f->gpu; };
  return **std::max_element(forms.begin(), forms.end(), [&](const Form* a, const Form* b) { return score(a) < score(b); });
}

}  // namespace

int32_t variants_conv_q8(const Node& node) {
  const std::vector<ConvLaunch> launches = conv_launches(node);
  return launches.empty() ? 1 : static_cast<int32_t>(forms_of(ConvQ8(node, launches[0])).size());
}

void plan_conv_q8(const Node& node, Recipe* recipe) {
  for (const ConvLaunch& l : conv_launches(node)) {
    const ConvQ8 conv(node, l);
    const Form& form = form_of(conv);
    recipe->kernel = form.name;
    form.plan(conv, recipe);
  }
}

}  // namespace inlay::opencl

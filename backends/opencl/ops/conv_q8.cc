// SPDX-License-Identifier: Apache-2.0
// Convolution-like ops of int8 and uint8, in the arithmetic of docs/numerics.md: their numbers, and the choice of a form.
#include "ops/conv_q8.h"

#include <algorithm>

#include "core/quant.h"

namespace inlay::opencl {
namespace {

ConvQuant8 quant_of(const Node& node) {
  const inlay_tensor& out = node.output();
  const QuantRange range = activation_range(out.dtype, node.node->activation, scale_of(&out), zero_point_of(&out));
  return {zero_point_of(node.input(0)), zero_point_of(node.input(1)), zero_point_of(&out), range.min, range.max};
}

std::vector<float> scales_of(const Node& node, int32_t channels) {
  const inlay_quant& weights = node.input(1)->quant;
  std::vector<float> scales(static_cast<size_t>(channels));
  for (size_t c = 0; c < scales.size(); ++c) {
    scales[c] = scale_of(node.input(0)) * weights.scales[weights.count == 1 ? 0 : c] / scale_of(&node.output());
  }
  return scales;
}

std::vector<int32_t> bias_of(const Node& node, int32_t channels) {
  const inlay_tensor* bias = node.input(2);
  const auto* values = bias != nullptr ? static_cast<const int32_t*>(bias->data) : nullptr;
  return values != nullptr ? std::vector<int32_t>(values, values + channels) : std::vector<int32_t>(static_cast<size_t>(channels));
}

// ---- forms ---------------------------------------------------------------------------------------------------------------

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

ConvQ8::ConvQ8(const Node& n, const ConvLaunch& launch)
    : node(n),
      l(launch),
      quant(quant_of(n)),
      scales(scales_of(n, launch.out_c)),
      bias(bias_of(n, launch.out_c)),
      weights(is_constant(n.input(1)) ? static_cast<const uint8_t*>(n.input(1)->data) : nullptr),
      is_signed(n.input(1)->dtype == INLAY_INT8) {
  for (int32_t tap = 0; tap < l.taps(); ++tap) {
    tap_at.push_back(l.w_first + tap / l.filter_w * l.w_row + tap % l.filter_w * l.w_column);
  }
}

bool ConvQ8::fits_int8() const {
  const auto count = static_cast<size_t>(element_count(*node.input(1)));
  if (is_signed && quant.weight_zero == 0) return true;
  return std::all_of(weights, weights + count, [&](uint8_t stored) {
    const int32_t w = (is_signed ? static_cast<int8_t>(stored) : stored) - quant.weight_zero;
    return w >= -128 && w <= 127;
  });
}

int32_t ConvQ8::folded_bias(int32_t c, int32_t in_zero) const {
  uint32_t sum = 0;
  for (int32_t tap = 0; tap < l.taps(); ++tap) {
    for (int32_t i = 0; i < l.group_in; ++i) sum += static_cast<uint32_t>(weight(c, tap, i));
  }
  return static_cast<int32_t>(static_cast<uint32_t>(bias[static_cast<size_t>(c)]) - static_cast<uint32_t>(in_zero) * sum);
}

std::vector<int32_t> blocked_bias(const ConvQ8& conv, const Blocks& blocks, int32_t in_zero) {
  std::vector<int32_t> out;
  for (int32_t block = 0; block < blocks.all; ++block) {
    for (int32_t lane = 0; lane < blocks.width; ++lane) {
      const int32_t c = blocks.channel(conv.l, block, lane);
      out.push_back(c < 0 ? 0 : conv.folded_bias(c, in_zero));
    }
  }
  return out;
}

std::vector<float> blocked_scales(const ConvQ8& conv, const Blocks& blocks) {
  std::vector<float> out;
  for (int32_t block = 0; block < blocks.all; ++block) {
    for (int32_t lane = 0; lane < blocks.width; ++lane) {
      const int32_t c = blocks.channel(conv.l, block, lane);
      out.push_back(c < 0 ? 0.0f : conv.scales[static_cast<size_t>(c)]);
    }
  }
  return out;
}

const char* reject_conv_q8(const Node&) { return nullptr; }

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

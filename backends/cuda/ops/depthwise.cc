// SPDX-License-Identifier: Apache-2.0
#include "ops/depthwise.h"

namespace inlay::cuda {
namespace {

/// By falling work of a thread.
constexpr DepthwiseForm kForms[] = {{"16x1", 16, 1}, {"4x4", 4, 4}, {"4x2", 4, 2}, {"4x1", 4, 1}, {"1x1", 1, 1}};
constexpr int64_t kThreadsOfUnit = 512;  ///< four warps to each of an SM's four schedulers, which hide a load behind others

}  // namespace

std::vector<const DepthwiseForm*> depthwise_forms_for(const ConvShape& s) {
  std::vector<const DepthwiseForm*> fit;
  for (const DepthwiseForm& form : kForms) {
    if (s.out_c % form.channels == 0) fit.push_back(&form);
  }
  return fit;
}

const DepthwiseForm& choose_depthwise_form(const ConvShape& s, int32_t units) {
  const std::vector<const DepthwiseForm*> fit = depthwise_forms_for(s);
  const bool words = s.out_c % 4 == 0;
  for (const DepthwiseForm* form : fit) {
    if (depthwise_threads(s, *form) >= kThreadsOfUnit * units && (form->channels > 1 || !words)) return *form;
  }
  return words ? kForms[3] : kForms[4];
}

std::string depthwise_options(const ConvShape& s, const DepthwiseForm& form) {
  return std::string(form.name) + (s.filter_h == 3 && s.filter_w == 3 ? " 3x3" : "");
}

int64_t depthwise_threads(const ConvShape& s, const DepthwiseForm& form) {
  const int64_t runs = (s.columns + form.pixels - 1) / form.pixels;
  return static_cast<int64_t>(s.batch) * s.rows * runs * (s.out_c / form.channels);
}

std::vector<uint8_t> pack_depthwise_weights(const ConvShape& s, const WeightOf& weight) {
  std::vector<uint8_t> packed;
  for (int32_t tap = 0; tap < s.filter_h * s.filter_w; ++tap) {
    for (int32_t c = 0; c < s.out_c; ++c) packed.push_back(static_cast<uint8_t>(weight(c, tap, 0)));
  }
  return packed;
}

}  // namespace inlay::cuda

// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_dot.h"

#include <algorithm>

namespace inlay::cuda {
namespace {

constexpr DotForm kForms[] = {{"8x4", 8, 4}, {"8x1", 8, 1}, {"4x4", 4, 4}, {"4x1", 4, 1}, {"1x4", 1, 4}, {"1x1", 1, 1}};
constexpr int32_t kShortDepth = 64;  ///< values of a sum: one block of depth of a tile, of which little is used

int32_t ceil_div(int32_t a, int32_t b) { return (a + b - 1) / b; }
int32_t groups(const ConvShape& s) { return s.out_c / s.group_out; }
bool words(const ConvShape& s) { return (s.in_c | s.group_in) % 4 == 0; }

/// Clocks of a launch, as conv_mma.cc counts them: a thread's instructions, of which an SM takes 128 a clock, half as many of
/// dp4a (CUDA C++ Programming Guide, "Arithmetic Instructions"), and a wait for memory at each tap, which other warps hide. To
/// find a pixel takes 8, a word of it 2 or, byte by byte, 3 for each; a result 14.
double clocks(const ConvShape& s, const DotForm& form, int32_t units) {
  const double taps = s.filter_h * s.filter_w, depth = ceil_div(s.group_in, 4), made = form.channels * form.pixels;
  const double word = words(s) ? 2.0 : 3.0 * std::min(s.group_in, 4);
  const double of_word = 2.0 + ceil_div(form.channels, 4) + form.pixels * word + 2.0 * made;
  const double instructions = 40.0 + taps * (8.0 * form.pixels + depth * of_word) + 14.0 * made;
  const auto threads = static_cast<double>((dot_threads(s, form) + 127) / 128 * 128);
  const double busy = std::max(threads / units, 128.0) * instructions / 128.0;
  const double waits = 700.0 + 40.0 * taps * depth;
  return 800.0 + std::max(busy, waits) + 0.2 * std::min(busy, waits);
}

}  // namespace

std::vector<const DotForm*> dot_forms_for(const ConvShape& s) {
  std::vector<const DotForm*> fit;
  if (groups(s) == 1 && s.filter_h * s.filter_w * s.group_in > kShortDepth) return fit;
  for (const DotForm& form : kForms) {
    if (form.channels <= 2 * s.group_out || form.channels == 1) fit.push_back(&form);
  }
  return fit;
}

const DotForm& choose_dot_form(const ConvShape& s, int32_t units) {
  const std::vector<const DotForm*> fit = dot_forms_for(s);
  return **std::min_element(fit.begin(), fit.end(), [&](const DotForm* a, const DotForm* b) {
    return clocks(s, *a, std::max(units, 1)) < clocks(s, *b, std::max(units, 1));
  });
}

bool dot_is_faster(const ConvShape& s, size_t shared_limit, int32_t units) {
  const int32_t some = std::max(units, 1);
  const MmaTile& tile = choose_mma_tile(s, mma_tiles_for(s, shared_limit), some);
  return clocks(s, choose_dot_form(s, some), some) < mma_clocks(s, tile, some);
}

std::string dot_options(const ConvShape& s, const DotForm& form) {
  return std::string(form.name) + (words(s) ? " words" : " bytes");
}

int64_t dot_threads(const ConvShape& s, const DotForm& form) {
  return static_cast<int64_t>(s.batch) * s.rows * ceil_div(s.columns, form.pixels) * groups(s) *
         ceil_div(s.group_out, form.channels);
}

std::vector<uint8_t> pack_dot_weights(const ConvShape& s, const DotForm& form, const WeightOf& weight) {
  const int32_t taps = s.filter_h * s.filter_w, depth = ceil_div(s.group_in, 4), blocks = ceil_div(s.group_out, form.channels);
  std::vector<uint8_t> packed(static_cast<size_t>(groups(s) * blocks) * static_cast<size_t>(taps * depth * form.channels * 4));
  for (int32_t c = 0; c < s.out_c; ++c) {
    const int32_t inner = c % s.group_out, block = c / s.group_out * blocks + inner / form.channels;
    for (int32_t k = 0; k < taps * s.group_in; ++k) {
      const int32_t tap = k / s.group_in, i = k % s.group_in;
      const auto word = static_cast<size_t>(block * taps * depth + tap * depth + i / 4);
      const auto at = (word * static_cast<size_t>(form.channels) + static_cast<size_t>(inner % form.channels)) * 4 +
                      static_cast<size_t>(i % 4);
      packed[at] = static_cast<uint8_t>(weight(c, tap, i));
    }
  }
  return packed;
}

}  // namespace inlay::cuda

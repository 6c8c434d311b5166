// SPDX-License-Identifier: Apache-2.0
// What kernels of 8-bit convolutions on tensor cores take, made from a case.
#pragma once
#include "ops/conv_mma.h"
#include "tests/conv_case.h"

namespace inlay::cuda {

struct ConvArguments {
  /// `pack`: how the kernel wants its weights, such as pack_mma_weights.
  template <typename Pack>
  ConvArguments(const ConvCase& c, Pack pack)
      : numbers(mma_numbers(c.s)),
        weights(pack(c.s, [&c](int32_t o, int32_t tap, int32_t i) { return c.weight(o, tap, i); })),
        scales(pad_channels(c.s, c.scales)),
        fill(16, static_cast<uint8_t>(c.in_zero)),
        out(c.outputs(), 0x77) {
    numbers.out_zero = c.out_zero, numbers.low = c.low, numbers.high = c.high;
    numbers.is_signed = c.is_signed, numbers.has_sum = c.has_sum, numbers.sum = c.sum;
    std::vector<int32_t> folded;
    for (int32_t o = 0; o < c.s.out_c; ++o) folded.push_back(c.folded(o, c.in_zero - (c.is_signed ? 0 : 128)));
    bias = pad_channels(c.s, folded);
  }
  MmaConv numbers;
  std::vector<uint8_t> weights;
  std::vector<int32_t> bias;
  std::vector<float> scales;
  std::vector<uint8_t> fill, out;
};

}  // namespace inlay::cuda

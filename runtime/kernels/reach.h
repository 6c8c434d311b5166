// SPDX-License-Identifier: Apache-2.0
// Which inputs reach an output coordinate of a transposed convolution.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// The taps that reach one output coordinate: tap `filter` from input `in`, then every `stride`-th tap from the input before.
struct Reach {
  int32_t filter, in;
};

/// in_size >= 1; out + pad and the filter stay far below 2^31.
inline Reach reach(int32_t out, int32_t pad, int32_t stride, int32_t in_size) {
  Reach r = {(out + pad) % stride, (out + pad) / stride};
  if (r.in >= in_size) {  // begin at the last input
    r.filter += (r.in - (in_size - 1)) * stride;
    r.in = in_size - 1;
  }
  return r;
}

}  // namespace inlay::kernels

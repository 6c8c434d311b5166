// SPDX-License-Identifier: Apache-2.0
#include "kernels/rnn.h"

#include <cstring>

namespace inlay::kernels {
namespace {

/// `add(x, h, y)` adds both products to y, which holds the bias.
template <typename Add>
void run(const Rnn& rnn, const float* x, float* h, float* y, Add add) {
  const RnnShape& s = rnn.shape;
  const size_t bytes = sizeof(float) * static_cast<size_t>(s.units);
  for (int32_t b = 0; b < s.batch; ++b, h += s.units) {
    for (int32_t t = 0; t < s.steps; ++t) {
      const int64_t at = (rnn.backward != 0 ? s.steps - 1 - t : t) * s.time_stride + b * s.batch_stride;
      float* const out = y + at * s.units;
      std::memcpy(out, rnn.bias, bytes);
      add(x + at * s.in, h, out);
      activate_f32(s.units, rnn.activation, out);
      std::memcpy(h, out, bytes);
    }
  }
}

}  // namespace

void rnn_f32(const Rnn& rnn, const float* x, float* h, float* y) {
  const RnnShape& s = rnn.shape;
  run(rnn, x, h, y, [&](const float* xv, const float* hv, float* out) {
    add_product_f32(s.units, s.in, static_cast<const float*>(rnn.input), xv, out);
    add_product_f32(s.units, s.units, static_cast<const float*>(rnn.recurrent), hv, out);
  });
}

void rnn_hybrid(const Rnn& rnn, const float* x, float* h, float* y, void* scratch) {
  const RnnShape& s = rnn.shape;
  auto* const x_room = static_cast<int8_t*>(scratch);
  int8_t* const h_room = x_room + s.in;
  run(rnn, x, h, y, [&](const float* xv, const float* hv, float* out) {
    add_product_hybrid(s.units, s.in, static_cast<const int8_t*>(rnn.input), rnn.input_scale,
                       quantize_vector(s.in, xv, rnn.asymmetric != 0, x_room), out);
    add_product_hybrid(s.units, s.units, static_cast<const int8_t*>(rnn.recurrent), rnn.recurrent_scale,
                       quantize_vector(s.units, hv, rnn.asymmetric != 0, h_room), out);
  });
}

}  // namespace inlay::kernels

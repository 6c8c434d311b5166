// SPDX-License-Identifier: Apache-2.0
// Gates hold 12 bits of fraction before, 15 bits after their function.
#include <cmath>
#include <cstring>

#include "kernels/lstm.h"
#include "kernels/tanh_q15.h"

namespace inlay::kernels {
namespace {

constexpr QuantRange kInt16 = {-32768, 32767};

int16_t saturate16(int32_t v) { return static_cast<int16_t>(v < kInt16.min ? kInt16.min : v > kInt16.max ? kInt16.max : v); }

/// rint(acc * scale), bounded so that adding an int16 still saturates on the right side.
template <typename Acc>
int32_t scaled(Acc acc, float scale) {
  constexpr float kBound = 65536.0f;
  const float v = static_cast<float>(acc) * scale;
  return round_even(v > kBound ? kBound : v > -kBound ? v : -kBound);
}

/// v / 2^bits, ties up.
int32_t shift_round(int32_t v, int32_t bits) { return (v + (1 << (bits - 1))) >> bits; }

/// What differs between 8- and 16-bit activations.
template <typename A>
struct Traits;
template <>
struct Traits<int8_t> {
  using Acc = int32_t;
  static constexpr QuantRange kRange = {-128, 127};
  static Acc add(Acc a, Acc b) { return static_cast<Acc>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b)); }
};
template <>
struct Traits<int16_t> {
  using Acc = int64_t;
  static constexpr QuantRange kRange = kInt16;
  static Acc add(Acc a, Acc b) { return static_cast<Acc>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
};

/// v becomes (v - mean) / deviation in units of 2^-10, times coefficients, plus bias, in units of 2^-12. n <= 32768, so that
/// the sums below fit 64 bits.
template <typename Acc>
void normalize(int32_t n, const int16_t* coefficients, float scale, const Acc* bias, int16_t* v) {
  int64_t sum = 0, squares = 0;
  for (int32_t i = 0; i < n; ++i) {
    sum += v[i];
    squares += static_cast<int64_t>(v[i]) * v[i];
  }
  const int64_t variance = n * squares - sum * sum;  // n^2 times the variance
  const float inverse = variance > 0 ? 1024.0f / std::sqrt(static_cast<float>(variance)) : 0.0f;
  for (int32_t i = 0; i < n; ++i) {
    const int64_t unit = round_even(static_cast<float>(n * static_cast<int64_t>(v[i]) - sum) * inverse);
    const int64_t value = Traits<int16_t>::add(unit * coefficients[i], Traits<int16_t>::add(bias[i], 512));  // wraps, as any sum
    v[i] = saturate16(scaled(value >> 10, scale));
  }
}

template <typename A>
class Layer {
 public:
  Layer(const IntegerLstm& lstm, void* scratch) : l_(lstm), s_(lstm.shape) {
    auto* room = static_cast<int16_t*>(scratch);
    for (auto& gate : gate_) {
      gate = room;
      room += s_.cell;
    }
    hidden_ = reinterpret_cast<A*>(room);
  }

  void step(const A* x, A* h, int16_t* c, A* y) {
    int16_t* const i = gate_[kInputGate];
    int16_t* const f = gate_[kForgetGate];
    int16_t* const g = gate_[kCellGate];
    int16_t* const o = gate_[kOutputGate];
    sum(kForgetGate, x, h, c);
    logistic(f);
    if (l_.gates[kInputGate].recurrent != nullptr) {
      sum(kInputGate, x, h, c);
      logistic(i);
    } else {
      for (int32_t k = 0; k < s_.cell; ++k) i[k] = static_cast<int16_t>(32767 - f[k]);
    }
    sum(kCellGate, x, h, c);
    for (int32_t k = 0; k < s_.cell; ++k) g[k] = static_cast<int16_t>(tanh_q15(g[k] * 8));
    for (int32_t k = 0; k < s_.cell; ++k) {
      c[k] = saturate16(shift_round(f[k] * c[k], 15) + shift_round(i[k] * g[k], 30 - l_.cell_bits));
    }
    clip(s_.cell, l_.cell_clip, c);
    sum(kOutputGate, x, h, c);
    logistic(o);
    A* const hidden = l_.projection != nullptr ? hidden_ : h;
    for (int32_t k = 0; k < s_.cell; ++k) {
      const int32_t value = o[k] * tanh_q15(c[k] * (1 << (15 - l_.cell_bits)));
      hidden[k] = static_cast<A>(requantize(value, l_.hidden_scale, l_.hidden_zero, Traits<A>::kRange));
    }
    if (l_.projection != nullptr) project(h);
    std::memcpy(y, h, sizeof(A) * static_cast<size_t>(s_.out));
  }

 private:
  using Acc = typename Traits<A>::Acc;

  void logistic(int16_t* v) const {
    for (int32_t k = 0; k < s_.cell; ++k) v[k] = static_cast<int16_t>(logistic_q15(v[k]));
  }

  template <typename T>
  static void clip(int32_t n, int32_t limit, T* v) {
    if (limit <= 0) return;
    for (int32_t k = 0; k < n; ++k) v[k] = static_cast<T>(v[k] < -limit ? -limit : v[k] > limit ? limit : v[k]);
  }

  /// Each addition saturates: the order is part of the definition.
  void sum(int index, const A* x, const A* h, const int16_t* c) {
    const auto& gate = l_.gates[index];
    const GateScales& scales = l_.scales[index];
    const auto* bias = static_cast<const Acc*>(gate.bias);
    int16_t* const v = gate_[index];
    for (int32_t k = 0; k < s_.cell; ++k) {
      const auto at = static_cast<size_t>(k);
      const Acc from_x = dot(s_.in, x, l_.input_zero, gate.input + at * static_cast<size_t>(s_.in));
      const Acc from_h = dot(s_.out, h, l_.output_zero, gate.recurrent + at * static_cast<size_t>(s_.out));
      v[k] = saturate16(scaled(gate.norm != nullptr ? from_x : Traits<A>::add(from_x, bias[k]), scales.input));
      v[k] = saturate16(v[k] + scaled(from_h, scales.recurrent));
      if (gate.peephole != nullptr) v[k] = saturate16(v[k] + scaled(c[k] * gate.peephole[k], scales.peephole));
    }
    if (gate.norm != nullptr) normalize(s_.cell, gate.norm, scales.norm, bias, v);
  }

  void project(A* h) {
    const auto* bias = static_cast<const Acc*>(l_.projection_bias);
    const int8_t* w = l_.projection;
    for (int32_t k = 0; k < s_.out; ++k, w += s_.cell) {
      const Acc acc = Traits<A>::add(dot(s_.cell, hidden_, l_.hidden_zero, w), bias != nullptr ? bias[k] : 0);
      const int32_t v = scaled(acc, l_.projection_scale) + l_.output_zero;
      const QuantRange range = Traits<A>::kRange;
      h[k] = static_cast<A>(v < range.min ? range.min : v > range.max ? range.max : v);
    }
    clip(s_.out, l_.projection_clip, h);
  }

  const IntegerLstm& l_;
  const LstmShape& s_;
  int16_t* gate_[kLstmGates];
  A* hidden_;
};

template <typename A>
void run(const IntegerLstm& lstm, const A* x, A* h, int16_t* c, A* y, void* scratch) {
  const LstmShape& s = lstm.shape;
  Layer<A> layer(lstm, scratch);
  for (int32_t b = 0; b < s.batch; ++b, h += s.out, c += s.cell) {
    for (int32_t t = 0; t < s.steps; ++t) {
      const int64_t at = (s.backward != 0 ? s.steps - 1 - t : t) * s.time_stride + b * s.batch_stride;
      layer.step(x + at * s.in, h, c, y + at * s.out);
    }
  }
}

}  // namespace

void lstm_integer(const IntegerLstm& lstm, const int8_t* x, int8_t* h, int16_t* c, int8_t* y, void* scratch) {
  run(lstm, x, h, c, y, scratch);
}

void lstm_integer(const IntegerLstm& lstm, const int16_t* x, int16_t* h, int16_t* c, int16_t* y, void* scratch) {
  run(lstm, x, h, c, y, scratch);
}

}  // namespace inlay::kernels

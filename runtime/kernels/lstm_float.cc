// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>

#include "core/math.h"
#include "kernels/lstm.h"

namespace inlay::kernels {
namespace {

/// A vector as its weights want it: floats as they are, int8 weights a quantized copy.
template <typename W>
struct Operand;
template <>
struct Operand<float> {
  using Type = const float*;
  static Type make(int32_t, const float* x, bool, int8_t*) { return x; }
  static void add(int32_t rows, int32_t cols, const float* w, float, Type x, float* out) { add_product_f32(rows, cols, w, x, out); }
  static float weight(float w, float) { return w; }
};
template <>
struct Operand<int8_t> {
  using Type = DynamicVector;
  static Type make(int32_t count, const float* x, bool asymmetric, int8_t* room) { return quantize_vector(count, x, asymmetric, room); }
  static void add(int32_t rows, int32_t cols, const int8_t* w, float scale, const Type& x, float* out) {
    add_product_hybrid(rows, cols, w, scale, x, out);
  }
  static float weight(int8_t w, float scale) { return static_cast<float>(w) * scale; }
};

void normalize(int32_t n, const float* coefficients, const float* bias, float* v) {
  const auto count = static_cast<float>(n);
  float sum = 0.0f, squares = 0.0f;
  for (int32_t i = 0; i < n; ++i) sum += v[i];
  const float mean = sum / count;
  for (int32_t i = 0; i < n; ++i) squares += (v[i] - mean) * (v[i] - mean);
  const float inverse = 1.0f / std::sqrt(squares / count + 1e-8f);
  for (int32_t i = 0; i < n; ++i) v[i] = (v[i] - mean) * inverse * coefficients[i] + bias[i];
}

void clip(int32_t n, float limit, float* v) {
  if (!(limit > 0.0f)) return;
  for (int32_t i = 0; i < n; ++i) v[i] = clamp(v[i], {-limit, limit});
}

template <typename W>
class Layer {
 public:
  Layer(const FloatLstm<W>& lstm, void* scratch) : l_(lstm), s_(lstm.shape) {
    auto* floats = static_cast<float*>(scratch);
    for (auto& gate : gate_) {
      gate = floats;
      floats += s_.cell;
    }
    x_room_ = reinterpret_cast<int8_t*>(floats);
    h_room_ = x_room_ + s_.in;
    hidden_room_ = h_room_ + s_.out;
  }

  void step(const float* x, float* h, float* c, float* y) {
    const Vector xv = Operand<W>::make(s_.in, x, l_.asymmetric != 0, x_room_);
    const Vector hv = Operand<W>::make(s_.out, h, l_.asymmetric != 0, h_room_);
    float* const i = gate_[kInputGate];
    float* const f = gate_[kForgetGate];
    float* const g = gate_[kCellGate];
    float* const o = gate_[kOutputGate];
    sum(kForgetGate, xv, hv, c);
    logistic(f);
    if (l_.gates[kInputGate].recurrent != nullptr) {
      sum(kInputGate, xv, hv, c);
      logistic(i);
    } else {
      for (int32_t k = 0; k < s_.cell; ++k) i[k] = 1.0f - f[k];
    }
    sum(kCellGate, xv, hv, c);
    activate_f32(s_.cell, l_.activation, g);
    for (int32_t k = 0; k < s_.cell; ++k) c[k] = f[k] * c[k] + i[k] * g[k];
    clip(s_.cell, l_.cell_clip, c);
    sum(kOutputGate, xv, hv, c);
    logistic(o);
    std::memcpy(g, c, sizeof(float) * static_cast<size_t>(s_.cell));
    activate_f32(s_.cell, l_.activation, g);
    for (int32_t k = 0; k < s_.cell; ++k) g[k] *= o[k];
    emit(g, h);
    std::memcpy(y, h, sizeof(float) * static_cast<size_t>(s_.out));
  }

 private:
  using Vector = typename Operand<W>::Type;

  void logistic(float* v) const {
    for (int32_t k = 0; k < s_.cell; ++k) v[k] = logistic_det(v[k]);
  }

  void sum(int index, const Vector& x, const Vector& h, const float* c) {
    const auto& gate = l_.gates[index];
    const GateScales& scales = l_.scales[index];
    float* const v = gate_[index];
    for (int32_t k = 0; k < s_.cell; ++k) v[k] = gate.norm != nullptr ? 0.0f : gate.bias[k];
    Operand<W>::add(s_.cell, s_.in, gate.input, scales.input, x, v);
    Operand<W>::add(s_.cell, s_.out, gate.recurrent, scales.recurrent, h, v);
    if (gate.peephole != nullptr) {
      for (int32_t k = 0; k < s_.cell; ++k) v[k] += c[k] * Operand<W>::weight(gate.peephole[k], scales.peephole);
    }
    if (gate.norm != nullptr) normalize(s_.cell, gate.norm, gate.bias, v);
  }

  void emit(const float* hidden, float* h) {
    if (l_.projection == nullptr) {
      std::memcpy(h, hidden, sizeof(float) * static_cast<size_t>(s_.out));
      return;
    }
    const Vector v = Operand<W>::make(s_.cell, hidden, l_.asymmetric != 0, hidden_room_);
    for (int32_t k = 0; k < s_.out; ++k) h[k] = l_.projection_bias != nullptr ? l_.projection_bias[k] : 0.0f;
    Operand<W>::add(s_.out, s_.cell, l_.projection, l_.projection_scale, v, h);
    clip(s_.out, l_.projection_clip, h);
  }

  const FloatLstm<W>& l_;
  const LstmShape& s_;
  float* gate_[kLstmGates];
  int8_t *x_room_, *h_room_, *hidden_room_;
};

template <typename W>
void run(const FloatLstm<W>& lstm, const float* x, float* h, float* c, float* y, void* scratch) {
  const LstmShape& s = lstm.shape;
  Layer<W> layer(lstm, scratch);
  for (int32_t b = 0; b < s.batch; ++b, h += s.out, c += s.cell) {
    for (int32_t t = 0; t < s.steps; ++t) {
      const int64_t at = (s.backward != 0 ? s.steps - 1 - t : t) * s.time_stride + b * s.batch_stride;
      layer.step(x + at * s.in, h, c, y + at * s.out);
    }
  }
}

}  // namespace

void lstm_float(const FloatLstm<float>& lstm, const float* x, float* h, float* c, float* y, void* scratch) {
  run(lstm, x, h, c, y, scratch);
}

void lstm_float(const FloatLstm<int8_t>& lstm, const float* x, float* h, float* c, float* y, void* scratch) {
  run(lstm, x, h, c, y, scratch);
}

}  // namespace inlay::kernels

// SPDX-License-Identifier: Apache-2.0
#include "kernels/compare.h"

#include <cmath>

namespace inlay::kernels {
namespace {

template <typename T, typename Value>
inline void compare_values(const Broadcast& plan, Comparison how, const T* a, const T* b, uint8_t* output, Value value_of_a,
                           Value value_of_b) {
  switch (how) {
    case Comparison::kEqual:
      for_each_pair(plan, a, b, output, [=](T x, T y) { return static_cast<uint8_t>(value_of_a(x) == value_of_b(y)); });
      return;
    case Comparison::kNotEqual:
      for_each_pair(plan, a, b, output, [=](T x, T y) { return static_cast<uint8_t>(value_of_a(x) != value_of_b(y)); });
      return;
    case Comparison::kLess:
      for_each_pair(plan, a, b, output, [=](T x, T y) { return static_cast<uint8_t>(value_of_a(x) < value_of_b(y)); });
      return;
    case Comparison::kLessEqual:
      for_each_pair(plan, a, b, output, [=](T x, T y) { return static_cast<uint8_t>(value_of_a(x) <= value_of_b(y)); });
      return;
  }
}

struct AsStored {
  template <typename T>
  T operator()(T v) const {
    return v;
  }
};

struct Rescaled {
  int64_t factor, zero;
  int32_t shift;
  explicit Rescaled(const CompareScale& s) : factor(int64_t{s.factor} * (1 << s.left)), zero(s.zero), shift(s.shift) {}
  int32_t operator()(int32_t q) const {
    const int64_t h = ((q - zero) * factor + (int64_t{1} << 30)) >> 31;  // below 2^(16 + 15) in magnitude
    const int64_t mask = (int64_t{1} << shift) - 1;
    return static_cast<int32_t>((h >> shift) + ((h & mask) > (mask >> 1) + (h < 0 ? 1 : 0) ? 1 : 0));
  }
};

}  // namespace

template <typename T>
void compare(const Broadcast& plan, Comparison how, const T* a, const T* b, uint8_t* output) {
  compare_values(plan, how, a, b, output, AsStored(), AsStored());
}

void compare_bool(const Broadcast& plan, Comparison how, const uint8_t* a, const uint8_t* b, uint8_t* output) {
  const uint8_t same = how == Comparison::kEqual ? 1 : 0;
  for_each_pair(plan, a, b, output, [=](uint8_t x, uint8_t y) {
    return static_cast<uint8_t>((x != 0) == (y != 0) ? same : 1 - same);
  });
}

bool make_compare_scale(float scale, int32_t zero, CompareScale* out) {
  if (!(scale > 0.0f && scale < 128.0f)) return false;
  // scale = fraction * 2^exponent with the fraction in [1/2, 1): a float's 24 bits fit into the factor as they are.
  int exponent = 0;
  const float fraction = std::frexp(scale, &exponent);
  out->factor = static_cast<int32_t>(fraction * 2147483648.0f);
  out->left = 8 + (exponent > 0 ? exponent : 0);
  out->shift = exponent > 0 ? 0 : exponent < -31 ? 31 : -exponent;  // h < 2^25 below a scale of 1: it vanishes long before 31
  out->zero = zero;
  return true;
}

template <typename T>
void compare_quant(const Broadcast& plan, Comparison how, const CompareScale& a_scale, const CompareScale& b_scale, const T* a,
                   const T* b, uint8_t* output) {
  compare_values(plan, how, a, b, output, Rescaled(a_scale), Rescaled(b_scale));
}

template void compare(const Broadcast&, Comparison, const float*, const float*, uint8_t*);
template void compare(const Broadcast&, Comparison, const int8_t*, const int8_t*, uint8_t*);
template void compare(const Broadcast&, Comparison, const uint8_t*, const uint8_t*, uint8_t*);
template void compare(const Broadcast&, Comparison, const int16_t*, const int16_t*, uint8_t*);
template void compare(const Broadcast&, Comparison, const int32_t*, const int32_t*, uint8_t*);
template void compare(const Broadcast&, Comparison, const int64_t*, const int64_t*, uint8_t*);
template void compare_quant(const Broadcast&, Comparison, const CompareScale&, const CompareScale&, const int8_t*, const int8_t*, uint8_t*);
template void compare_quant(const Broadcast&, Comparison, const CompareScale&, const CompareScale&, const uint8_t*, const uint8_t*,
                            uint8_t*);
template void compare_quant(const Broadcast&, Comparison, const CompareScale&, const CompareScale&, const int16_t*, const int16_t*,
                            uint8_t*);

}  // namespace inlay::kernels

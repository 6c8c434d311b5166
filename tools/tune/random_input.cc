// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/random_input.h"

#include <cstring>

namespace inlay::tools {
namespace {

/// Marsaglia's xorshift on 64 bits, multiplied: the high bits are the good ones.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(0x9E3779B97F4A7C15u * (seed + 1)) {}
  uint32_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>(state_ * 0x2545F4914F6CDD1Du >> 32);
  }
  /// In [-1, 1), exact in 12 bits: the same number in every float type but bfloat16 (which drops bits of it).
  float real() { return static_cast<float>(static_cast<int32_t>(next() >> 20) - 2048) / 2048.0f; }

 private:
  uint64_t state_;
};

template <typename T>
void fill(Bytes& out, T (*make)(Random&), Random& random) {
  for (size_t at = 0; at + sizeof(T) <= out.size(); at += sizeof(T)) {
    const T value = make(random);
    std::memcpy(out.data() + at, &value, sizeof(T));
  }
}

uint16_t bfloat16(Random& random) {
  const float real = random.real();
  uint32_t bits;
  std::memcpy(&bits, &real, sizeof(bits));
  return static_cast<uint16_t>(bits >> 16);
}

/// Magnitudes in [0.5, 1): the exponent fixed, sign and mantissa random, so no conversion is needed.
uint16_t float16(Random& random) {
  const uint32_t bits = random.next();
  return static_cast<uint16_t>((bits >> 16 & 0x8000) | 0x3800 | (bits & 0x3ff));
}

}  // namespace

Bytes random_input(const inlay_tensor_info& info, int32_t seed) {
  Bytes out(info.bytes);
  Random random(static_cast<uint64_t>(seed));
  switch (info.dtype) {
    case INLAY_FLOAT32:
    case INLAY_COMPLEX64: fill<float>(out, [](Random& r) { return r.real(); }, random); break;
    case INLAY_FLOAT64: fill<double>(out, [](Random& r) { return static_cast<double>(r.real()); }, random); break;
    case INLAY_FLOAT16: fill<uint16_t>(out, float16, random); break;
    case INLAY_BFLOAT16: fill<uint16_t>(out, bfloat16, random); break;
    case INLAY_INT32:
    case INLAY_UINT32: fill<uint32_t>(out, [](Random& r) { return r.next() >> 31; }, random); break;
    case INLAY_INT64:
    case INLAY_UINT64: fill<uint64_t>(out, [](Random& r) { return static_cast<uint64_t>(r.next() >> 31); }, random); break;
    case INLAY_BOOL: fill<uint8_t>(out, [](Random& r) { return static_cast<uint8_t>(r.next() >> 31); }, random); break;
    default: fill<uint8_t>(out, [](Random& r) { return static_cast<uint8_t>(r.next() >> 24); }, random); break;
  }
  return out;
}

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
// ADD and SUB int8 for Helium: four sums at a time, in 32 bits.
#include "kernels/add.h"
#include "kernels/elementwise_twins.h"
#include "kernels/mve_inl.h"

namespace inlay::kernels {
namespace {

/// The portable kernel's condition for 32 bits.
bool takes(const void* math) {
  const auto& q = *static_cast<const AddQuant*>(math);
  return q.shift > 0 && q.shift <= 30;
}

/// out[i] = the sum of a[i] times its factor, b[i] times its factor, and `start`; n > 0.
void add(const AddQuant& q, const int8_t* a, const int8_t* b, uint32_t modulo, int32_t n, int8_t* out) {
  const auto start = static_cast<int32_t>(modulo);
  const int32x4_t low = vdupq_n_s32(q.range.min), high = vdupq_n_s32(q.range.max);
#if defined(__ARM_FEATURE_MVE)
  int32x4_t x, y;  // widening loads and narrowing stores want low registers
  asm volatile(
      "dlstp.32 lr, %[n]\n"
      "1: vldrb.s32 %q[x], [%[a]], #4\n"
      "vldrb.s32 %q[y], [%[b]], #4\n"
      "vmlas.s32 %q[x], %q[factor], %[start]\n"
      "vmla.s32 %q[x], %q[y], %[b_factor]\n"
      "vrshl.s32 %q[x], %[shift]\n"
      "vqadd.s32 %q[x], %q[x], %[zero]\n"
      "vmax.s32 %q[x], %q[x], %q[low]\n"
      "vmin.s32 %q[x], %q[x], %q[high]\n"
      "vstrb.32 %q[x], [%[out]], #4\n"
      "letp lr, 1b\n"
      : [x] "=&w"(x), [y] "=&w"(y), [a] "+&l"(a), [b] "+&l"(b), [out] "+&l"(out)
      : [n] "r"(n), [factor] "w"(vdupq_n_s32(q.a_factor)), [start] "r"(start), [b_factor] "r"(q.b_factor), [shift] "r"(-q.shift),
        [zero] "r"(q.output_zero), [low] "w"(low), [high] "w"(high)
      : "lr", "memory");
#else
  for (; n > 0; n -= 4, a += 4, b += 4, out += 4) {
    const mve_pred16_t some = vctp32q(static_cast<uint32_t>(n));
    const int32x4_t x = vmlaq_n_s32(vdupq_n_s32(start), vldrbq_z_s32(a, some), q.a_factor);
    const int32x4_t v = vrshlq_n_s32(vmlaq_n_s32(x, vldrbq_z_s32(b, some), q.b_factor), -q.shift);
    vstrbq_p_s32(out, vminq_s32(vmaxq_s32(vqaddq_n_s32(v, q.output_zero), low), high), some);
  }
#endif
}

/// A value that repeats is part of the start: what is read in its place counts nothing.
void row(const void* math, const void* a_in, int64_t a_step, const void* b_in, int64_t b_step, int64_t count, void* output) {
  AddQuant q = *static_cast<const AddQuant*>(math);
  const auto* a = static_cast<const int8_t*>(a_in);
  const auto* b = static_cast<const int8_t*>(b_in);
  auto* out = static_cast<int8_t*>(output);
  const auto part = [](int32_t value, int32_t factor) { return static_cast<uint32_t>(value) * static_cast<uint32_t>(factor); };
  uint32_t start = 0 - part(q.a_zero, q.a_factor) - part(q.b_zero, q.b_factor);
  if (count > 1 && a_step == 0) {
    start += part(*a, q.a_factor);
    q.a_factor = 0;
    a = b;
  }
  if (count > 1 && b_step == 0) {
    start += part(*b, q.b_factor);
    q.b_factor = 0;
    b = a;
  }
  constexpr int64_t kMost = 1 << 30;
  for (int64_t n = count; n > 0; n -= kMost, a += kMost, b += kMost, out += kMost) {
    add(q, a, b, start, static_cast<int32_t>(n < kMost ? n : kMost), out);
  }
}

}  // namespace

extern "C" const PairTwin kAddS8Mve = {takes, row};

}  // namespace inlay::kernels

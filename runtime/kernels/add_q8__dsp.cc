// SPDX-License-Identifier: Apache-2.0
// ADD and SUB of int8 for Cortex-M: two multiply-adds, a shift and a saturation for each element. All constants, the output's
// zero point included, are one summand.
#include "kernels/add.h"
#include "kernels/dsp_inl.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {
namespace {

/// True when (a - a_zero) * a_factor + (b - b_zero) * b_factor + half + (output_zero << shift) fits into 32 bits.
bool takes(const void* math) {
  const AddQuant& q = *static_cast<const AddQuant*>(math);
  if (q.shift < 1 || q.shift > 30) return false;
  const auto size = [](int64_t v) { return v < 0 ? -v : v; };
  return 255 * (size(q.a_factor) + size(q.b_factor)) + (int64_t{1} << (q.shift - 1)) +
             size(q.output_zero) * (int64_t{1} << q.shift) <=
         INT32_MAX;
}

uint32_t bits(int32_t v) { return static_cast<uint32_t>(v); }

/// out = saturated((x * x_factor + y * y_factor + start) >> shift).
struct Sum {
  uint32_t x_factor, y_factor, start;
  int32_t shift;

  int32_t of(int8_t x, int8_t y) const { return static_cast<int32_t>(start + bits(x) * x_factor + bits(y) * y_factor) >> shift; }
};

/// `fours` > 0 times four elements; moves the pointers behind them.
void add_fours(const Sum& s, ptrdiff_t fours, const int8_t** xs, const int8_t** ys, int8_t** outs) {
  const int8_t *x = *xs, *y = *ys;
  int8_t* out = *outs;
#if INLAY_DSP_NATIVE && defined(__OPTIMIZE__)  // GCC adds `start` by itself; without optimization it has too few registers
#define INLAY_ELEMENT                                                                                                 \
  "ldrsb %[v], [%[x]], #1\n ldrsb %[w], [%[y]], #1\n mla %[v], %[v], %[fx], %[start]\n mla %[v], %[w], %[fy], %[v]\n" \
  "asr %[v], %[v], %[shift]\n ssat %[v], #8, %[v]\n strb %[v], [%[out]], #1\n"
  int32_t v, w;
  __asm__ volatile("1:\n" INLAY_ELEMENT INLAY_ELEMENT INLAY_ELEMENT INLAY_ELEMENT "subs %[n], %[n], #1\n bne 1b\n"
                   : [x] "+r"(x), [y] "+r"(y), [out] "+r"(out), [n] "+r"(fours), [v] "=&r"(v), [w] "=&r"(w)
                   : [fx] "r"(s.x_factor), [fy] "r"(s.y_factor), [start] "r"(s.start), [shift] "r"(s.shift)
                   : "cc", "memory");
#else
  for (ptrdiff_t n = 4 * fours; n > 0; --n) *out++ = static_cast<int8_t>(ssat8(s.of(*x++, *y++)));
#endif
  *xs = x, *ys = y, *outs = out;
}

void row(const void* math, const void* a, int64_t a_step, const void* b, int64_t b_step, int64_t count, void* output) {
  const AddQuant& q = *static_cast<const AddQuant*>(math);
  const QuantRange range = q.range;
  const auto* x = static_cast<const int8_t*>(a);
  const auto* y = static_cast<const int8_t*>(b);
  auto* out = static_cast<int8_t*>(output);
  Sum s = {bits(q.a_factor), bits(q.b_factor), (1u << (q.shift - 1)) + (bits(q.output_zero) << q.shift), q.shift};
  s.start -= bits(q.a_zero) * s.x_factor + bits(q.b_zero) * s.y_factor;
  auto left = static_cast<ptrdiff_t>(count);
  const auto dx = static_cast<ptrdiff_t>(a_step), dy = static_cast<ptrdiff_t>(b_step);
  if (dx != 0 && dy != 0 && range.min == -128 && range.max == 127 && left >= 4) {
    add_fours(s, left / 4, &x, &y, &out);
    left %= 4;
  }
  for (; left > 0; --left, x += dx, y += dy) *out++ = static_cast<int8_t>(clamp_to(s.of(*x, *y), range));
}

}  // namespace

extern "C" const PairTwin kAddS8Dsp;
const PairTwin kAddS8Dsp = {takes, row};

}  // namespace inlay::kernels

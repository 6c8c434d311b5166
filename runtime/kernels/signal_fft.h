// SPDX-License-Identifier: Apache-2.0
// Real Fourier transforms of a power of two in fixed point (int16: Q15, int32: Q31) or float32: decimation in time with radix 4,
// and one pass of radix 2 where the length asks for it. docs/numerics.md, SIGNAL_RFFT, says where fixed point rounds.
#pragma once
#include <cstdint>

namespace inlay::kernels {

template <typename T>
struct SignalComplex {
  T re, im;
};

constexpr int32_t kSignalFftMin = 4, kSignalFftMax = 1 << 16;

/// e^(+-2 pi i k / half) for k < half, then e^(+-pi i (k / half + 1/2)) for k <= half / 2, half = length / 2, as the numbers of
/// T.
template <typename T>
struct SignalFftPlan {
  int32_t length;
  const SignalComplex<T>* roots;
  const SignalComplex<T>* split;
};
/// Elements of the table behind a plan.
constexpr int64_t signal_fft_table_size(int32_t length) { return length / 2 + length / 4 + 1; }

/// Fills `table`. inverse: the plus signs.
template <typename T>
SignalFftPlan<T> signal_fft_plan(int32_t length, bool inverse, SignalComplex<T>* table);

/// `count` <= length values, filled with zeros, to length / 2 + 1 bins. Fixed point divides by length. scratch: length values.
template <typename T>
void signal_rfft(const SignalFftPlan<T>& plan, int32_t count, const T* in, SignalComplex<T>* scratch, SignalComplex<T>* out);

/// The other way, divided by length. The plan is an inverse one.
template <typename T>
void signal_irfft(const SignalFftPlan<T>& plan, const SignalComplex<T>* in, SignalComplex<T>* scratch, T* out);

}  // namespace inlay::kernels

// SPDX-License-Identifier: Apache-2.0
// Fourier transforms of any length by mixed radices, in float32, with tables made once. The same bits on every target.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// As stored in a complex64 tensor.
struct Complex {
  float re, im;
};

constexpr int32_t kFftMaxLength = 1 << 20;

/// Fills `table` with e^(-2 pi i k / length), k = 0 .. length - 1, rounded from double. 1 <= length <= kFftMaxLength.
void fft_table(int32_t length, Complex* table);

/// Discrete Fourier transform of `length` values. `table` is that of length * table_step. Uses `data` and `spare` (length
/// values each, both overwritten) and returns the one that holds the result. length * (its largest prime factor) steps at
/// worst, length * log(length) for powers of two.
Complex* fft(int32_t length, const Complex* table, int32_t table_step, Complex* data, Complex* spare);

/// The bins 0 .. length / 2 of the transform of `count` real values, cut or filled with zeros to `length`. `scratch` holds
/// 2 * length values.
void rfft(int32_t length, const Complex* table, int32_t count, const float* input, Complex* scratch, Complex* output);

/// A stack of real images [outer, in_h, in_w], each cut or filled with zeros to fft_h x fft_w, becomes
/// [outer, fft_h, fft_w / 2 + 1].
struct Rfft2dShape {
  int64_t outer;
  int32_t in_h, in_w, fft_h, fft_w;
};

/// `scratch` holds 2 * max(fft_h, fft_w) values. table_h and table_w are those of fft_h and fft_w.
void rfft2d(const Rfft2dShape& shape, const Complex* table_h, const Complex* table_w, const float* input, Complex* scratch,
            Complex* output);

}  // namespace inlay::kernels

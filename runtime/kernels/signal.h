// SPDX-License-Identifier: Apache-2.0
// The integer arithmetic of a speech front end: window, energies, filter bank, noise, gain, logarithm, in the manner of
// Y. Wang et al., "Trainable Frontend For Robust and Far-Field Keyword Spotting", 2017. docs/numerics.md defines each.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// out[i] = in[i] * weights[i % size] >> shift, saturated.
void signal_window(int64_t count, int32_t size, int32_t shift, const int16_t* in, const int16_t* weights, int16_t* out);

/// Shifts left as far as the largest magnitude allows; returns by how much (0 for all zeros).
int32_t signal_auto_scale(int64_t count, const int16_t* in, int16_t* out);

/// re^2 + im^2 of bins start .. end - 1 of `bins` pairs, 0 for the others.
void signal_energy(int32_t bins, int32_t start, int32_t end, const int16_t* in, uint32_t* out);

/// Channel c sums weights[k] * in[] over its bins and unweights[k] * in[] over those of channel c - 1; there are channels + 1
/// triples (first bin, first weight, count), and sum 0 is dropped. Modulo 2^64.
struct FilterBank {
  int32_t channels;
  const int16_t *weights, *unweights, *bins, *places, *widths;
};
void signal_filter_bank(const FilterBank& bank, const uint32_t* in, uint64_t* out);

/// The square root rounded to nearest, at most 2^32 - 1 (2^16 - 1 for v < 2^32).
uint32_t signal_square_root(uint64_t v);

struct NoiseRule {
  uint32_t factor, complement;  ///< how much the new signal and the old estimate count, of even and odd channels
  uint32_t odd_factor, odd_complement;
  uint32_t floor;             ///< what stays at least
  int32_t bits, factor_bits;  ///< fraction bits of the estimate, of the factors
  bool clamp;                 ///< the estimate never exceeds the signal
  uint8_t gap[3] = {};
};
/// Updates `estimate` and subtracts it from the signal; in, out, estimate have `channels` numbers.
void signal_subtract_noise(int32_t channels, const NoiseRule& rule, const uint32_t* in, uint32_t* estimate, uint32_t* out);

constexpr int32_t kGainTableSize = 125;
/// The gain of a noise level out of a table by powers of two: three numbers of each that define a parabola.
int16_t signal_gain(uint32_t noise, const int16_t* table);
/// in * gain(noise) >> shift, compressed: squared near 0, linear above.
void signal_pcan(int32_t channels, int32_t shift, const int16_t* table, const uint32_t* in, const uint32_t* noise, uint32_t* out);

/// factor * ln(v << shift), at most 32767; 0 where v << shift is below 2.
void signal_log(int64_t count, int32_t factor, int32_t shift, const uint32_t* in, int16_t* out);

}  // namespace inlay::kernels

// SPDX-License-Identifier: Apache-2.0
#include "kernels/signal.h"

#include <algorithm>

namespace inlay::kernels {
namespace {

/// Position of the highest set bit, from 1; 0 for 0.
int32_t bit_length(uint64_t v) { return v == 0 ? 0 : 64 - __builtin_clzll(v); }

int16_t saturate(int32_t v) { return static_cast<int16_t>(std::min<int32_t>(std::max<int32_t>(v, -32768), 32767)); }

/// round((log2(1 + i / 128) - i / 128) * 2^16), in integers: squaring a number doubles its logarithm, one bit at a time.
constexpr uint16_t log_bulge(uint32_t i) {
  uint64_t x = (uint64_t{128} + i) << 24;  // 1 + i / 128 with 31 fraction bits
  uint64_t log = 0;
  for (int bit = 0; bit < 24; ++bit) {
    x = x * x >> 31;
    log <<= 1;
    if (x >= uint64_t{1} << 32) {
      x >>= 1;
      log |= 1;
    }
  }
  return static_cast<uint16_t>((log - (uint64_t{i} << 17) + 128) >> 8);
}

struct LogTable {
  uint16_t values[129];
  constexpr LogTable() : values() {
    for (uint32_t i = 0; i < 128; ++i) values[i] = log_bulge(i);
  }
};
constexpr LogTable kLog;

/// ln v with 16 fraction bits, v >= 1: a line between 129 points, whose slope counts only where it reaches 2^-16.
uint32_t natural_log(uint32_t v) {
  const int32_t whole = bit_length(v) - 1;
  const uint32_t rest = v - (1u << whole);
  const uint32_t fraction = whole < 16 ? rest << (16 - whole) : rest >> (whole - 16);
  const uint32_t segment = fraction >> 9;
  const int32_t from = kLog.values[segment], to = kLog.values[segment + 1];
  const int32_t rise = ((to - from) * static_cast<int32_t>(fraction & 511u)) >> 16;
  const auto log2 = static_cast<uint32_t>((whole << 16) + static_cast<int32_t>(fraction) + from + rise);
  return static_cast<uint32_t>((uint64_t{45426} * log2 + 32768) >> 16);  // ln 2 with 16 bits
}

/// Squared below 2, then linear; 12 fraction bits in, 6 out.
uint32_t compress(uint32_t v) { return v < 2u << 12 ? v * v >> 20 : (v >> 6) - (1u << 6); }

}  // namespace

void signal_window(int64_t count, int32_t size, int32_t shift, const int16_t* in, const int16_t* weights, int16_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = saturate((int32_t{in[i]} * weights[i % size]) >> shift);
}

int32_t signal_auto_scale(int64_t count, const int16_t* in, int16_t* out) {
  int32_t largest = 0;
  for (int64_t i = 0; i < count; ++i) largest = std::max<int32_t>(largest, in[i] < 0 ? -in[i] : in[i]);
  const int32_t shift = largest == 0 ? 0 : std::max<int32_t>(15 - bit_length(static_cast<uint32_t>(largest)), 0);
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int16_t>(in[i] * (1 << shift));
  return shift;
}

void signal_energy(int32_t bins, int32_t start, int32_t end, const int16_t* in, uint32_t* out) {
  for (int32_t i = 0; i < bins; ++i) {
    const int32_t re = in[2 * i], im = in[2 * i + 1];
    out[i] = i >= start && i < end ? static_cast<uint32_t>(re * re) + static_cast<uint32_t>(im * im) : 0u;
  }
}

void signal_filter_bank(const FilterBank& bank, const uint32_t* in, uint64_t* out) {
  uint64_t next = 0;
  for (int32_t c = 0; c <= bank.channels; ++c) {
    uint64_t sum = next;
    next = 0;
    const int16_t* weights = bank.weights + bank.places[c];
    const int16_t* unweights = bank.unweights + bank.places[c];
    for (int32_t k = 0; k < bank.widths[c]; ++k) {
      const uint64_t v = in[bank.bins[c] + k];
      sum += static_cast<uint64_t>(int64_t{weights[k]}) * v;
      next += static_cast<uint64_t>(int64_t{unweights[k]}) * v;
    }
    if (c > 0) out[c - 1] = sum;
  }
}

uint32_t signal_square_root(uint64_t v) {
  // Digit by digit: `root` is the root so far, shifted so that it can be compared with what is left.
  uint64_t left = v, root = 0;
  for (int32_t shift = v == 0 ? 0 : (bit_length(v) - 1) & ~1; shift >= 0; shift -= 2) {
    const uint64_t bit = uint64_t{1} << shift;
    const bool fits = left >= root + bit;
    if (fits) left -= root + bit;
    root = (root >> 1) + (fits ? bit : 0);
  }
  const uint64_t most = v >> 32 == 0 ? 0xffffu : 0xffffffffu;
  return static_cast<uint32_t>(std::min(left > root ? root + 1 : root, most));
}

void signal_subtract_noise(int32_t channels, const NoiseRule& rule, const uint32_t* in, uint32_t* estimate, uint32_t* out) {
  for (int32_t c = 0; c < channels; ++c) {
    const uint64_t factor = c % 2 == 0 ? rule.factor : rule.odd_factor;
    const uint64_t complement = c % 2 == 0 ? rule.complement : rule.odd_complement;
    const uint32_t signal = in[c] << rule.bits;
    const auto noise = static_cast<uint32_t>((signal * factor + estimate[c] * complement) >> rule.factor_bits);
    const uint32_t taken = std::min(noise, signal);
    estimate[c] = rule.clamp ? taken : noise;
    const auto least = static_cast<uint32_t>((uint64_t{in[c]} * rule.floor) >> rule.factor_bits);
    out[c] = std::max((signal - taken) >> rule.bits, least);
  }
}

int16_t signal_gain(uint32_t noise, const int16_t* table) {
  if (noise <= 2) return table[noise];
  const int32_t interval = bit_length(noise);
  const int16_t* entry = table + 4 * interval - 6;
  const auto fraction = static_cast<int32_t>((interval < 11 ? noise << (11 - interval) : noise >> (interval - 11)) & 0x3ffu);
  // 32 bits that wrap around; tables made for the purpose never get there.
  const uint32_t slope = static_cast<uint32_t>((entry[2] * fraction) >> 5) + static_cast<uint32_t>(entry[1] * 32);
  const auto rise = static_cast<int32_t>(slope * static_cast<uint32_t>(fraction) + (1u << 14)) >> 15;
  return static_cast<int16_t>(rise + entry[0]);
}

void signal_pcan(int32_t channels, int32_t shift, const int16_t* table, const uint32_t* in, const uint32_t* noise,
                 uint32_t* out) {
  for (int32_t c = 0; c < channels; ++c) {
    // A negative gain, which no sensible table gives, counts as an unsigned number of 32 bits.
    const uint64_t product = uint64_t{in[c]} * static_cast<uint32_t>(signal_gain(noise[c], table));
    out[c] = compress(static_cast<uint32_t>(product >> shift));
  }
}

void signal_log(int64_t count, int32_t factor, int32_t shift, const uint32_t* in, int16_t* out) {
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t v = in[i] << shift;
    const uint32_t scaled = v > 1 ? (static_cast<uint32_t>(factor) * natural_log(v) + 32768u) >> 16 : 0u;
    out[i] = static_cast<int16_t>(std::min<uint32_t>(scaled, 32767));
  }
}

}  // namespace inlay::kernels

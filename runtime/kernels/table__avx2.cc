// SPDX-License-Identifier: Apache-2.0
// Bytes through a table of 256, AVX2: the low four bits of 32 values look into sixteen rows of the table at once, and the high
// four bits choose among the results, one bit at a time.
#include "kernels/avx2_inl.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {
namespace {

/// Rows [first, first + 2^kLevels) of the table, chosen by as many bits. `bit[k]` has bit 4 + k of each value as its bytes' sign.
template <int kLevels>
inline __m256i choose(const __m256i* rows, __m256i low, const __m256i* bit) {
  if constexpr (kLevels == 0) {
    return _mm256_shuffle_epi8(*rows, low);
  } else {
    const __m256i off = choose<kLevels - 1>(rows, low, bit), on = choose<kLevels - 1>(rows + (1 << (kLevels - 1)), low, bit);
    return _mm256_blendv_epi8(off, on, bit[kLevels - 1]);
  }
}

inline __m256i look_up(const __m256i* rows, __m256i v) {
  // Shifts of 16 bits let bits cross between bytes, but never into a byte's sign.
  const __m256i bit[4] = {_mm256_slli_epi16(v, 3), _mm256_slli_epi16(v, 2), _mm256_slli_epi16(v, 1), v};
  return choose<4>(rows, _mm256_and_si256(v, _mm256_set1_epi8(15)), bit);
}

void run(const uint8_t* table, int64_t count, const uint8_t* in, uint8_t* out) {
  int64_t i = 0;
  if (count >= 128) {  // below, spreading the table costs more than it saves
    __m256i rows[16];
    for (int32_t r = 0; r < 16; ++r) rows[r] = _mm256_broadcastsi128_si256(load128(table + 16 * r));
    for (; i + 32 <= count; i += 32) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), look_up(rows, load256(in + i)));
    }
  }
  for (; i < count; ++i) out[i] = table[in[i]];
}

}  // namespace

extern "C" const TableTwin kTable8Avx2 = {run};

}  // namespace inlay::kernels

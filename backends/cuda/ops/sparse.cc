// SPDX-License-Identifier: Apache-2.0
#include "ops/sparse.h"

#include <cstring>

namespace inlay::cuda {
namespace {

/// Four neighbours along the depth; zeros behind its end.
struct Four {
  int32_t values[4];
  Four(const ConvShape& s, const WeightOf& weight, int32_t c, int32_t first) {
    const int32_t depth = s.filter_h * s.filter_w * s.group_in;
    for (int32_t i = 0; i < 4; ++i) {
      const int32_t k = first + i;
      values[i] = k < depth ? weight(c, k / s.group_in, k % s.group_in) : 0;
    }
  }
};

/// Where row r's stored byte b of 32 lies: halves of 16 bytes change places every four rows, so that the 8 rows that ldmatrix
/// reads are in 8 different sixteenths of the banks.
size_t stored_at(int32_t row, int32_t byte) {
  return static_cast<size_t>(row * 32 + (((byte / 16) ^ (row / 4 % 2)) << 4) + byte % 16);
}

/// Which bits of a unit's words of places are those of the four values of a row from depth k on.
struct Nibble {
  int32_t lane, shift;
};
/// A word has 32 values of one row (PTX ISA 9.7.14.6.2.6, figures "metadata layout for columns 0-31" and "32-63").
Nibble nibble_of_bytes(int32_t row, int32_t k) { return {4 * (row % 8) + row / 8 + 2 * (k / 32), k % 32}; }
/// A word has 16 values of the rows r and r + 8; lanes 0 and 1 of every four have the words that count (PTX ISA 9.7.14.6.2.2, "sparse
/// mma.m16n8k32 with .f16 and .bf16 types").
Nibble nibble_of_halves(int32_t row, int32_t k) { return {4 * (row % 8) + k / 16, row / 8 * 16 + k % 16}; }

/// Two of the four values of a row from depth k of a unit on.
void put(const Pair24& pair, int32_t row, int32_t k, int32_t bytes, uint8_t* unit) {
  for (int32_t i = 0; i < 2 * bytes; ++i) {
    unit[stored_at(row, k / 2 * bytes + i)] = static_cast<uint8_t>(pair.values[i / bytes] >> (i % bytes * 8));
  }
  const Nibble at = bytes == 1 ? nibble_of_bytes(row, k) : nibble_of_halves(row, k);
  uint32_t places;
  std::memcpy(&places, unit + 512 + 4 * at.lane, 4);
  places = (places & ~(15u << at.shift)) | pair.places << at.shift;
  std::memcpy(unit + 512 + 4 * at.lane, &places, 4);
}

/// bytes: of a value.
std::vector<uint8_t> pack(const ConvShape& s, const WeightOf& weight, int32_t bytes) {
  const int32_t depth = s.filter_h * s.filter_w * s.group_in, units = row_units(s), per_block = 64 / bytes;
  const int32_t blocks = (depth + per_block - 1) / per_block;
  std::vector<uint8_t> packed(static_cast<size_t>(s.out_c / s.group_out * units * blocks) * kSparseUnitBytes);
  for (size_t unit = 0; unit < packed.size() / kSparseUnitBytes; ++unit) {  // rows that fill up: any two places that rise
    std::memset(packed.data() + unit * kSparseUnitBytes + 512, 0x44, 128);
  }
  for (int32_t c = 0; c < s.out_c; ++c) {
    const int32_t inner = c % s.group_out, unit = c / s.group_out * units + inner / 16, row = inner % 16;
    for (int32_t k = 0; k < depth; k += 4) {
      Pair24 pair;
      if (!compress_2_4(Four(s, weight, c, k).values, &pair)) continue;  // is_sparse_2_4() said that there is none
      put(pair, row, k % per_block, bytes, packed.data() + static_cast<size_t>(unit * blocks + k / per_block) * kSparseUnitBytes);
    }
  }
  return packed;
}

}  // namespace

bool compress_2_4(const int32_t (&four)[4], Pair24* out) {
  int32_t places[2] = {}, count = 0;
  for (int32_t i = 0; i < 4; ++i) {
    if (four[i] == 0) continue;
    if (count == 2) return false;
    places[count++] = i;
  }
  if (count == 0) places[0] = 0, places[1] = 1;
  if (count == 1) {  // the places must differ and rise
    if (places[0] == 3) {
      places[0] = 2, places[1] = 3;
    } else {
      places[1] = places[0] + 1;
    }
  }
  *out = {{four[places[0]], four[places[1]]}, static_cast<uint32_t>(places[0] | places[1] << 2)};
  return true;
}

bool is_sparse_2_4(const ConvShape& s, const WeightOf& weight) {
  const int32_t depth = s.filter_h * s.filter_w * s.group_in;
  for (int32_t c = 0; c < s.out_c; ++c) {
    for (int32_t k = 0; k < depth; k += 4) {
      Pair24 pair;
      if (!compress_2_4(Four(s, weight, c, k).values, &pair)) return false;
    }
  }
  return true;
}

std::vector<uint8_t> pack_sparse_weights(const ConvShape& s, const WeightOf& weight) { return pack(s, weight, 1); }
std::vector<uint8_t> pack_sparse_halves(const ConvShape& s, const WeightOf& weight) { return pack(s, weight, 2); }

}  // namespace inlay::cuda

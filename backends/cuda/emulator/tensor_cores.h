// SPDX-License-Identifier: Apache-2.0
// The warp-wide instructions of tensor cores, element by element, as PTX ISA 8.x 9.7.14 "Warp-Level Matrix Instructions" lays
// their operands out over the lanes: with group = lane / 4 and member = lane % 4, and n elements of the operand's type to a
// register,
//
//   A (row-major), register r:     row = group + 8 * (r % 2), column = (member + 4 * (r / 2)) * n + element
//   B (column-major), register r:  row = (member + 4 * r) * n + element, column = group
//   C and D, register r:           row = group + 8 * (r / 2), column = member * 2 + r % 2
//
// (9.7.14.5.1 .. 9.7.14.5.9 "Matrix Fragments for mma.m8n8k16 ... mma.m16n8k32"; the shapes differ in how many registers there
// are.)
#pragma once
#include <cstdint>

#include "emulator/halves.h"
#include "emulator/machine.h"

namespace inlay::cuda::emulator {

/// Types of A and B.
struct S8 {
  static constexpr int kBits = 8;
  static int32_t value(uint32_t bits) { return static_cast<int8_t>(bits); }
};
struct F16 {
  static constexpr int kBits = 16;
  static float value(uint32_t bits) { return half_value(static_cast<uint16_t>(bits)); }
};
struct Bf16 {
  static constexpr int kBits = 16;
  static float value(uint32_t bits) { return bfloat16_value(static_cast<uint16_t>(bits)); }
};
/// 8 bits of exponent and 10 of fraction; the low 13 bits of a float are not looked at (9.7.14.1, "Alternate floating point
/// formats").
struct Tf32 {
  static constexpr int kBits = 32;
  static float value(uint32_t bits) { return float_of(bits & 0xffffe000u); }
};

/// What one lane hands in and gets out.
template <typename Sum, int kA, int kB, int kC>
struct MmaOperands {
  uint32_t a[kA], b[kB];
  uint32_t metadata;  ///< of the sparse forms
  Sum c[kC];
};

/// Throws Fault where two places of 2 bits do not rise.
void check_places(uint32_t places);

inline int32_t add_product(int32_t sum, int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(a * b));
}
inline float add_product(float sum, float a, float b) { return sum + a * b; }

/// Element (row, column) of the A that the lanes hold.
template <typename T, typename Operands>
auto element_of_a(void* const lanes[kWarpSize], int row, int column) {
  constexpr int kPer = 32 / T::kBits;
  const int place = column / kPer, lane = row % 8 * 4 + place % 4, r = row / 8 + 2 * (place / 4);
  return T::value(static_cast<const Operands*>(lanes[lane])->a[r] >> (column % kPer * T::kBits));
}
template <typename T, typename Operands>
auto element_of_b(void* const lanes[kWarpSize], int row, int column) {
  constexpr int kPer = 32 / T::kBits;
  const int place = row / kPer, lane = column * 4 + place % 4;
  return T::value(static_cast<const Operands*>(lanes[lane])->b[place / 4] >> (row % kPer * T::kBits));
}
template <typename Operands>
auto& element_of_c(void* const lanes[kWarpSize], int row, int column) {
  return static_cast<Operands*>(lanes[row % 8 * 4 + column / 2])->c[row / 8 * 2 + column % 2];
}

/// mma.sync.aligned.m<8 * (kA > 1 ? 2 : 1)>n8k<...>.row.col: d = a * b + c, where k is what kB registers of B hold. Float sums
/// are taken in order of k; the hardware's order is not specified.
template <typename T, typename Sum, int kA, int kB, int kC>
void mma(Sum (&c)[kC], const uint32_t (&a)[kA], const uint32_t (&b)[kB], const char* what) {
  using Operands = MmaOperands<Sum, kA, kB, kC>;
  Operands mine = {};
  for (int i = 0; i < kA; ++i) mine.a[i] = a[i];
  for (int i = 0; i < kB; ++i) mine.b[i] = b[i];
  for (int i = 0; i < kC; ++i) mine.c[i] = c[i];
  meet_all(what, &mine, [](void* const lanes[kWarpSize]) {
    constexpr int kRows = kC * 4, kDepth = kB * 4 * 32 / T::kBits;
    for (int row = 0; row < kRows; ++row) {
      for (int column = 0; column < 8; ++column) {
        Sum& sum = element_of_c<Operands>(lanes, row, column);
        for (int k = 0; k < kDepth; ++k) {
          sum = add_product(sum, element_of_a<T, Operands>(lanes, row, k), element_of_b<T, Operands>(lanes, k, column));
        }
      }
    }
  });
  for (int i = 0; i < kC; ++i) c[i] = mine.c[i];
}

/// Which lane has the places of a row's four values from column k on, and from which bit of its metadata on, where the sparsity
/// selector is 0: m16n8k64 of 8 bits (9.7.14.6.2.6), whose words have 32 columns of a row, and m16n8k32 of 16 bits (9.7.14.6.2.2),
/// whose words have 16 columns of two rows and are those of lanes 0 and 1 of every four alone.
struct MetadataPlace {
  int lane, bit;
};
template <typename T>
MetadataPlace metadata_place(int row, int k) {
  if constexpr (T::kBits == 8) return {4 * (row % 8) + row / 8 + 2 * (k / 32), k % 32};
  return {4 * (row % 8) + k / 16, 16 * (row / 8) + k % 16};
}

/// mma.sp::ordered_metadata.sync.aligned.m16n8k<2 * that of a>.row.col, selector 0: a holds two of every four values of a row, and
/// the metadata says in 4 bits for each four where they stand, the lesser first. Faults where the two do not rise.
template <typename T, typename Sum>
void mma_sparse(Sum (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[4], uint32_t metadata, const char* what) {
  using Operands = MmaOperands<Sum, 4, 4, 4>;
  Operands mine = {{a[0], a[1], a[2], a[3]}, {b[0], b[1], b[2], b[3]}, metadata, {c[0], c[1], c[2], c[3]}};
  meet_all(what, &mine, [](void* const lanes[kWarpSize]) {
    constexpr int kStored = 2 * 4 * 32 / T::kBits;
    for (int row = 0; row < 16; ++row) {
      for (int stored = 0; stored < kStored; ++stored) {
        const int first = 4 * (stored / 2);
        const MetadataPlace at = metadata_place<T>(row, first);
        const uint32_t places = static_cast<const Operands*>(lanes[at.lane])->metadata >> at.bit;
        check_places(places & 15u);
        const int k = first + static_cast<int>(places >> (stored % 2 * 2) & 3u);
        for (int column = 0; column < 8; ++column) {
          Sum& sum = element_of_c<Operands>(lanes, row, column);
          sum = add_product(sum, element_of_a<T, Operands>(lanes, row, stored), element_of_b<T, Operands>(lanes, k, column));
        }
      }
    }
  });
  for (int i = 0; i < 4; ++i) c[i] = mine.c[i];
}

/// ldmatrix.sync.aligned.m8n8.x<kCount>[.trans].shared.b16 (9.7.14.5.15): lane 8 * m + i says where row i of matrix m begins, and
/// gets of matrix m, row lane / 4, the 4 bytes lane % 4; transposed: of column lane / 4 the rows 2 * (lane % 4) and the next.
void load_matrices(uint32_t* registers, int count, bool transposed, const void* row);

}  // namespace inlay::cuda::emulator

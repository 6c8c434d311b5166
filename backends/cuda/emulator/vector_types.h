// SPDX-License-Identifier: Apache-2.0
// CUDA's vector types, sized and aligned as CUDA C++ Programming Guide, "Built-in Vector Types", says.
#pragma once
#include <cstdint>

// NOLINTBEGIN: names are CUDA's
#define INLAY_EMULATOR_VECTORS(T, NAME, ALIGN2, ALIGN4)              \
  struct NAME##1 {                                                   \
    T x;                                                             \
  };                                                                 \
  struct alignas(ALIGN2) NAME##2 {                                   \
    T x, y;                                                          \
  };                                                                 \
  struct NAME##3 {                                                   \
    T x, y, z;                                                       \
  };                                                                 \
  struct alignas(ALIGN4) NAME##4 {                                   \
    T x, y, z, w;                                                    \
  };                                                                 \
  inline NAME##1 make_##NAME##1(T x) { return {x}; }                 \
  inline NAME##2 make_##NAME##2(T x, T y) { return {x, y}; }         \
  inline NAME##3 make_##NAME##3(T x, T y, T z) { return {x, y, z}; } \
  inline NAME##4 make_##NAME##4(T x, T y, T z, T w) { return {x, y, z, w}; }

INLAY_EMULATOR_VECTORS(signed char, char, 2, 4)
INLAY_EMULATOR_VECTORS(unsigned char, uchar, 2, 4)
INLAY_EMULATOR_VECTORS(short, short, 4, 8)
INLAY_EMULATOR_VECTORS(unsigned short, ushort, 4, 8)
INLAY_EMULATOR_VECTORS(int, int, 8, 16)
INLAY_EMULATOR_VECTORS(unsigned int, uint, 8, 16)
INLAY_EMULATOR_VECTORS(float, float, 8, 16)
INLAY_EMULATOR_VECTORS(long long, longlong, 16, 16)
INLAY_EMULATOR_VECTORS(double, double, 16, 16)
#undef INLAY_EMULATOR_VECTORS

struct dim3 {
  unsigned int x, y, z;
  constexpr dim3(unsigned int a = 1, unsigned int b = 1, unsigned int c = 1) : x(a), y(b), z(c) {}
};
// NOLINTEND

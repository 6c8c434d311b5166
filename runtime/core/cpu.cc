// SPDX-License-Identifier: Apache-2.0
#include "core/cpu.h"

#include "inlay/op.h"

// Cortex-A computes with the same words of two and four values, but has better.
#if defined(__ARM_FEATURE_DSP) && __ARM_ARCH_PROFILE == 'M'
#define INLAY_AT_HOME_DSP
#endif

#if defined(INLAY_TWINS_NEON) && defined(__linux__)
// Linux's word on the CPU, declared here so that core needs no header of an operating system.
extern "C" unsigned long getauxval(unsigned long type) noexcept;
#endif

namespace inlay {
namespace {

// The lowest level first; a level that is not part of the build has no line.
constexpr CpuLevel kLevels[] = {
#if defined(INLAY_TWINS_SSE4)
    {"sse4", INLAY_CPU_SSE4, INLAY_CPU_SSE4},
#endif
#if defined(INLAY_TWINS_AVX2)
    {"avx2", INLAY_CPU_AVX2, INLAY_CPU_AVX2 | INLAY_CPU_SSE4},
#endif
#if defined(INLAY_TWINS_AVX512VNNI)
    {"avx512vnni", INLAY_CPU_AVX512VNNI, INLAY_CPU_AVX512VNNI | INLAY_CPU_AVX2 | INLAY_CPU_SSE4},
#endif
#if defined(INLAY_TWINS_NEON)
    {"neon", INLAY_CPU_NEON, INLAY_CPU_NEON},
#endif
#if defined(INLAY_TWINS_DOTPROD)
    {"dotprod", INLAY_CPU_DOTPROD, INLAY_CPU_NEON | INLAY_CPU_DOTPROD},
#endif
#if defined(INLAY_TWINS_I8MM)
    {"i8mm", INLAY_CPU_I8MM, INLAY_CPU_NEON | INLAY_CPU_DOTPROD | INLAY_CPU_I8MM},
#endif
#if defined(INLAY_TWINS_DSP) && defined(INLAY_AT_HOME_DSP)
    {"dsp", INLAY_CPU_DSP, INLAY_CPU_DSP},
#endif
#if defined(INLAY_TWINS_MVE) && defined(__ARM_FEATURE_MVE)
    {"mve", INLAY_CPU_MVE, INLAY_CPU_DSP | INLAY_CPU_MVE},
#endif
    {"", 0, 0},
};
constexpr int32_t kLevelCount = static_cast<int32_t>(sizeof(kLevels) / sizeof(kLevels[0])) - 1;

constexpr CpuLevel kGuests[] = {
#if defined(INLAY_TWINS_DSP) && !defined(INLAY_AT_HOME_DSP)
    {"dsp", INLAY_CPU_DSP, INLAY_CPU_DSP},
#endif
#if defined(INLAY_TWINS_MVE) && !defined(__ARM_FEATURE_MVE)
    {"mve", INLAY_CPU_MVE, INLAY_CPU_DSP | INLAY_CPU_MVE},
#endif
    {"", 0, 0},
};

/// True when this CPU and its operating system have the instructions of a level. Without an operating system to ask, an ARM CPU
/// has what all of the program is compiled for.
[[maybe_unused]] bool has(uint32_t bit) {
  // The compiler's own table, filled by cpuid and xgetbv before main: no header of an operating system is needed.
#if defined(INLAY_TWINS_SSE4)
  if (bit == INLAY_CPU_SSE4) return __builtin_cpu_supports("sse4.1");
#endif
#if defined(INLAY_TWINS_AVX2)
  if (bit == INLAY_CPU_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if defined(INLAY_TWINS_AVX512VNNI)
  if (bit == INLAY_CPU_AVX512VNNI) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
  }
#endif
#if defined(INLAY_TWINS_NEON)
#if defined(__linux__)
  constexpr unsigned long kHwcap = 16;  // AT_HWCAP, its bits, and AT_HWCAP2's
#if defined(__aarch64__)
  constexpr unsigned long kHwcap2 = 26, kDotProducts = 1ul << 20, kI8mm = 1ul << 13;
  if (bit == INLAY_CPU_DOTPROD) return (getauxval(kHwcap) & kDotProducts) != 0;
  if (bit == INLAY_CPU_I8MM) return (getauxval(kHwcap2) & kI8mm) != 0;
#else
  constexpr unsigned long kNeon = 1ul << 12;
  if (bit == INLAY_CPU_NEON) return (getauxval(kHwcap) & kNeon) != 0;
#endif
#endif
  if (bit == INLAY_CPU_NEON) return true;  // every AArch64 CPU with floating point has it
#if defined(__ARM_FEATURE_DOTPROD)
  if (bit == INLAY_CPU_DOTPROD) return true;
#endif
#if defined(__ARM_FEATURE_MATMUL_INT8)
  if (bit == INLAY_CPU_I8MM) return true;
#endif
#endif
  // Of a Cortex-M all of the program is compiled for the one core.
  return bit == 0 || bit == INLAY_CPU_DSP || bit == INLAY_CPU_MVE;
}

}  // namespace

int32_t cpu_level_count() {
  int32_t count = 0;
  while (count < kLevelCount && has(kLevels[count].bit)) ++count;
  return count;
}

const CpuLevel& cpu_level(int32_t index) { return kLevels[index]; }

int32_t cpu_guest_count() { return static_cast<int32_t>(sizeof(kGuests) / sizeof(kGuests[0])) - 1; }

const CpuLevel& cpu_guest(int32_t index) { return kGuests[index]; }

uint32_t cpu_features() {
  const int32_t count = cpu_level_count();
  return count > 0 ? kLevels[count - 1].features : 0;
}

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
#include "core/cpu.h"

#include "inlay/op.h"

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
    {"", 0, 0},
};
constexpr int32_t kLevelCount = static_cast<int32_t>(sizeof(kLevels) / sizeof(kLevels[0])) - 1;

/// True when this CPU and its operating system have the instructions of a level.
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
  return bit == 0;
}

}  // namespace

int32_t cpu_level_count() {
  int32_t count = 0;
  while (count < kLevelCount && has(kLevels[count].bit)) ++count;
  return count;
}

const CpuLevel& cpu_level(int32_t index) { return kLevels[index]; }

uint32_t cpu_features() {
  const int32_t count = cpu_level_count();
  return count > 0 ? kLevels[count - 1].features : 0;
}

}  // namespace inlay

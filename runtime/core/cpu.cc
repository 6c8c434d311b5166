// SPDX-License-Identifier: Apache-2.0
#include "core/cpu.h"

#include "inlay/op.h"

namespace inlay {
namespace {

#if defined(INLAY_TWINS_AVX2)
constexpr CpuLevel kLevels[] = {{"avx2", INLAY_CPU_AVX2}};
// The compiler's own table, filled by cpuid and xgetbv before main: no header of an operating system is needed.
int32_t count_levels() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0; }
#else
constexpr CpuLevel kLevels[] = {{"", 0}};
int32_t count_levels() { return 0; }
#endif

}  // namespace

int32_t cpu_level_count() { return count_levels(); }

const CpuLevel& cpu_level(int32_t index) { return kLevels[index]; }

uint32_t cpu_features() {
  const int32_t count = count_levels();
  return count > 0 ? kLevels[count - 1].features : 0;
}

}  // namespace inlay

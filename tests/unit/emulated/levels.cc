// SPDX-License-Identifier: Apache-2.0
// The levels of a CPU that is not there: what core/cpu.cc says, for a test program whose twins are emulated.
#include "core/cpu.h"
#include "inlay/op.h"

namespace inlay {
namespace {
constexpr CpuLevel kEmulated = {"avx512vnni, emulated", INLAY_CPU_AVX512VNNI, INLAY_CPU_AVX512VNNI};
}

int32_t cpu_level_count() { return 1; }
const CpuLevel& cpu_level(int32_t) { return kEmulated; }
int32_t cpu_guest_count() { return 0; }
const CpuLevel& cpu_guest(int32_t) { return kEmulated; }
uint32_t cpu_features() { return kEmulated.features; }

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
// What the CPU at hand can do, for the choice of kernels. Portable kernels need none of it.
#pragma once
#include <cstdint>

namespace inlay {

/// A set of instructions that twins are written for. Each level includes those before it.
struct CpuLevel {
  const char* name;   ///< what a user types: "avx2"
  uint32_t bit;       ///< its own INLAY_CPU_* bit
  uint32_t features;  ///< the bits of this level and of those below
};

/// How many levels this build has twins for and this CPU has; 0 in a build without twins.
int32_t cpu_level_count();
/// Level `index`, 0 <= index < cpu_level_count(), the best last.
const CpuLevel& cpu_level(int32_t index);
/// Levels of other processors whose twins this build carries in portable C++: to pack weights for a board, and to try its
/// kernels on a host. Nothing chooses them by itself.
int32_t cpu_guest_count();
/// Guest `index`, 0 <= index < cpu_guest_count().
const CpuLevel& cpu_guest(int32_t index);
/// The features of the best level, 0 when there is none.
uint32_t cpu_features();

}  // namespace inlay

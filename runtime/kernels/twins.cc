// SPDX-License-Identifier: Apache-2.0
#include "kernels/twins.h"

#include "inlay/prepared.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {

// C linkage: what `inlay embed` writes names them.
#define INLAY_TWIN(kind, type, level, symbol) extern "C" const type symbol;
#include "kernels/twins.inc"
#undef INLAY_TWIN

namespace {

struct Entry {
  TwinKind kind;
  uint32_t level;
  const void* twin;
};

constexpr Entry kEntries[] = {
#define INLAY_TWIN(kind, type, level, symbol) {TwinKind::kind, INLAY_CPU_##level, &symbol},
#include "kernels/twins.inc"
#undef INLAY_TWIN
    {TwinKind::kConv2dS8, 0, nullptr},
};

}  // namespace

const void* twin_at(TwinKind kind, uint32_t cpu, int32_t index, uint32_t* level) {
  for (const Entry& e : kEntries) {
    if (e.kind != kind || (e.level & cpu) == 0 || index-- != 0) continue;
    *level = e.level;
    return e.twin;
  }
  return nullptr;
}

}  // namespace inlay::kernels

extern "C" const char* inlay_twin_symbol([[maybe_unused]] const void* twin) {
  using namespace inlay::kernels;
#define INLAY_TWIN(kind, type, level, symbol) \
  if (twin == &symbol) return #symbol;
#include "kernels/twins.inc"
#undef INLAY_TWIN
  return nullptr;
}

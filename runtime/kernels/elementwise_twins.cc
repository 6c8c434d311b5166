// SPDX-License-Identifier: Apache-2.0
#include "kernels/elementwise_twins.h"

#include <cstring>

namespace inlay::kernels {
namespace {

/// On the stack; a microcontroller's is small.
constexpr int32_t kTileBytes = sizeof(void*) == 4 ? 256 : 1024;

/// Two dims, of which one operand has the inner one alone, and the other both: joined, rows cost no call each.
bool joinable(const Broadcast& p, int64_t element_bytes, bool* a_repeats) {
  if (p.rank != 2 || p.a_stride[1] != 1 || p.b_stride[1] != 1 || p.dims[0] < 2 || p.dims[1] < 1) return false;
  *a_repeats = p.a_stride[0] == 0;
  return *a_repeats != (p.b_stride[0] == 0) && p.dims[1] * element_bytes <= kTileBytes / 2;
}

[[gnu::noinline]] void run_joined(const PairTwin& twin, const void* math, const Broadcast& p, int64_t element_bytes, bool a_repeats,
                const uint8_t* a, const uint8_t* b, uint8_t* out) {
  alignas(32) uint8_t tile[kTileBytes];
  const auto row = static_cast<int32_t>(p.dims[1] * element_bytes);
  const int64_t rows = kTileBytes / row;
  for (int64_t i = 0; i < rows && i < p.dims[0]; ++i) std::memcpy(tile + i * row, a_repeats ? a : b, static_cast<size_t>(row));
  for (int64_t r = 0; r < p.dims[0]; r += rows) {
    const int64_t n = p.dims[0] - r < rows ? p.dims[0] - r : rows;
    twin.row(math, a_repeats ? tile : a + r * row, 1, a_repeats ? b + r * row : tile, 1, n * p.dims[1], out + r * row);
  }
}

}  // namespace

void run_pair(const PairTwin& twin, const void* math, const Broadcast& plan, int32_t element_bytes, const void* a, const void* b,
              void* out) {
  const auto* x = static_cast<const uint8_t*>(a);
  const auto* y = static_cast<const uint8_t*>(b);
  auto* z = static_cast<uint8_t*>(out);
  bool a_repeats = false;
  if (joinable(plan, element_bytes, &a_repeats)) return run_joined(twin, math, plan, element_bytes, a_repeats, x, y, z);
  for_each_row(plan, [&](int64_t ai, int64_t bi, int64_t oi, int64_t count, int64_t a_step, int64_t b_step) {
    twin.row(math, x + ai * element_bytes, a_step, y + bi * element_bytes, b_step, count, z + oi * element_bytes);
  });
}

PairPart part_of(const Broadcast& plan, Part part) {
  int64_t inner = 1;
  for (int32_t d = 1; d < plan.rank; ++d) inner *= plan.dims[d];
  // Whole cache lines of the output, so that two threads do not write into one.
  const Stretch own = stretch_of(plan.dims[0], inner < 64 ? 64 : 1, part);
  PairPart out = {plan, own.begin * plan.a_stride[0], own.begin * plan.b_stride[0], own.begin * inner};
  out.plan.dims[0] = own.end > own.begin ? own.end - own.begin : 0;
  return out;
}

}  // namespace inlay::kernels

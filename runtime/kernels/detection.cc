// SPDX-License-Identifier: Apache-2.0
#include "kernels/detection.h"

#include "core/math.h"
#include "kernels/heap.h"

namespace inlay::kernels {

void read_real(const RealReader& r, const void* data, int64_t first, int64_t stride, int32_t count, float* out) {
  const auto quantized = [&](const auto* from) {
    for (int32_t i = 0; i < count; ++i) out[i] = static_cast<float>(from[first + i * stride] - r.zero) * r.scale;
  };
  switch (r.kind) {
    case RealReader::kInt8: quantized(static_cast<const int8_t*>(data)); break;
    case RealReader::kUint8: quantized(static_cast<const uint8_t*>(data)); break;
    default:
      for (int32_t i = 0; i < count; ++i) out[i] = static_cast<const float*>(data)[first + i * stride];
  }
}

Box decode_box(const float* code, const float* anchor, const float* factors) {
  const float y = code[0] / factors[0] * anchor[2] + anchor[0];
  const float x = code[1] / factors[1] * anchor[3] + anchor[1];
  const float half_h = 0.5f * exp_det(code[2] / factors[2]) * anchor[2];
  const float half_w = 0.5f * exp_det(code[3] / factors[3]) * anchor[3];
  return {y - half_h, x - half_w, y + half_h, x + half_w};
}

void top_scores(int32_t count, const float* scores, int32_t top, int32_t* order) {
  for (int32_t i = 0; i < count; ++i) order[i] = i;
  if (top == 1) {
    for (int32_t i = 1; i < count; ++i) {
      if (scores[i] > scores[order[0]]) order[0] = i;
    }
    return;
  }
  // The worst of the best so far lies on top of the heap.
  const auto below = [scores](int32_t a, int32_t b) { return scores[a] > scores[b]; };
  heap_make(order, top, below);
  for (int32_t i = top; i < count; ++i) {
    if (scores[i] > scores[order[0]]) heap_sink(order, 0, top, i, below);
  }
  for (int32_t left = top; left > 1; --left) {
    const int32_t worst = heap_pop(order, left, below);
    order[left - 1] = worst;
  }
}

int32_t insert_detected(const Detected& d, int32_t count, int32_t limit, Detected* list) {
  int32_t at = count;
  while (at > 0 && list[at - 1].score < d.score) --at;
  if (at >= limit) return count;
  if (count < limit) ++count;
  for (int32_t i = count - 1; i > at; --i) list[i] = list[i - 1];
  list[at] = d;
  return count;
}

}  // namespace inlay::kernels

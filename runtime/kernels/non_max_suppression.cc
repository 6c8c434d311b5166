// SPDX-License-Identifier: Apache-2.0
#include "kernels/non_max_suppression.h"

#include <algorithm>

#include "core/math.h"
#include "kernels/heap.h"

namespace inlay::kernels {
namespace {

float area(const Box& b) { return (b.y1 - b.y0) * (b.x1 - b.x0); }

/// Intersection over union; 0 when a box has no area.
float overlap(const Box& a, const Box& b) {
  const float area_a = area(a), area_b = area(b);
  if (area_a <= 0 || area_b <= 0) return 0;
  const float height = std::max(std::min(a.y1, b.y1) - std::max(a.y0, b.y0), 0.0f);
  const float width = std::max(std::min(a.x1, b.x1) - std::max(a.x0, b.x0), 0.0f);
  const float shared = height * width;
  return shared / (area_a + area_b - shared);
}

Box ordered(const Box& b) { return {std::min(b.y0, b.y1), std::min(b.x0, b.x1), std::max(b.y0, b.y1), std::max(b.x0, b.x1)}; }

}  // namespace

int32_t nms_ordered(int32_t boxes, const Box* box, const float* scores, const NmsRule& rule, int32_t limit, int32_t* queue,
                    int32_t* selected) {
  int32_t waiting = 0;
  for (int32_t i = 0; i < boxes; ++i) {
    if (scores[i] >= rule.score_threshold) queue[waiting++] = i;
  }
  const auto below = [scores](int32_t a, int32_t b) { return scores[a] != scores[b] ? scores[a] < scores[b] : a > b; };
  heap_make(queue, waiting, below);
  int32_t count = 0;
  for (; waiting > 0 && count < limit; --waiting) {
    const int32_t next = heap_pop(queue, waiting, below);
    const bool taken =
        std::any_of(selected, selected + count, [&](int32_t s) { return overlap(box[s], box[next]) > rule.iou_threshold; });
    if (!taken) selected[count++] = next;
  }
  return count;
}

int32_t nms_soft(int32_t boxes, const Box* box, const float* scores, const NmsRule& rule, int32_t limit, NmsCandidate* queue,
                 int32_t* selected, float* selected_scores) {
  const auto below = [](const NmsCandidate& a, const NmsCandidate& b) { return a.score < b.score; };
  int32_t waiting = 0;
  for (int32_t i = 0; i < boxes; ++i) {
    if (scores[i] > rule.score_threshold) heap_rise(queue, waiting++, 0, NmsCandidate{scores[i], i, 0}, below);
  }
  const float factor = rule.sigma > 0 ? -0.5f / rule.sigma : 0.0f;
  int32_t count = 0;
  while (waiting > 0 && count < limit) {
    NmsCandidate next = heap_pop(queue, waiting--, below);
    if (next.seen < 0) continue;
    const float before = next.score;
    bool taken = false;
    for (int32_t k = count; k-- > next.seen && !taken && next.score > rule.score_threshold;) {
      const float iou = overlap(ordered(box[selected[k]]), ordered(box[next.index]));
      taken = iou >= rule.iou_threshold;
      if (rule.sigma > 0 && !taken) next.score *= exp_det(factor * iou * iou);
    }
    next.seen = count;
    if (taken) continue;
    if (next.score == before) {
      if (selected_scores != nullptr) selected_scores[count] = next.score;
      selected[count++] = next.index;
      // It stays in the queue until it is the best again: that decides the order of equal scores as in LiteRT.
      heap_rise(queue, waiting++, 0, NmsCandidate{next.score, next.index, -1}, below);
    } else if (next.score > rule.score_threshold) {
      heap_rise(queue, waiting++, 0, next, below);
    }
  }
  return count;
}

}  // namespace inlay::kernels

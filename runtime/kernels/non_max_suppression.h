// SPDX-License-Identifier: Apache-2.0
// Greedy selection of boxes: the best score first, leaving out what overlaps a box selected before.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Corners of a box.
struct Box {
  float y0, x0, y1, x1;
};

struct NmsRule {
  float iou_threshold;
  float score_threshold;
  float sigma;  ///< soft NMS (N. Bodla et al., "Soft-NMS", 2017) when above 0
};

/// A box in the queue.
struct NmsCandidate {
  float score;
  int32_t index;
  int32_t seen;  ///< how many selected boxes this one was compared with; -1: selected
};

/// The rule of the detection op: boxes with scores >= score_threshold, equal scores in order of index; a box goes when its
/// overlap with a selected one is above iou_threshold. Boxes of no area overlap nothing. `queue` holds `boxes` numbers. Writes at
/// most `limit` indices to `selected`; returns how many.
int32_t nms_ordered(int32_t boxes, const Box* box, const float* scores, const NmsRule& rule, int32_t limit, int32_t* queue,
                    int32_t* selected);

/// The rule of NON_MAX_SUPPRESSION_V4 and V5: scores > score_threshold; a box goes when its overlap is >= iou_threshold; with a
/// sigma above 0, each overlap also lowers its score by exp(-iou^2 / (2 sigma)). Corners may come in any order. `queue` holds
/// `boxes` candidates; selected_scores may be NULL.
int32_t nms_soft(int32_t boxes, const Box* box, const float* scores, const NmsRule& rule, int32_t limit, NmsCandidate* queue,
                 int32_t* selected, float* selected_scores);

}  // namespace inlay::kernels

// SPDX-License-Identifier: Apache-2.0
// From the outputs of an SSD (W. Liu et al., "SSD: Single Shot MultiBox Detector", 2016) to a list of boxes.
#pragma once
#include <cstdint>

#include "kernels/non_max_suppression.h"

namespace inlay::kernels {

/// Numbers that are float32, or 8-bit and become f32(q - zero) * scale when read.
struct RealReader {
  enum Kind : int32_t { kFloat, kInt8, kUint8 } kind;
  float scale;
  int32_t zero;
};
void read_real(const RealReader& r, const void* data, int64_t first, int64_t stride, int32_t count, float* out);

/// An encoded box (y, x, h, w) moves and stretches its anchor (center y, center x, h, w). factors: of y, x, h, w.
Box decode_box(const float* code, const float* anchor, const float* factors);

/// One line of the result.
struct Detected {
  float score;
  int32_t box, cls;
};

/// The `top` largest of `count` scores, in falling order, by their indices. `order` holds `count` numbers; the first `top` are
/// the result. Equal scores: the first for top == 1, else as a heap of the first `top` leaves them (kernels/heap.h).
void top_scores(int32_t count, const float* scores, int32_t top, int32_t* order);

/// Inserts `d` into `list`, sorted by falling score and `count` long, behind equal ones; keeps at most `limit`. The new count.
int32_t insert_detected(const Detected& d, int32_t count, int32_t limit, Detected* list);

}  // namespace inlay::kernels

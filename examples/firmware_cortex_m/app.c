/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include "board/board.h"
#include "print.h"

void app_print_best(const inlay_tensor_info* out, const void* output, const char* const* labels, int32_t label_count) {
  const int8_t* scores = output;
  const int32_t count = (int32_t)out->bytes;
  int32_t best = 0, i, zero = 0;
  for (i = 1; i < count; i++) {
    if (scores[i] > scores[best]) best = i;
  }
  if (out->quant.zero_points != NULL) zero = out->quant.zero_points[0];
  if (best < label_count) {
    board_print(labels[best]);
  } else {
    print_number((uint32_t)best);
  }
  board_print(" (");
  print_thousandths((int32_t)(1000.0f * out->quant.scales[0] * (float)(scores[best] - zero) + 0.5f));
  board_print(")");
}

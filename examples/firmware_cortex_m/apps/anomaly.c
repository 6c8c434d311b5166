/* SPDX-License-Identifier: Apache-2.0
 *
 * A network that learned to copy the sound of sound machines copies that of a broken one badly: the mean squared error is the
 * answer.
 */
#include "app.h"
#include "board/board.h"
#include "print.h"

const char app_title[] = "anomaly detection";

static float real(const inlay_tensor_info* info, const void* bytes, size_t i) {
  const int32_t zero = info->quant.zero_points != NULL ? info->quant.zero_points[0] : 0;
  return info->quant.scales[0] * (float)(((const int8_t*)bytes)[i] - zero);
}

void app_answer(const inlay_tensor_info* in, const void* input, const inlay_tensor_info* out, const void* output) {
  float sum = 0.0f;
  size_t i;
  for (i = 0; i < out->bytes; i++) {
    const float difference = real(in, input, i) - real(out, output, i);
    sum += difference * difference;
  }
  board_print("mean squared error ");
  print_thousandths((int32_t)(1000.0f * sum / (float)out->bytes + 0.5f));
}

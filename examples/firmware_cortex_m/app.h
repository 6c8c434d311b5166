/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a firmware that differ from model to model: what went in, and what the numbers that come out mean.
 */
#ifndef FIRMWARE_APP_H
#define FIRMWARE_APP_H

#include "inlay/inlay.h"

/** One line: what this firmware does. */
extern const char app_title[];

/** Prints the answer, without an end of line. `in`, `out`: the tensors' own description; `input`: the bytes of app_input. */
void app_answer(const inlay_tensor_info* in, const void* input, const inlay_tensor_info* out, const void* output);

/** For app_answer: prints the label of the largest of an int8 tensor's elements, and that element as a real number. */
void app_print_best(const inlay_tensor_info* out, const void* output, const char* const* labels, int32_t label_count);

/** The bytes of the model's input: written by inlay_firmware() of CMakeLists.txt. Here a product has its sensor. */
extern const unsigned char app_input[];
extern const unsigned int app_input_bytes;

#endif /* FIRMWARE_APP_H */

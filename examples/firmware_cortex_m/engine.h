/* SPDX-License-Identifier: Apache-2.0
 *
 * A session of the embedded model in static memory. engine_file.c makes it from the .inlay file in flash: verified and prepared
 * at every start, so the file may also arrive later, over the air.
 */
#ifndef FIRMWARE_ENGINE_H
#define FIRMWARE_ENGINE_H

#include "inlay/inlay.h"

extern const char engine_name[];

/** Starts the session; the tensors' descriptions are those of input 0 and output 0. Once per start of the firmware. */
inlay_status engine_init(inlay_session** session, inlay_tensor_info* in, inlay_tensor_info* out, inlay_error* error);

/** Bytes of RAM that the session really needs on this core, which may be less than what engine_init was given. */
typedef struct engine_memory {
  size_t tables, persistent, planned, scratch;
} engine_memory;
inlay_status engine_measure(engine_memory* memory, inlay_error* error);

#endif /* FIRMWARE_ENGINE_H */

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

/** Bytes of RAM beside the session's: the tables that tell what is where in a file. 0 where they lie in flash. */
size_t engine_table_bytes(void);

#endif /* FIRMWARE_ENGINE_H */

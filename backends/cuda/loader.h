// SPDX-License-Identifier: Apache-2.0
// Opens the shared object that is linked to the CUDA runtime and has the kernels.
#pragma once
#include "driver.h"
#include "inlay/inlay.h"

namespace inlay::cuda {

/// Opens the shared object at `path`. NULL with a sentence in `why`.
const inlay_cuda_driver* open_driver(const char* path, inlay_error* why);

/// The driver of this process: libinlay_cuda.so (see beside/beside.h), opened by the first call. NULL with a sentence in `why`, then and
/// always. The emulated device of the tests is linked in the place of this function.
const inlay_cuda_driver* driver(inlay_error* why);

}  // namespace inlay::cuda

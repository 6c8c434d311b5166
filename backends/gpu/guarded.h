// SPDX-License-Identifier: Apache-2.0
// Where exceptions end: no function of a backend's table lets one out.
#pragma once
#include <new>

#include "core/error.h"
#include "gpu/device.h"

namespace inlay::gpu {

/// Runs `work`, and makes of what it throws a status and a sentence that begins with the driver's name.
template <typename Work>
inlay_status guarded(const char* driver, inlay_error* error, Work work) {
  try {
    work();
    return INLAY_OK;
  } catch (const Failure& failure) {
    if (failure.status() == INLAY_STATUS_OUT_OF_MEMORY) return INLAY_FAIL(error, OUT_OF_MEMORY, "%: %", driver, failure.what());
    return INLAY_FAIL(error, BACKEND_FAILED, "%: %", driver, failure.what());
  } catch (const std::bad_alloc&) {
    return INLAY_FAIL(error, OUT_OF_MEMORY, "%: no memory on the host", driver);
  } catch (const std::exception& other) {
    return INLAY_FAIL(error, BACKEND_FAILED, "%: %", driver, other.what());
  }
}

}  // namespace inlay::gpu

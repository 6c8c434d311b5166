// SPDX-License-Identifier: Apache-2.0
// Stands in for the backend in a build without the library: no device, and what to do about it.
#include "core/error.h"
#include "inlay/backend.h"

namespace inlay::xnnpack {
namespace {

constexpr const char* kAbsent = "built without XNNPACK: install libxnnpack-dev and libpthreadpool-dev and build again";

int32_t probe(inlay_device_info*, int32_t, inlay_error* why) {
  static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", kAbsent));
  return 0;
}

const char* reject(int32_t, const inlay_segment*, const inlay_node*) { return kAbsent; }

inlay_status measure(int32_t, const inlay_segment*, inlay_need*, inlay_error* error) {
  return INLAY_FAIL(error, NO_DEVICE, "%", kAbsent);
}

inlay_status compile(int32_t, const inlay_segment*, inlay_block, void**, inlay_error* error) {
  return INLAY_FAIL(error, NO_DEVICE, "%", kAbsent);
}

inlay_status execute(void*, const inlay_run* run) { return INLAY_FAIL(run->error, NO_DEVICE, "%", kAbsent); }

void release(void*) {}

}  // namespace
}  // namespace inlay::xnnpack

extern "C" const inlay_backend inlay_backend_xnnpack;
extern "C" const inlay_backend inlay_backend_xnnpack = {INLAY_BACKEND_ABI_VERSION,
                                                        sizeof(inlay_backend),
                                                        "xnnpack",
                                                        0,
                                                        inlay::xnnpack::probe,
                                                        inlay::xnnpack::reject,
                                                        inlay::xnnpack::measure,
                                                        inlay::xnnpack::compile,
                                                        inlay::xnnpack::execute,
                                                        inlay::xnnpack::release,
                                                        nullptr,
                                                        nullptr,
                                                        nullptr,
                                                        INLAY_BACKEND_WORKS_AT_ONCE};

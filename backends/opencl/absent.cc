// SPDX-License-Identifier: Apache-2.0
// What stands for the backend in a build without OpenCL's headers.
#include "core/error.h"
#include "inlay/backend.h"

namespace inlay::opencl {
namespace {

constexpr const char* kWhy = "built without OpenCL: install opencl-c-headers and build again";

int32_t probe(inlay_device_info*, int32_t, inlay_error* why) {
  static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", kWhy));
  return 0;
}
const char* reject(int32_t, const inlay_segment*, const inlay_node*) { return kWhy; }
inlay_status measure(int32_t, const inlay_segment*, inlay_need*, inlay_error* error) {
  return INLAY_FAIL(error, NO_DEVICE, "%", kWhy);
}
inlay_status compile(int32_t, const inlay_segment*, inlay_block, void**, inlay_error* error) {
  return INLAY_FAIL(error, NO_DEVICE, "%", kWhy);
}
inlay_status execute(void*, const inlay_run* run) { return INLAY_FAIL(run->error, NO_DEVICE, "%", kWhy); }
void release(void*) {}

}  // namespace
}  // namespace inlay::opencl

extern "C" const inlay_backend inlay_backend_opencl;
extern "C" const inlay_backend inlay_backend_opencl = {INLAY_BACKEND_ABI_VERSION,
                                                       sizeof(inlay_backend),
                                                       "opencl",
                                                       INLAY_BACKEND_ACCELERATOR,
                                                       inlay::opencl::probe,
                                                       inlay::opencl::reject,
                                                       inlay::opencl::measure,
                                                       inlay::opencl::compile,
                                                       inlay::opencl::execute,
                                                       inlay::opencl::release,
                                                       nullptr,
                                                       nullptr,
                                                       nullptr,
                                                       INLAY_BACKEND_WORKS_AT_ONCE};

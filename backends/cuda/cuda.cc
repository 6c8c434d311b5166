// SPDX-License-Identifier: Apache-2.0
// The table in the registry.
#include "gpu/guarded.h"
#include "ops.h"
#include "segment.h"

namespace inlay::cuda {
namespace {

template <typename Work>
inlay_status guarded(inlay_error* error, Work work) {
  return gpu::guarded("CUDA", error, work);
}

Device* device_at(int32_t index) {
  const auto& all = devices(nullptr);
  return index >= 0 && static_cast<size_t>(index) < all.size() ? all[static_cast<size_t>(index)].get() : nullptr;
}

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error* why) {
  int32_t count = 0;
  std::string reason;
  const inlay_status status = guarded(why, [&] {
    for (const auto& device : devices(&reason)) {
      if (count < capacity) {
        inlay_device_info& info = out[count];
        info = {};
        device->caps().name.copy(info.name, sizeof(info.name) - 1);
        info.memory_bytes = device->caps().unified ? 0 : device->caps().global_bytes;
      }
      ++count;
    }
  });
  if (status != INLAY_OK) return 0;
  if (count == 0) static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", reason.c_str()));
  return count;
}

const char* reject(int32_t device, const inlay_segment* segment, const inlay_node* node) {
  const Device* at = device_at(device);
  return at != nullptr ? rejection(find_op(node->kind), at->caps(), *segment, *node) : "there is no such CUDA device here";
}

/// What a segment holds lies on the heap and on the device.
inlay_status measure(int32_t, const inlay_segment*, inlay_need* need, inlay_error*) {
  *need = {0, 0};
  return INLAY_OK;
}

inlay_status compile(int32_t device, const inlay_segment* segment, inlay_block, void** compiled, inlay_error* error) {
  Device* at = device_at(device);
  if (at == nullptr) return INLAY_FAIL(error, NO_DEVICE, "there is no CUDA device %", device);
  return guarded(error, [&] { *compiled = new Segment(*at, *segment); });
}

inlay_status submit(void* compiled, const inlay_run* run) {
  return guarded(run->error, [&] { static_cast<Segment*>(compiled)->submit(*run); });
}

inlay_status finish(void* compiled, inlay_error* error) {
  return guarded(error, [&] { static_cast<Segment*>(compiled)->finish(); });
}

inlay_status execute(void* compiled, const inlay_run* run) {
  const inlay_status status = submit(compiled, run);
  return status == INLAY_OK ? finish(compiled, run->error) : status;
}

void release(void* compiled) { delete static_cast<Segment*>(compiled); }

const char* kernel(void* compiled, int32_t node) { return static_cast<Segment*>(compiled)->kernel(node); }

int32_t variants(int32_t device, const inlay_segment* segment, const inlay_node* node) {
  const Device* at = device_at(device);
  const Op* op = find_op(node->kind);
  if (at == nullptr || op == nullptr || op->variants == nullptr) return 1;
  return op->variants({segment, node, &at->caps()});
}

void usage(void* compiled, inlay_device_use* out) {
  const uint32_t size = out->struct_size;
  static_cast<Segment*>(compiled)->use(out);
  out->struct_size = size;
}

}  // namespace
}  // namespace inlay::cuda

extern "C" const inlay_backend inlay_backend_cuda;
extern "C" const inlay_backend inlay_backend_cuda = {INLAY_BACKEND_ABI_VERSION,
                                                     sizeof(inlay_backend),
                                                     "cuda",
                                                     INLAY_BACKEND_HEAP | INLAY_BACKEND_SHAREABLE | INLAY_BACKEND_ACCELERATOR,
                                                     inlay::cuda::probe,
                                                     inlay::cuda::reject,
                                                     inlay::cuda::measure,
                                                     inlay::cuda::compile,
                                                     inlay::cuda::execute,
                                                     inlay::cuda::release,
                                                     nullptr,
                                                     inlay::cuda::kernel,
                                                     nullptr,
                                                     inlay::cuda::variants,
                                                     inlay::cuda::usage,
                                                     inlay::cuda::submit,
                                                     inlay::cuda::finish};

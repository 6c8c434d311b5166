// SPDX-License-Identifier: Apache-2.0
// libinlay_cuda.so: the table of driver.h by the CUDA runtime, which is linked statically. libcuda is opened by that runtime when the
// first function needs it, so this loads anywhere.
#include <cuda_runtime_api.h>

#include <cstring>

#include "driver.h"
#include "kernel_table.h"

namespace inlay::cuda {
namespace {

// Every function below names its device: the runtime keeps "the" device per host thread.
#define ON(device)                                                             \
  do {                                                                         \
    const cudaError_t inlay_set = cudaSetDevice(device);                       \
    if (inlay_set != cudaSuccess) return forget(inlay_set);                    \
  } while (0)

/// The runtime also keeps the last error, for whoever asks next: that would not be us.
int forget(cudaError_t code) {
  if (code != cudaSuccess) static_cast<void>(cudaGetLastError());
  return code;
}

cudaStream_t stream_of(void* stream) { return static_cast<cudaStream_t>(stream); }
cudaEvent_t event_of(void* event) { return static_cast<cudaEvent_t>(event); }

const char* error_name(int code) { return cudaGetErrorName(static_cast<cudaError_t>(code)); }
const char* error_text(int code) { return cudaGetErrorString(static_cast<cudaError_t>(code)); }

/// Those of which the CUDA Runtime API says "any further CUDA work will return the same error", and those without a device.
uint32_t error_kind(int code) {
  switch (code) {
    case cudaErrorMemoryAllocation: return INLAY_CUDA_ERROR_MEMORY;
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorDevicesUnavailable:
    case cudaErrorContextIsDestroyed:
    case cudaErrorDeviceUninitialized:
    case cudaErrorUnknown:
    case cudaErrorSystemNotReady: return INLAY_CUDA_ERROR_LOST;
    default: return INLAY_CUDA_ERROR_OTHER;
  }
}

int device_count(int32_t* out) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  *out = status == cudaSuccess ? count : 0;
  return forget(status);
}

int read_caps(int32_t device, inlay_cuda_caps* out) {
  cudaDeviceProp p = {};
  const cudaError_t status = cudaGetDeviceProperties(&p, device);
  if (status != cudaSuccess) return forget(status);
  *out = {};
  std::memcpy(out->name, p.name, sizeof(out->name) - 1);
  out->arch = 10 * p.major + p.minor;
  out->units = p.multiProcessorCount;
  out->wgmma = has_wgmma() && out->arch == 90 ? 1 : 0;
  out->integrated = p.integrated != 0 && p.canMapHostMemory != 0 ? 1 : 0;
  out->most_threads = p.maxThreadsPerBlock;
  out->memory_bytes = p.totalGlobalMem;
  out->shared_bytes = p.sharedMemPerBlockOptin;
  out->cache_bytes = static_cast<uint64_t>(p.l2CacheSize);
  static_cast<void>(cudaDriverGetVersion(&out->driver_version));
  static_cast<void>(cudaRuntimeGetVersion(&out->runtime_version));
  return 0;
}

int reset(int32_t device) {
  // Not ON(): after a fault that fails, too, and the device is set all the same.
  static_cast<void>(cudaSetDevice(device));
  static_cast<void>(cudaGetLastError());
  return forget(cudaDeviceReset());
}

const void* find(const char* source, const char* options, const char* name) {
  const Kernel* kernel = find_kernel(source, options, name);
  return kernel != nullptr ? kernel->function : nullptr;
}

int allow_shared(int32_t device, const void* kernel, uint64_t bytes) {
  ON(device);
  return forget(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)));
}

// ---- memory --------------------------------------------------------------------------------------------------------------

int take(int32_t device, size_t bytes, void** out) {
  ON(device);
  return forget(cudaMalloc(out, bytes));
}
int give(int32_t device, void* memory) {
  ON(device);
  return forget(cudaFree(memory));
}
/// Mapped at the same address on both sides, as unified addressing has it.
int take_pinned(int32_t device, size_t bytes, void** out) {
  ON(device);
  return forget(cudaHostAlloc(out, bytes, cudaHostAllocMapped));
}
int give_pinned(int32_t device, void* memory) {
  ON(device);
  return forget(cudaFreeHost(memory));
}

// ---- streams -------------------------------------------------------------------------------------------------------------

int make_stream(int32_t device, void** out) {
  ON(device);
  return forget(cudaStreamCreateWithFlags(reinterpret_cast<cudaStream_t*>(out), cudaStreamNonBlocking));
}
int drop_stream(int32_t device, void* stream) {
  ON(device);
  return forget(cudaStreamDestroy(stream_of(stream)));
}

int make_event(int32_t device, int32_t timed, void** out) {
  ON(device);
  const unsigned flags = cudaEventBlockingSync | (timed != 0 ? 0u : cudaEventDisableTiming);
  return forget(cudaEventCreateWithFlags(reinterpret_cast<cudaEvent_t*>(out), flags));
}
int drop_event(int32_t device, void* event) {
  ON(device);
  return forget(cudaEventDestroy(event_of(event)));
}
int record(int32_t device, void* event, void* stream) {
  ON(device);
  return forget(cudaEventRecord(event_of(event), stream_of(stream)));
}
int wait_event(int32_t device, void* event) {
  ON(device);
  return forget(cudaEventSynchronize(event_of(event)));
}
int elapsed(int32_t device, void* from, void* to, float* milliseconds) {
  ON(device);
  return forget(cudaEventElapsedTime(milliseconds, event_of(from), event_of(to)));
}

/// cudaStreamSynchronize spins unless the whole process was told otherwise, which is not ours to tell; an event need not.
int drain(int32_t device, void* stream) {
  void* event = nullptr;
  int status = make_event(device, 0, &event);
  if (status != 0) return status;
  status = record(device, event, stream);
  if (status == 0) status = wait_event(device, event);
  static_cast<void>(drop_event(device, event));
  return status;
}

int copy_in(int32_t device, void* to, const void* from, size_t bytes, void* stream) {
  ON(device);
  return forget(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_of(stream)));
}
int copy_out(int32_t device, void* to, const void* from, size_t bytes, void* stream) {
  ON(device);
  return forget(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_of(stream)));
}
int launch(int32_t device, const inlay_cuda_launch* l, void* stream) {
  ON(device);
  const dim3 grid(l->grid[0], l->grid[1], l->grid[2]), block(l->block[0], l->block[1], l->block[2]);
  return forget(cudaLaunchKernel(l->kernel, grid, block, l->args, l->shared_bytes, stream_of(stream)));
}

// ---- graphs --------------------------------------------------------------------------------------------------------------

int begin_capture(int32_t device, void* stream) {
  ON(device);
  return forget(cudaStreamBeginCapture(stream_of(stream), cudaStreamCaptureModeThreadLocal));
}
int end_capture(int32_t device, void* stream, void** out) {
  ON(device);
  cudaGraph_t graph = nullptr;
  cudaError_t status = cudaStreamEndCapture(stream_of(stream), &graph);
  if (status != cudaSuccess) return forget(status);
  cudaGraphExec_t ready = nullptr;
  status = cudaGraphInstantiate(&ready, graph, 0);
  static_cast<void>(cudaGraphDestroy(graph));
  if (status != cudaSuccess) return forget(status);
  // Now, and not in the first run, which allocates nothing.
  status = cudaGraphUpload(ready, stream_of(stream));
  *out = ready;
  return forget(status);
}
int start_graph(int32_t device, void* graph, void* stream) {
  ON(device);
  return forget(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), stream_of(stream)));
}
int drop_graph(int32_t device, void* graph) {
  ON(device);
  return forget(cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph)));
}

#undef ON

const inlay_cuda_driver kTable = {INLAY_CUDA_DRIVER_VERSION, sizeof(inlay_cuda_driver), error_name, error_text, error_kind, device_count, read_caps,
                                  reset, find, allow_shared, take, give, nullptr, take_pinned, give_pinned, make_stream, drop_stream, drain,
                                  copy_in, copy_out, launch, begin_capture, end_capture, start_graph, drop_graph, make_event, drop_event, record,
                                  wait_event, elapsed};

}  // namespace
}  // namespace inlay::cuda

extern "C" __attribute__((visibility("default"))) const inlay_cuda_driver* INLAY_CUDA_DRIVER_ENTRY(uint32_t version) {
  return version == INLAY_CUDA_DRIVER_VERSION ? &inlay::cuda::kTable : nullptr;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * All that the CUDA backend asks of a GPU, as one C table. libinlay_cuda.so fills it in with the CUDA runtime, the emulated device
 * of the tests with the CPU. Functions that answer an int answer 0, or the driver's error code; error_name() and error_kind() tell what
 * that is. Devices are numbered from 0. A function may be called by any thread, those of one stream by one at a time.
 */
#ifndef INLAY_CUDA_DRIVER_H
#define INLAY_CUDA_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INLAY_CUDA_DRIVER_VERSION 2u

/** What an error code means for who gets it. */
#define INLAY_CUDA_ERROR_OTHER 0u  /**< this call failed */
#define INLAY_CUDA_ERROR_MEMORY 1u /**< no room; the device is as good as before */
#define INLAY_CUDA_ERROR_LOST 2u   /**< sticky: a kernel's fault, or the device is gone. Every later call fails, until reset() helps */

/** What a device says of itself. */
typedef struct inlay_cuda_caps {
  char name[128];
  int32_t arch;        /**< compute capability: 10 * major + minor */
  int32_t units;       /**< multiprocessors */
  int32_t wgmma;       /**< 1: there are kernels for sm_90a, and this is a device of compute capability 9.0, which alone runs them */
  int32_t integrated;  /**< 1: shares the host's memory, so that pinned memory of the host is read in place */
  int32_t most_threads; /**< of a block */
  uint64_t memory_bytes;
  uint64_t shared_bytes; /**< of a block, at most, where a kernel asks for it */
  uint64_t cache_bytes;  /**< L2 */
  int32_t driver_version, runtime_version; /**< as CUDA numbers them: 1000 * major + 10 * minor */
} inlay_cuda_caps;

/** One kernel start. `args`: pointers to the arguments, in the kernel's order; all of that stays as long as a graph that has it. */
typedef struct inlay_cuda_launch {
  const void* kernel; /**< of find_kernel() */
  uint32_t grid[3], block[3];
  uint64_t shared_bytes; /**< dynamic shared memory of a block */
  void** args;
} inlay_cuda_launch;

typedef struct inlay_cuda_driver {
  uint32_t version;     /**< INLAY_CUDA_DRIVER_VERSION */
  uint32_t struct_size; /**< sizeof(inlay_cuda_driver) */
  const char* (*error_name)(int code); /**< such as "cudaErrorMemoryAllocation" */
  const char* (*error_text)(int code); /**< the driver's sentence */
  uint32_t (*error_kind)(int code);    /**< INLAY_CUDA_ERROR_* */

  int (*device_count)(int32_t* out); /**< every error means that there is no device */
  int (*caps)(int32_t device, inlay_cuda_caps* out);
  /** Ends everything that the process has on the device: the way back from a lost one, where the driver knows one. */
  int (*reset)(int32_t device);

  /** The kernel made for those options, or NULL. The names are compared as text. */
  const void* (*find_kernel)(const char* source, const char* options, const char* name);
  /** Allows a kernel so much dynamic shared memory on a device. */
  int (*allow_shared)(int32_t device, const void* kernel, uint64_t bytes);

  int (*take)(int32_t device, size_t bytes, void** out); /**< device memory, aligned to 256 */
  int (*give)(int32_t device, void* memory);
  /** NULL, or told of bytes that no kernel and no copy may touch before they are given back: for devices that can watch them. */
  void (*forbid)(void* memory, size_t bytes);
  int (*take_pinned)(int32_t device, size_t bytes, void** out); /**< memory of the host, which an integrated device reads as its own */
  int (*give_pinned)(int32_t device, void* memory);

  int (*make_stream)(int32_t device, void** out); /**< does not wait for the streams of others */
  int (*drop_stream)(int32_t device, void* stream);
  /** Waits without spinning for all that the stream was given. */
  int (*drain)(int32_t device, void* stream);
  /** Copies on a stream; host memory is of take_pinned(), or the call may return only once it was read or written. */
  int (*copy_in)(int32_t device, void* to, const void* from, size_t bytes, void* stream);
  int (*copy_out)(int32_t device, void* to, const void* from, size_t bytes, void* stream);
  int (*launch)(int32_t device, const inlay_cuda_launch* launch, void* stream);

  /** What is put into the stream from now on is not done but written down. */
  int (*begin_capture)(int32_t device, void* stream);
  /** What was written down, ready to be started again and again; an error ends the capture, too. */
  int (*end_capture)(int32_t device, void* stream, void** graph);
  int (*start_graph)(int32_t device, void* graph, void* stream);
  int (*drop_graph)(int32_t device, void* graph);

  int (*make_event)(int32_t device, int32_t timed, void** out); /**< timed 0: to be waited for; 1: to read times from */
  int (*drop_event)(int32_t device, void* event);
  int (*record)(int32_t device, void* event, void* stream);
  int (*wait_event)(int32_t device, void* event); /**< without spinning; errors of what came before it are answered here */
  int (*elapsed)(int32_t device, void* from, void* to, float* milliseconds);
} inlay_cuda_driver;

/** What libinlay_cuda.so exports; NULL for another version. Asks no device. */
typedef const inlay_cuda_driver* (*inlay_cuda_driver_entry_fn)(uint32_t version);
#define INLAY_CUDA_DRIVER_ENTRY inlay_cuda_driver_entry
#define INLAY_CUDA_DRIVER_ENTRY_NAME "inlay_cuda_driver_entry"

#ifdef __cplusplus
}
#endif
#endif /* INLAY_CUDA_DRIVER_H */

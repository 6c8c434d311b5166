/* SPDX-License-Identifier: Apache-2.0
 *
 * Control of the test ICD: an OpenCL driver that is PoCL until it is told to fail.
 *
 * A program that has loaded it through an ICD loader (OCL_ICD_VENDORS=<folder with inlay_test.icd>/) finds the table by
 * inlay_icd_find(). A program without such code is steered by the environment: INLAY_ICD holds settings separated by blanks,
 *
 *     fail=CALL:NTH:TIMES:ERROR   lose=NTH:ERROR   delay=CALL:MS   log=TEXT_WITHOUT_BLANKS   FIELD=VALUE
 *
 * where CALL is a name of calls.inc, NTH counts from 1, TIMES 0 is for ever and FIELD is a member of inlay_icd_device; and
 * INLAY_ICD_REPORT names a file that gets `NAME VALUE` lines of the counters when the process ends.
 */
#ifndef INLAY_TEST_ICD_H
#define INLAY_TEST_ICD_H

#include <dlfcn.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The calls that can be refused, delayed and are counted. */
typedef enum inlay_icd_call {
#define INLAY_ICD_CALL(name) ICD_##name,
#include "calls.inc"
#undef INLAY_ICD_CALL
  ICD_CALLS,
  ICD_ANY = ICD_CALLS /**< for fail(): whichever */
} inlay_icd_call;

/** The objects whose references are counted. A map is one until it is unmapped. */
typedef enum inlay_icd_kind {
  ICD_CONTEXT,
  ICD_QUEUE,
  ICD_MEMORY,
  ICD_PROGRAM,
  ICD_KERNEL,
  ICD_EVENT,
  ICD_SUB_DEVICE,
  ICD_MAP,
  ICD_KINDS
} inlay_icd_kind;

/** What the devices say of themselves in place of PoCL's answers; all zeros: PoCL's. The limits hold, too. */
typedef struct inlay_icd_device {
  int64_t absent;            /**< 1: the platform has no device */
  int64_t no_compiler;       /**< 1: no source is built: CL_COMPILER_NOT_AVAILABLE */
  int64_t no_unified_memory; /**< 1: CL_DEVICE_HOST_UNIFIED_MEMORY is false */
  int64_t max_work_group;    /**< work-items of a group, also along each axis; larger ones: CL_INVALID_WORK_GROUP_SIZE */
  int64_t base_align;        /**< bytes; other origins of sub-buffers: CL_MISALIGNED_SUB_BUFFER_OFFSET */
  int64_t max_alloc;         /**< bytes of one buffer; larger ones: CL_INVALID_BUFFER_SIZE */
  int64_t memory;            /**< bytes of all live buffers; beyond: CL_MEM_OBJECT_ALLOCATION_FAILURE */
  int64_t local_memory;      /**< bytes; kernels that need more: CL_OUT_OF_RESOURCES when enqueued */
  char name[64];
  char driver_version[64];
  char extensions[256];
} inlay_icd_device;

typedef struct inlay_icd_counts {
  int64_t live[ICD_KINDS];  /**< objects made and not yet released by the program */
  int64_t made[ICD_KINDS];  /**< since reset */
  int64_t live_bytes;       /**< of buffers; sub-buffers are parts of theirs */
  int64_t peak_bytes;       /**< the most since reset */
  int64_t calls[ICD_CALLS]; /**< since reset, refused ones included */
  int64_t taken[ICD_CALLS]; /**< those that succeeded */
  int64_t bytes[ICD_CALLS]; /**< what the successful reads, writes, copies, fills and maps moved */
} inlay_icd_counts;

/** Every function may be called at any time from any thread. */
typedef struct inlay_icd {
  uint32_t struct_size;
  /** No faults, the device of before (PoCL's, or as INLAY_ICD says), counters 0; live objects stay counted. */
  void (*reset)(void);
  /** From now on the `nth` (1: next) `call` and those after it, `times` in all (0: for ever), return `error`. */
  void (*fail)(inlay_icd_call call, int64_t nth, int64_t times, int32_t error);
  /**
   * The device is lost before the `nth` call from now: all but queries and releases return `error`, events have failed. reset()
   * brings the device back, but what was made in contexts of before keeps failing, as it does on real devices.
   */
  void (*lose)(int64_t nth, int32_t error);
  /** Every `call` takes so long in addition. */
  void (*delay)(inlay_icd_call call, int64_t milliseconds);
  /** What a build that was made to fail leaves in its log. */
  void (*log)(const char* text);
  /** NULL: as after reset(). */
  void (*device)(const inlay_icd_device* device);
  void (*counts)(inlay_icd_counts* out);
  const char* (*call_name)(inlay_icd_call call);
  const char* (*kind_name)(inlay_icd_kind kind);
} inlay_icd;

typedef const inlay_icd* (*inlay_icd_entry_fn)(void);
#define INLAY_ICD_ENTRY_NAME "inlay_icd_entry"

/** The table of the ICD library at `path` once a loader has loaded it; NULL before. */
static inline const inlay_icd* inlay_icd_find(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library == 0) return 0;
  void* entry = dlsym(library, INLAY_ICD_ENTRY_NAME);
  dlclose(library); /* NOLOAD has counted it once more */
  return entry == 0 ? 0 : ((inlay_icd_entry_fn)entry)();
}

#ifdef __cplusplus
}
#endif
#endif /* INLAY_TEST_ICD_H */

/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: the contract of a backend, built in or loaded from a shared object.
 *
 * A backend is one const table of functions. A session asks reject() for every op of a model, cuts the graph into
 * segments (runs of consecutive ops on one device), and for each segment calls measure(), compile() once, execute() per
 * run and release() once. execute() allocates nothing from the heap unless the backend says INLAY_BACKEND_HEAP.
 *
 * A shared object exports  const inlay_backend* inlay_backend_entry(uint32_t abi_version);  it returns NULL when it
 * cannot serve that version. It must load on a host without its device: then probe() says why there is none.
 */
#ifndef INLAY_BACKEND_H
#define INLAY_BACKEND_H

#include "inlay/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INLAY_BACKEND_ABI_VERSION 1u

#define INLAY_BACKEND_HEAP 1u          /**< flags: execute() may use the heap; a strict session refuses it */
#define INLAY_BACKEND_SHAREABLE 2u     /**< flags: one `compiled` may be executed by several sessions at the same time */
#define INLAY_BACKEND_POOL_IF_NAMED 4u /**< flags: pool() is not asked where devices are chosen by claim alone */
#define INLAY_BACKEND_IF_BEST 8u       /**< flags: a default device only where preference(0, segment, NULL) is above 0 */
#define INLAY_BACKEND_OWN_ACTIVATIONS \
  32u /**< flags: of tensors made and read inside of one segment alone it touches no byte in tensors[] */
#define INLAY_BACKEND_ACCELERATOR \
  16u /**< flags: used where it is named or placed, for nobody knows unmeasured whether it is faster */

/** What probe() says of one device. */
typedef struct inlay_device_info {
  char name[64];         /**< "AVX2 x2", "NVIDIA H200", ... for people */
  char alias[16];        /**< the name a user asks for when it is not "<backend>:<index>"; may be empty */
  uint64_t memory_bytes; /**< device memory, 0: host memory */
} inlay_device_info;

/** A run of consecutive nodes of one graph on one device. */
typedef struct inlay_segment {
  uint32_t struct_size;
  const inlay_graph* graph;
  int32_t first_node, node_count;
  const inlay_op_table* ops; /**< the session's ops; only `builtin` uses them */
  int32_t threads;
  uint32_t allow_inexact;
  const inlay_graph* graphs; /**< all graphs of the model; `graph` is one of them */
  int32_t graph_count;
  const inlay_pool*
      pool;              /**< the process's threads, outlives the segment; NULL: only the caller's. `threads` of them are meant */
  uint32_t fast_math;    /**< INLAY_FAST_MATH_* bits */
  const char* cache_dir; /**< where built programs are kept; NULL: nowhere */
  const inlay_progress* progress; /**< may be NULL */
  const uint8_t* variants;        /**< by node of `graph`: 0 the device's own choice, v its variant v - 1; NULL: all 0 */
} inlay_segment;

/** What a segment needs, in bytes. */
typedef struct inlay_need {
  size_t persistent; /**< kept from compile to release, aligned to 16 */
  size_t scratch;    /**< during execute only, aligned to 64 where the caller can */
} inlay_need;

/**
 * Given to execute. tensors[id] is where each tensor of the graph lies for this run, aligned to its element's size (inputs and
 * outputs of the graph in the planned block: to 16). Places may overlap where one tensor is a view of another (a reshape, a
 * slice, an input inside its concatenation): the bytes they share then have one meaning for both. An output over an input that
 * is read for the last time takes its place. So outputs of a segment may be written in any order, but each in full unless the
 * backend itself has put the bytes there.
 */
typedef struct inlay_run {
  void* const* tensors;
  inlay_block scratch;
  const inlay_observer* observer; /**< may be NULL; now and done are then not called */
  int32_t graph_index;
  inlay_error* error;              /**< may be NULL */
  const struct inlay_calls* calls; /**< inlay/op.h: for ops that run other graphs of the model */
} inlay_run;

struct inlay_backend {
  /* required */
  uint32_t abi_version; /**< INLAY_BACKEND_ABI_VERSION */
  uint32_t struct_size; /**< sizeof(inlay_backend) */
  const char* name;     /**< "builtin", "opencl", ... lower case, at most 15 characters */
  uint32_t flags;
  /** Fills up to `capacity` devices and returns how many there are; 0 with a sentence in `why` when there is none. */
  int32_t (*probe)(inlay_device_info* out, int32_t capacity, inlay_error* why);
  /** NULL when `device` can run the node, else a static sentence that says why not. Pure. */
  const char* (*reject)(int32_t device, const inlay_segment* segment, const inlay_node* node);
  inlay_status (*measure)(int32_t device, const inlay_segment* segment, inlay_need* need, inlay_error* error);
  /** `memory` has the measured bytes, is zeroed, and outlives the result. The segment struct is gone after the call. */
  inlay_status (*compile)(int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error);
  inlay_status (*execute)(void* compiled, const inlay_run* run);
  void (*release)(void* compiled);
  /* optional: NULL, or behind struct_size */
  /**
   * How good the device claims to be at a node it does not reject, where nothing was measured: see INLAY_PREFERENCE_*. Pure.
   * NULL: INLAY_PREFERENCE_LIBRARY. With INLAY_BACKEND_IF_BEST, `node` may be NULL: whether the
   * device is worth setting up for the segment, a whole model.
   */
  int32_t (*preference)(int32_t device, const inlay_segment* segment, const inlay_node* node);
  /** The kernel that runs a node (its index in the graph) of the segment, in a word or two; static or as long as `compiled`. */
  const char* (*kernel)(void* compiled, int32_t node);
  /**
   * A pool of at least `threads` that the whole process should compute on because the backend's library cannot use another,
   * or NULL. It lives as long as the process.
   */
  const inlay_pool* (*pool)(int32_t device, int32_t threads);
  /**
   * How many ways of computing a node the device leaves to be chosen by measurement (tile sizes, algorithms); 0 or 1: none. Their
   * integer answers are the same. Which one is segment->variants.
   */
  int32_t (*variants)(int32_t device, const inlay_segment* segment, const inlay_node* node);
  /** Fills in what `compiled` holds and moves. Called between runs. */
  void (*usage)(void* compiled, inlay_device_use* out);
  /**
   * Both or none: devices that compute beside the host. submit() starts a run and returns as soon as the host need not help:
   * the inputs may then not be written, the outputs not be read, `run` itself may be gone but what its members point to stays;
   * run->error is for submit() alone, and run->calls is not called from other threads. finish() waits for it, without spinning,
   * and tells the observer. One finish follows each successful submit, on the same thread, before the next run of the same
   * `compiled`. Segments in flight at once are finished in any order; each has scratch of its own. Bytes beside those of a tensor
   * may be in use meanwhile: a device that moves whole cache lines copies what it does not own in full. Of a `compiled` that
   * several sessions share, submit() waits while another one's run is in flight: sessions begin their segments in one order, so
   * nobody waits for ever. execute() is submit and finish.
   */
  inlay_status (*submit)(void* compiled, const inlay_run* run);
  inlay_status (*finish)(void* compiled, inlay_error* error);
  /**
   * After a run that returned BACKEND_FAILED: 0: that run alone failed, for its data or for want of something, and the next may be
   * good; else nothing will run there until its sessions are made anew. NULL: the latter. Any thread.
   */
  int32_t (*lost)(int32_t device);
};

#define INLAY_PREFERENCE_PORTABLE 10 /**< plain code */
#define INLAY_PREFERENCE_LIBRARY 50  /**< a library's kernel, nothing known about its speed here */
#define INLAY_PREFERENCE_TWIN 100    /**< a kernel of ours for this CPU */
#define INLAY_PREFERENCE_BEST 150    /**< known to beat those */

/** Ends the table of a backend that computes while its caller waits: no variants, usage, submit, finish and lost. */
#define INLAY_BACKEND_WORKS_AT_ONCE NULL, NULL, NULL, NULL, NULL

/** Bytes of an inlay_backend up to its optional functions. */
#define INLAY_BACKEND_REQUIRED_BYTES offsetof(struct inlay_backend, preference)
/** True when a backend has the optional function `member`. */
#define INLAY_OFFERS(backend, member) \
  ((backend)->struct_size >= offsetof(struct inlay_backend, member) + sizeof((backend)->member) && (backend)->member != NULL)

/** The entry of a shared object; see the head of this file. */
typedef const inlay_backend* (*inlay_backend_entry_fn)(uint32_t abi_version);
#define INLAY_BACKEND_ENTRY_NAME "inlay_backend_entry"

/**
 * The kernels of this library; takes every op of the session's op table. Devices: 0 builtin, the fastest kernels of this CPU;
 * 1 reference, the portable ones; 2 and on, those of each level of the CPU, such as avx2.
 */
extern INLAY_API const inlay_backend inlay_backend_builtin;

#ifdef __cplusplus
}
#endif
#endif /* INLAY_BACKEND_H */

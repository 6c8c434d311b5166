/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: the C API. All that a program, or a firmware without a heap, needs to run a .inlay model.
 *
 * The order of a life: measure -> init -> run. The caller asks how many bytes a thing needs, gives the
 * memory, keeps it alive and untouched while the thing is used, and takes it back afterwards. On hosts,
 * inlay_model_open_file and inlay_session_create do the asking and giving with the heap.
 *
 * No function prints, aborts, or reads the environment. Every function that can fail returns a status and,
 * when given a non-NULL inlay_error, one sentence that says what to do.
 *
 * Threads: two sessions may run at the same time, also of one model. One session is used by one thread at a time.
 */
#ifndef INLAY_INLAY_H
#define INLAY_INLAY_H

#include <stddef.h>
#include <stdint.h>

#define INLAY_VERSION_MAJOR 0
#define INLAY_VERSION_MINOR 1
#define INLAY_VERSION_PATCH 0

#if defined(_WIN32)
#define INLAY_API __declspec(dllexport)
#elif defined(__GNUC__)
#define INLAY_API __attribute__((visibility("default")))
#else
#define INLAY_API
#endif

#ifdef __cplusplus
#define INLAY_NODISCARD [[nodiscard]]
extern "C" {
#else
#define INLAY_NODISCARD
#endif

/* ---- status -------------------------------------------------------------------------------------------------- */

/** Every status: name, number, text. The first digit says who must act: 1 caller, 2 memory, 3 model, 4 backend. */
#define INLAY_STATUS_LIST(X)                                                      \
  X(OK, 0x00, "ok")                                                               \
  X(BAD_ARGUMENT, 0x10, "an argument is outside the contract of the function")    \
  X(BAD_STATE, 0x11, "the call came in the wrong phase")                          \
  X(BAD_INDEX, 0x12, "no such input, output or device")                           \
  X(IO, 0x13, "a file could not be read or written")                              \
  X(MEMORY_TOO_SMALL, 0x20, "the block given is smaller than measured")           \
  X(MEMORY_MISALIGNED, 0x21, "the block given is not aligned as measured")        \
  X(OUT_OF_MEMORY, 0x22, "the allocator gave no memory")                          \
  X(MODEL_CORRUPT, 0x30, "the model's bytes fail verification")                   \
  X(MODEL_TOO_NEW, 0x31, "the model needs a newer version of Inlay")              \
  X(OP_UNKNOWN, 0x32, "no device and no op table knows an op of the model")       \
  X(OP_INVALID, 0x33, "an op's tensors or options do not fit together")           \
  X(NO_DEVICE, 0x40, "the device asked for is not there")                         \
  X(BACKEND_FAILED, 0x41, "a backend reported a failure")                         \
  X(UNSUPPORTED, 0x42, "this build or backend cannot do what was asked")

#define INLAY_STATUS_ENUM(name, number, text) INLAY_STATUS_##name = number,
typedef enum INLAY_NODISCARD inlay_status { INLAY_STATUS_LIST(INLAY_STATUS_ENUM) INLAY_STATUS_LAST = 0x7fffffff } inlay_status;
#undef INLAY_STATUS_ENUM
#define INLAY_OK INLAY_STATUS_OK

/** The text of a status; never NULL. */
INLAY_API const char* inlay_status_text(inlay_status status);
/** The name of a status without its prefix, such as "MODEL_CORRUPT"; never NULL. */
INLAY_API const char* inlay_status_name(inlay_status status);

/** One sentence about the last failure; owned by the caller, meaningful only after a status other than OK. */
typedef struct inlay_error {
  char text[128];
} inlay_error;

/** "major.minor.patch". */
INLAY_API const char* inlay_version(void);

/* ---- data ---------------------------------------------------------------------------------------------------- */

/** Every element type: name, number (as stored in files), bits per element. */
#define INLAY_DTYPE_LIST(X) \
  X(NONE, 0, 0)             \
  X(FLOAT32, 1, 32)         \
  X(FLOAT16, 2, 16)         \
  X(INT8, 3, 8)             \
  X(UINT8, 4, 8)            \
  X(INT16, 5, 16)           \
  X(INT32, 6, 32)           \
  X(INT64, 7, 64)           \
  X(BOOL, 8, 8)             \
  X(INT4, 9, 4)             \
  X(UINT32, 10, 32)         \
  X(COMPLEX64, 11, 64)      \
  X(UINT16, 12, 16)         \
  X(BFLOAT16, 13, 16)       \
  X(FLOAT64, 14, 64)        \
  X(UINT64, 15, 64)

#define INLAY_DTYPE_ENUM(name, number, bits) INLAY_##name = number,
typedef enum inlay_dtype { INLAY_DTYPE_LIST(INLAY_DTYPE_ENUM) INLAY_DTYPE_COUNT = 16, INLAY_DTYPE_LAST = 0x7fffffff } inlay_dtype;
#undef INLAY_DTYPE_ENUM

/** "float32", "int8", ...; "?" for a number outside the enum. */
INLAY_API const char* inlay_dtype_name(inlay_dtype dtype);
/** Bits of one element; 0 for an unknown dtype. */
INLAY_API uint32_t inlay_dtype_bits(inlay_dtype dtype);

/** A piece of memory. */
typedef struct inlay_block {
  void* data;
  size_t bytes;
} inlay_block;

/** Affine quantization: real = scale * (q - zero_point). count is 0 (none), 1 (per tensor) or dims[axis] (per channel). */
typedef struct inlay_quant {
  const float* scales;         /**< count values */
  const int32_t* zero_points;  /**< count values, or NULL: all zero */
  int32_t count;
  int32_t axis;
} inlay_quant;

/** What a model says about one tensor. All pointers point into the model and live as long as it. */
typedef struct inlay_tensor_info {
  const char* name;     /**< UTF-8, never NULL */
  const int32_t* dims;  /**< rank values, each >= 0; images are NHWC */
  size_t bytes;         /**< bytes of the data, densely packed, row-major */
  inlay_quant quant;
  int32_t rank;
  inlay_dtype dtype;
} inlay_tensor_info;

/* ---- models -------------------------------------------------------------------------------------------------- */

typedef struct inlay_model inlay_model;

/** How much of a file is checked before use. The structure is always verified in full, whatever this says. */
typedef struct inlay_model_config {
  uint32_t struct_size;  /**< sizeof(inlay_model_config) */
  uint32_t skip_crc;     /**< 1: do not read every weight once to check its CRC-32C (a firmware may choose so) */
} inlay_model_config;

/**
 * Says how many bytes inlay_model_init needs for the tables of a .inlay file. Verifies the file as far as that goes without
 * memory; inlay_model_init verifies the rest (wiring and plan), so it may still refuse the file.
 * @param bytes the file, aligned to 16 or more; @param size its length in bytes.
 * @param config NULL for the defaults (CRCs checked).
 * @errors MODEL_CORRUPT, MODEL_TOO_NEW, MEMORY_MISALIGNED, BAD_ARGUMENT.
 */
INLAY_API inlay_status inlay_model_measure(const void* bytes, size_t size, const inlay_model_config* config, size_t* need_bytes,
                                           inlay_error* error);

/**
 * Makes a model over `bytes`, which are used in place (flash, a mapped file) and must outlive the model.
 * @param memory at least the measured bytes, aligned to 16; holds the model until nobody uses it any more.
 */
INLAY_API inlay_status inlay_model_init(const void* bytes, size_t size, const inlay_model_config* config, inlay_block memory,
                                        inlay_model** out, inlay_error* error);

/** Hosts: maps a file and makes a model of it on the heap. Close it with inlay_model_close. @errors also IO. */
INLAY_API inlay_status inlay_model_open_file(const char* path, const inlay_model_config* config, inlay_model** out,
                                             inlay_error* error);
/** Closes what inlay_model_open_file opened; its sessions must be gone. NULL is accepted. */
INLAY_API void inlay_model_close(inlay_model* model);

INLAY_API int32_t inlay_model_input_count(const inlay_model* model);
INLAY_API int32_t inlay_model_output_count(const inlay_model* model);
INLAY_API inlay_status inlay_model_input_info(const inlay_model* model, int32_t index, inlay_tensor_info* out);
INLAY_API inlay_status inlay_model_output_info(const inlay_model* model, int32_t index, inlay_tensor_info* out);
/** Metadata by key ("producer", "source_sha256", "labels", "input0_mean", ...), or NULL. UTF-8, lives as long as the model. */
INLAY_API const char* inlay_model_metadata(const inlay_model* model, const char* key);

/* ---- devices ------------------------------------------------------------------------------------------------- */

/** The contract of a backend; see inlay/backend.h. */
typedef struct inlay_backend inlay_backend;
/** The contract of an op; see inlay/op.h. */
typedef struct inlay_op inlay_op;

/** One device of one backend. */
typedef struct inlay_device {
  const inlay_backend* backend;
  int32_t index;
} inlay_device;

/** A list of ops the builtin backend may use. A firmware lists only those of its model. */
typedef struct inlay_op_table {
  const inlay_op* const* ops;
  int32_t count;
} inlay_op_table;

/** Hosts: every op of this build. */
INLAY_API const inlay_op_table* inlay_default_ops(void);
/**
 * Hosts: the custom ops of a shared object (see inlay/op.h), which is never unloaded. A session that runs a model of custom and
 * other ops takes one table with both. @errors IO (not loaded), UNSUPPORTED (no ops, another ABI version), OP_INVALID (a bad op).
 */
INLAY_API inlay_status inlay_ops_load(const char* path, const inlay_op_table** out, inlay_error* error);
/** Hosts: how many backends this build and inlay_backend_load brought, in order of priority, builtin last. */
INLAY_API int32_t inlay_backend_count(void);
INLAY_API const inlay_backend* inlay_backend_at(int32_t index);
/** Hosts: loads a backend from a shared object (see inlay/backend.h) and puts it before all others. It is never unloaded. */
INLAY_API inlay_status inlay_backend_load(const char* path, const inlay_backend** out, inlay_error* error);
/** Hosts: finds a device by name: "builtin", "reference", "opencl", "opencl:1". @errors NO_DEVICE with the backend's reason. */
INLAY_API inlay_status inlay_device_find(const char* name, inlay_device* out, inlay_error* error);

/* ---- threads ------------------------------------------------------------------------------------------------- */

/**
 * Threads that compute together with the caller of run. One pool serves a whole process: two of them fight for the cores. A
 * program with threads of its own fills this struct in; hosts get one from inlay_pool_create.
 */
typedef struct inlay_pool {
  uint32_t struct_size;
  int32_t threads; /**< how many tasks may run at once, the caller's thread included: at least 1 */
  /**
   * Calls task(context, part, thread) once for each part in [0, parts), in any order, and returns when all are done. At most
   * `threads` tasks run at once; `thread` is below that, and tasks that run at once have different ones. Called by several
   * threads at once, or by a task, it may do the parts one by one.
   */
  void (*run)(const struct inlay_pool* pool, int32_t threads, int32_t parts,
              void (*task)(void* context, int32_t part, int32_t thread), void* context);
  int64_t grain; /**< the least multiply-adds that are worth a part of their own; 0: a good default */
} inlay_pool;

/** How a pool is made. Begin with a zeroed struct, set struct_size. */
typedef struct inlay_pool_config {
  uint32_t struct_size;
  int32_t threads;  /**< 0: as many as the process may use cores */
  int32_t spin_us;  /**< how long an idle thread looks out for work before it sleeps; 0: a good default, -1: not at all */
  int64_t grain;    /**< as inlay_pool.grain */
  uint64_t cpus;    /**< bit i: threads may run on core i; 0: wherever the system likes. The caller's own thread is left alone */
} inlay_pool_config;

/** Hosts: starts a pool; NULL config for the defaults. @errors OUT_OF_MEMORY, BAD_ARGUMENT, UNSUPPORTED (cores that are not there). */
INLAY_API inlay_status inlay_pool_create(const inlay_pool_config* config, const inlay_pool** out, inlay_error* error);
/** Ends a pool that inlay_pool_create made; no session may use it any more. NULL is accepted. */
INLAY_API void inlay_pool_destroy(const inlay_pool* pool);

/* ---- sessions ------------------------------------------------------------------------------------------------ */

typedef struct inlay_session inlay_session;

#define INLAY_FAST_MATH_BF16 1u /**< float32 products may be computed from bfloat16 operands, with float32 sums */
#define INLAY_FAST_MATH_FP16 2u /**< a GPU may keep float32 tensors as float16 and compute products so, with float32 sums */
#define INLAY_FAST_MATH_FP16_SUMS 4u /**< with the one above: sums in float16, too, where a device gains by it */
#define INLAY_FAST_MATH_TF32 8u /**< a GPU may compute float32 products from operands of 10 bits of fraction, with float32 sums */

/** Told how far a preparation of some seconds has come, such as a GPU's driver compiling kernels. */
typedef struct inlay_progress {
  uint32_t struct_size;
  /** `done` of `total` steps are done, `what` is being done. Any thread may call it, one at a time. */
  void (*step)(void* user, const char* what, int32_t done, int32_t total);
  void* user;
} inlay_progress;

/** How a session is made. Begin with a zeroed struct, set struct_size, then what differs from the default. */
typedef struct inlay_config {
  uint32_t struct_size;         /**< sizeof(inlay_config) */
  int32_t threads;              /**< 0: as many as `pool` has, without one: one. inlay_session_create brings a pool for more */
  /** In order of preference; kept only during the call. A device listed twice runs segments of its own for either place. */
  const inlay_device* devices;
  int32_t device_count;         /**< at least 1; inlay_session_create takes 0 for the default devices */
  uint32_t allow_inexact;       /**< 1: ops of a library that cannot keep the one arithmetic may be used */
  const inlay_op_table* ops;    /**< inlay_session_create takes NULL for inlay_default_ops(); must outlive the session */
  const inlay_pool* pool;       /**< threads beside the caller's, must outlive the session; NULL: see `threads` */
  uint32_t fast_math;           /**< INLAY_FAST_MATH_* bits: what floats may lose for speed */
  /** For each node of the main graph, the index in `devices` of the one that runs it, or -1: choose. NULL: choose for all. */
  const int32_t* placement;
  int32_t placement_count;      /**< of `placement`: the nodes of the main graph, or 0 */
  uint32_t by_preference;       /**< 1: where not placed, the device that claims to be best at an op, not the first in order */
  /**
   * A session of the same model whose prepared ops and packed weights this one uses in place: it must outlive this one, and
   * both may run at the same time. Devices, threads, pool, placement and ops are then those of that session; those here are not
   * read. NULL: prepare anew. @errors UNSUPPORTED where one of its devices keeps something of a run beside the packed weights.
   */
  const inlay_session* share;
  /**
   * A folder in which devices keep the programs they build, so that the next session is ready sooner; made when it is not there.
   * What lies there is checked and never trusted to fit. NULL: nothing is kept; inlay_session_create then takes "FILE.cache"
   * beside the file of the model, "": nothing is kept there either.
   */
  const char* cache_dir;
  const inlay_progress* progress; /**< told while the session is made; NULL: nobody */
  /** For each node of the main graph, which of the device's variants runs it (see inlay/backend.h); 0 or NULL: its own choice. */
  const uint8_t* variants;        /**< placement_count values */
} inlay_config;

/** The memory of a session, by lifetime. Each may lie in another bank of RAM. */
typedef struct inlay_arena {
  inlay_block persistent;  /**< the session itself, prepared ops, variables; aligned to 16 */
  inlay_block planned;     /**< activations; aligned to 16, better 64 */
  inlay_block scratch;     /**< dead after each op; aligned to 16, better 64 */
} inlay_arena;

/** Says how many bytes each block of a session needs; the data pointers of `need` are left NULL. Allocates nothing. */
INLAY_API inlay_status inlay_session_measure(const inlay_model* model, const inlay_config* config, inlay_arena* need,
                                             inlay_error* error);
/** Prepares a session inside `memory`. The model, the memory and config->ops must outlive it. All checks happen here. */
INLAY_API inlay_status inlay_session_init(const inlay_model* model, const inlay_config* config, const inlay_arena* memory,
                                          inlay_session** out, inlay_error* error);
/** Ends a session: releases what its backends hold. Its memory is the caller's again. NULL is accepted. */
INLAY_API void inlay_session_deinit(inlay_session* session);

/** Hosts: measure and init with the heap. Destroy it with inlay_session_destroy. `config` may be NULL. */
INLAY_API inlay_status inlay_session_create(const inlay_model* model, const inlay_config* config, inlay_session** out,
                                            inlay_error* error);
INLAY_API void inlay_session_destroy(inlay_session* session);

/**
 * Where an input or output lies: info->bytes bytes, aligned to 16. Valid until the session ends or the tensor is bound
 * elsewhere. Write every input before every run: `run` may reuse its memory once it is consumed.
 * NULL for a bad index.
 */
INLAY_API void* inlay_session_input(inlay_session* session, int32_t index);
INLAY_API const void* inlay_session_output(inlay_session* session, int32_t index);
/**
 * Uses the caller's buffer for an input or output instead of the arena (a camera's DMA buffer). It must be aligned to the
 * element's size and outlive the runs. A bound input is only read. data NULL goes back to the arena.
 * @errors BAD_INDEX, MEMORY_TOO_SMALL, MEMORY_MISALIGNED, UNSUPPORTED (an output that is also an input or a constant).
 */
INLAY_API inlay_status inlay_session_bind_input(inlay_session* session, int32_t index, const void* data, size_t bytes,
                                                inlay_error* error);
INLAY_API inlay_status inlay_session_bind_output(inlay_session* session, int32_t index, void* data, size_t bytes,
                                                 inlay_error* error);

/**
 * Runs the model once. Allocates nothing. Ops are issued in the order of the file; where a device has a queue, the caller's thread
 * goes on meanwhile, and sleeps where it has to wait. When it returns nothing is in flight, also after a failure: then the sentence
 * is that of the op that failed, outputs and variables have no meaning (inlay_session_reset), and the session may run again.
 * @errors BACKEND_FAILED and what an op of data-dependent failure reports.
 */
INLAY_API inlay_status inlay_session_run(inlay_session* session, inlay_error* error);
/** Puts the state that survives runs (variables) back to its initial values, as inlay_session_init left it. */
INLAY_API inlay_status inlay_session_reset(inlay_session* session, inlay_error* error);

/** How many variables a model has: pieces of state that survive runs. */
INLAY_API int32_t inlay_model_variable_count(const inlay_model* model);
/** The name of a variable in the source model, may be empty; NULL for a bad index. */
INLAY_API const char* inlay_model_variable_name(const inlay_model* model, int32_t index);
/** Where variable `index` lies, to save and restore state between runs. @errors BAD_INDEX. */
INLAY_API inlay_status inlay_session_variable(inlay_session* session, int32_t index, inlay_block* out);

/** Memory of a session in bytes. */
typedef struct inlay_memory_use {
  size_t persistent, planned, scratch;
  size_t lower_bound;  /**< most bytes alive at any op, shared ones once: no plan that shares so can be smaller. 0: unknown */
  size_t weights;      /**< constants read in place from the model */
  size_t lower_bound_unshared; /**< the same if every activation had bytes of its own. 0: unknown */
} inlay_memory_use;
INLAY_API inlay_status inlay_session_memory(const inlay_session* session, inlay_memory_use* out);

/** Which device runs node `node` of the main graph; backend NULL for a bad index. */
INLAY_API inlay_device inlay_session_device_of(const inlay_session* session, int32_t node);
/** What that device runs it with, such as "avx2" or a library's name of a kernel; "" where the device does not say. Never NULL. */
INLAY_API const char* inlay_session_kernel_of(const inlay_session* session, int32_t node);

/**
 * What one segment (a run of nodes on one device) holds and moves on a device with memory or programs of its own. Zeros where it
 * has none. Copies are those of the last run: bytes that crossed between the host's memory and the device's, and how often.
 */
typedef struct inlay_device_use {
  uint32_t struct_size;
  int32_t programs, programs_cached; /**< programs that it was the first to need, and how many of them came from the cache */
  uint64_t build_us;                 /**< microseconds spent on those programs */
  uint64_t weights, planned;         /**< bytes of device memory: constants; activations and scratch */
  uint64_t lower_bound;              /**< most bytes of activations alive at once: no plan of `planned` can be smaller */
  uint64_t bytes_in, bytes_out;      /**< copied to and from the device */
  uint64_t bytes_mapped;             /**< used in place in the host's memory instead */
  int32_t copies_in, copies_out;
  int32_t launches;                  /**< kernels started */
} inlay_device_use;
typedef struct inlay_segment_info {
  inlay_device device;
  int32_t first_node, node_count;
  inlay_device_use use;
} inlay_segment_info;
/** Segment `index` of the main graph, in order of execution. @errors BAD_INDEX, by which the last one is found. */
INLAY_API inlay_status inlay_session_segment(const inlay_session* session, int32_t index, inlay_segment_info* out);

/**
 * Told of each op that ran. now: a clock that only grows, in nanoseconds where devices with clocks of their own are to be timed
 * well, called before and after each op; done: what it read.
 */
typedef struct inlay_observer {
  uint32_t struct_size;
  uint64_t (*now)(void* user);
  void (*done)(void* user, int32_t graph, int32_t node, uint64_t begin, uint64_t end);
  void* user;
} inlay_observer;
/** Watches the ops of the following runs; NULL stops it. The observer must outlive the runs. */
INLAY_API inlay_status inlay_session_observe(inlay_session* session, const inlay_observer* observer);

#ifdef __cplusplus
}
#endif
#endif /* INLAY_INLAY_H */

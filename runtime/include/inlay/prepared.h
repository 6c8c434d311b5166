/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: a model that was prepared on a host and lies ready in a board's flash. `inlay embed` writes these structs as C tables;
 * a firmware only names the model it wrote. Their layout may change with every version: embed again with the library's own tool.
 *
 * A prepared session keeps nothing in RAM but itself and a pointer per tensor: graph, constants, packed weights and what ops have
 * prepared stay in flash, and of an op only the function that computes it is linked.
 */
#ifndef INLAY_PREPARED_H
#define INLAY_PREPARED_H

#include "inlay/backend.h"
#include "inlay/op.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INLAY_PREPARED_VERSION 1u

/** One op, ready to compute. */
typedef struct inlay_step {
  inlay_status (*eval)(const inlay_eval*); /**< NULL: nothing to compute, every output is empty */
  const void* twin;                        /**< handed to eval */
  const void* data;                        /**< what prepare has left, aligned to 16 */
} inlay_step;

/** A run of consecutive ops of one graph: what `builtin` compiles a segment to. */
typedef struct inlay_steps {
  const inlay_graph* graph;
  const inlay_step* steps; /**< one per node */
  int32_t first_node, node_count;
  const inlay_pool* pool; /**< NULL: one thread */
  int32_t threads;
} inlay_steps;

/** Runs the steps in order; observed, if the run says so. @errors BACKEND_FAILED with the op's name. */
INLAY_API inlay_status inlay_steps_run(const inlay_steps* steps, const inlay_run* run);

/** A piece of state that survives runs. */
typedef struct inlay_model_variable {
  const char* name;    /**< may be empty */
  const void* initial; /**< NULL: zeros */
  size_t bytes, offset; /**< offset in the session's block of variables, a multiple of 16 */
} inlay_model_variable;

/** What makes a model ready: everything a session would otherwise work out. */
typedef struct inlay_prepared {
  uint32_t version;          /**< INLAY_PREPARED_VERSION of the tool that wrote it */
  uint32_t crc32c;           /**< of `data` */
  const void* data;          /**< constants, dims, scales, what ops have prepared; aligned to 16 */
  size_t data_bytes;
  size_t scratch_bytes;
  const inlay_steps* graphs; /**< per graph of the model, all of its nodes */
  const char* const* metadata; /**< key, value, key, value, ... */
  int32_t metadata_count;      /**< of pairs */
} inlay_prepared;

/** A model's tables; every pointer leads into the file's bytes, into the block given to inlay_model_init, or into flash. */
struct inlay_model {
  const uint8_t* bytes; /**< the file, or NULL */
  size_t size;
  const inlay_graph* graphs;
  const uint32_t* const* offsets; /**< per graph, per tensor */
  const inlay_model_variable* variables;
  int32_t graph_count, variable_count;
  size_t variables_bytes;
  size_t planned_bytes, weights_bytes;
  size_t lower_bound, lower_bound_unshared; /**< as the converter found them; 0: not told */
  const void* root;    /**< the FlatBuffer's root table, or NULL */
  void* mapping;       /**< hosts: what inlay_model_open_file keeps of the file, or NULL */
  const inlay_prepared* prepared; /**< NULL: from a file */
};

/**
 * Bytes of the persistent block of a prepared session, on the machine that compiles it: the session (INLAY_SESSION_WORDS and
 * eight words per graph), a pointer per tensor of every graph, and the variables.
 */
#define INLAY_SESSION_WORDS 11u
#define INLAY_ROUND_16(bytes) (((bytes) + 15u) / 16u * 16u)
#define INLAY_PREPARED_SESSION_BYTES(graphs, tensors, variables_bytes) \
  (INLAY_ROUND_16((INLAY_SESSION_WORDS + 8u * (graphs) + (tensors)) * sizeof(void*)) + (variables_bytes))

/**
 * Makes a session of a prepared model inside `memory` (what inlay embed's macros say). Reads no weights: see
 * inlay_prepared_check. @errors UNSUPPORTED (not a prepared model, or written by another version), MEMORY_TOO_SMALL,
 * MEMORY_MISALIGNED, BAD_ARGUMENT.
 */
INLAY_API inlay_status inlay_session_init_prepared(const inlay_model* model, const inlay_arena* memory, inlay_session** out,
                                                   inlay_error* error);
/** Reads all data of a prepared model once and compares its checksum. @errors MODEL_CORRUPT, BAD_ARGUMENT, UNSUPPORTED. */
INLAY_API inlay_status inlay_prepared_check(const inlay_model* model, inlay_error* error);

/* ---- for tools that write prepared models -------------------------------------------------------------------- */

/** What such a tool must know of one op of `builtin` beside its step. */
typedef struct inlay_step_note {
  const char* eval_symbol; /**< the linker's name of step.eval, or NULL: that of the op's own eval */
  uint32_t unread;         /**< bit i: eval does not read input i */
  uint32_t unread_quant;   /**< bit i: nor the scales and zero points of input i */
} inlay_step_note;

/** The note of node `node` of the segment's graph, prepared for `device` of `builtin`. @errors as its measure. */
INLAY_API inlay_status inlay_builtin_note(int32_t device, const inlay_segment* segment, int32_t node, inlay_step_note* out,
                                          inlay_error* error);
/** The linker's name of a twin's object, NULL for what is none. */
INLAY_API const char* inlay_twin_symbol(const void* twin);

#ifdef __cplusplus
}
#endif
#endif /* INLAY_PREPARED_H */

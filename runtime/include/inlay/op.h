/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: the contract of an op, for the ops of this library and for a user's own, in C or C++.
 *
 * prepare checks everything once (shapes, dtypes, quantization, options) and books scratch memory; eval trusts it and
 * only computes. A custom op is found by its custom_code; list it in the inlay_op_table of the session.
 *
 * Prepared for a board: `inlay embed` may call prepare on a 64-bit host and put what it leaves, in `data` and in memory from
 * allocate, into the flash of a 32-bit board, whose eval reads it there. An op that is to work so leaves the same bytes on both:
 *   - integers of fixed width, float and double (both little endian), bool; no size_t, long or plain enum, no pointer, no handle;
 *   - what it has allocated it names by the distance from `data`: all of a node's pieces lie in one block, each aligned to 16;
 *   - inputs and their scales eval finds anew, at tensors[] and in the graph; a function or another const object is the twin;
 *   - no bytes between members: an assigned struct brings along what lay there.
 * The number of threads, the pool and the CPU it may read: the tool tells it those of the board. Every op of this library is so.
 *
 * A shared object of ops, for the tools (--ops) and inlay_ops_load, exports
 *   const inlay_op_table* inlay_ops_entry(uint32_t abi_version);
 * It returns NULL when it cannot serve that version. docs/custom_ops.md walks through one.
 */
#ifndef INLAY_OP_H
#define INLAY_OP_H

#include "inlay/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * How an op's first output may share memory with its inputs (docs/memory.md). It is the planner's choice, made anew for each
 * node: eval must cope with shared and separate memory alike. An op of a view compares the addresses and leaves alone what is
 * in place already; bytes that several living tensors share have one meaning for all of them.
 */
typedef enum inlay_alias {
  INLAY_ALIAS_NONE = 0,
  INLAY_ALIAS_INPLACE = 1,     /**< over input 0: element i of the output needs only element i of the input, both of one size */
  INLAY_ALIAS_VIEW = 2,        /**< the output is the bytes of input 0 under another shape */
  INLAY_ALIAS_INPLACE_ANY = 3, /**< as INPLACE over any input with as many elements, of the same size, as the output */
  INLAY_ALIAS_VIEW_SLICE = 4,  /**< inlay_slice params: the output lies inside input 0 where it is one run of its bytes */
  INLAY_ALIAS_VIEW_CONCAT = 5  /**< inlay_axis params: the inputs lie inside the output where every dim before the axis is 1 */
} inlay_alias;

#define INLAY_PREPARE_MEASURE 1u   /**< only sizes count: allocate() gives NULL, data is a dummy of data_bytes */
#define INLAY_PREPARE_INFER 2u     /**< output dims are being asked: do not read them before output_shape() */
#define INLAY_PREPARE_REFERENCE 4u /**< use the portable kernel, not a faster twin */

/* Sets of instructions: what faster twins of the portable kernels need. */
#define INLAY_CPU_AVX2 1u        /**< AVX2 and FMA */
#define INLAY_CPU_AVX512VNNI 2u  /**< AVX512 F, BW, VL, DQ and VNNI */
#define INLAY_CPU_SSE4 4u        /**< SSE up to 4.1 */
#define INLAY_CPU_NEON 8u        /**< ARM's Advanced SIMD */
#define INLAY_CPU_DOTPROD 16u    /**< and its dot products of bytes */
#define INLAY_CPU_I8MM 32u       /**< and its products of byte matrices */
#define INLAY_CPU_DSP 64u        /**< Cortex-M: two products of 16 bits at a time (SMLAD) */
#define INLAY_CPU_MVE 128u       /**< Cortex-M: Helium, on top of DSP */

/** How control flow reaches the graphs it calls. */
typedef struct inlay_calls {
  /** Runs graph `index` once, on its own tensors. */
  inlay_status (*run)(const struct inlay_calls*, int32_t index);
  /** Where each tensor of graph `index` lies, by tensor id. */
  void* const* (*tensors)(const struct inlay_calls*, int32_t index);
} inlay_calls;

struct inlay_eval;

/** Given to prepare. */
typedef struct inlay_prepare {
  uint32_t flags;
  const inlay_graph* graph;
  const inlay_node* node;
  void* data;           /**< data_bytes zeroed bytes, kept for eval */
  size_t scratch_bytes; /**< set by prepare: what eval needs beside its tensors */
  inlay_error* error;   /**< may be NULL */
  /** More bytes that live as long as the session, aligned to 16, zeroed; NULL while measuring. */
  void* (*allocate)(struct inlay_prepare*, size_t bytes);
  /** Checks (or, with INFER, sets) the dims of output `index`. Call it once per output, in order. */
  inlay_status (*output_shape)(struct inlay_prepare*, int32_t index, int32_t rank, const int32_t* dims);
  /** A graph this node calls, in one array with the node's own; NULL for an index that is not behind the node's own graph. */
  const inlay_graph* (*callee)(struct inlay_prepare*, int32_t index);
  void* owner;  /**< of the caller of prepare; not for ops */
  uint32_t cpu; /**< INLAY_CPU_* bits that eval may count on; 0 with INLAY_PREPARE_REFERENCE */
  int32_t threads;    /**< how many threads of the pool eval may meet: at least 1 */
  const inlay_pool* pool; /**< NULL: there is only the caller's thread */
  uint32_t cpu_used;  /**< set by prepare: the INLAY_CPU_* bit of the twin it chose; 0: the portable kernel */
  const void* twin;   /**< set by prepare: handed to eval as it is. Never an address kept in `data` */
  uint32_t unread;    /**< set by prepare: bit i says that eval does not read input i, which then need not be in flash */
  uint32_t unread_quant; /**< set by prepare: the same of input i's scales and zero points */
  /** Set by prepare, or left NULL for the op's own eval: an eval for just this dtype, which a firmware can link alone. */
  inlay_status (*eval)(const struct inlay_eval*);
  /** Its name for the linker, a string that lives as long as the op, or NULL. A custom op that names its eval (of this dtype, or the
   *  op's own) says by it that what it leaves keeps the rules at the head of this file: `inlay embed` may put it into flash. */
  const char* eval_symbol;
} inlay_prepare;

/** Given to eval. */
typedef struct inlay_eval {
  const inlay_graph* graph;
  const inlay_node* node;
  const void* data;
  void* const* tensors; /**< by tensor id: where each tensor lies now, aligned to its element's size */
  void* scratch;        /**< scratch_bytes bytes, aligned to 16, garbage; a graph called uses it too */
  const inlay_calls* calls;
  const inlay_pool* pool; /**< NULL: there is only the caller's thread */
  int32_t threads;        /**< how many of the pool's threads eval may use */
  const void* twin;       /**< what prepare chose, or NULL */
} inlay_eval;

struct inlay_op {
  uint32_t struct_size;
  uint16_t kind;           /**< inlay_op_kind; INLAY_OP_CUSTOM for a user's op */
  uint16_t alias;          /**< inlay_alias */
  const char* custom_code; /**< a user's op: its name in the model; else NULL */
  uint32_t data_bytes;     /**< at most INLAY_OP_DATA_MAX */
  inlay_status (*prepare)(inlay_prepare*);
  inlay_status (*eval)(const inlay_eval*);
};

#define INLAY_OP_DATA_MAX 512

#define INLAY_OPS_ABI_VERSION 1u
/** The entry of a shared object; see the head of this file. Every op of the table is INLAY_OP_CUSTOM and has a custom_code. */
typedef const inlay_op_table* (*inlay_ops_entry_fn)(uint32_t abi_version);
#define INLAY_OPS_ENTRY_NAME "inlay_ops_entry"

#ifdef __cplusplus
}
#endif
#endif /* INLAY_OP_H */

/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: a model as backends and ops see it. Plain tables, all const, all owned by the model.
 */
#ifndef INLAY_GRAPH_H
#define INLAY_GRAPH_H

#include "inlay/inlay.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INLAY_MAX_RANK 8

/** The kinds of op, numbered as in files; the list is inlay/ops.inc. */
#define INLAY_OP(number, NAME, symbol, alias) INLAY_OP_##NAME = number,
typedef enum inlay_op_kind {
  INLAY_OP_NONE = 0,
#include "inlay/ops.inc"
  INLAY_OP_CUSTOM = 0xffff /**< known by node->custom_code alone */
} inlay_op_kind;
#undef INLAY_OP

/** What an op applies to its result before storing it. */
typedef enum inlay_activation {
  INLAY_ACT_NONE = 0,
  INLAY_ACT_RELU = 1,
  INLAY_ACT_RELU6 = 2,
  INLAY_ACT_RELU_N1_TO_1 = 3,
  INLAY_ACT_TANH = 4,
  INLAY_ACT_RELU_0_TO_1 = 5 /**< of the op RELU alone */
} inlay_activation;

/* ---- parameters ---------------------------------------------------------------------------------------------- */
/* Each struct is also a struct of schema/inlay.fbs with the same fields in the same order (checked at compile time),
 * so that it is read in place from the file. Only int32_t and float. A struct never changes; a wider one gets a new name. */

typedef enum inlay_params_type {
  INLAY_PARAMS_NONE = 0,
  INLAY_PARAMS_WINDOW = 1,
  INLAY_PARAMS_AXIS = 2,
  INLAY_PARAMS_AXES = 3,
  INLAY_PARAMS_DIMS = 4,
  INLAY_PARAMS_SLICE = 5,
  INLAY_PARAMS_PAD = 6,
  INLAY_PARAMS_SCALARS = 7,
  INLAY_PARAMS_RESIZE = 8,
  INLAY_PARAMS_MATMUL = 9,
  INLAY_PARAMS_BLOCK = 10,
  INLAY_PARAMS_GRAPHS = 11,
  INLAY_PARAMS_RECURRENT = 12,
  INLAY_PARAMS_DETECTION = 13,
  INLAY_PARAMS_WINDOW_3D = 14,
  INLAY_PARAMS_SIGNAL = 15,
  INLAY_PARAMS_COUNT = 16
} inlay_params_type;

/** Sliding windows (conv, depthwise, pooling, transposed conv). Pads are explicit: SAME and VALID are resolved at import. */
typedef struct inlay_window {
  int32_t stride_h, stride_w, dilation_h, dilation_w;
  int32_t pad_top, pad_bottom, pad_left, pad_right;
  int32_t filter_h, filter_w; /**< pooling: the window; conv: equal to the weight's dims */
  int32_t groups;             /**< conv: groups; depthwise: unused, 0 */
} inlay_window;

/** One axis (softmax, concat, gather, pack, split, arg max, cumsum, one-hot, ...), 0 <= axis < rank. */
typedef struct inlay_axis {
  int32_t axis;
  int32_t batch_dims; /**< gather */
  int32_t flags;      /**< cumsum: 1 exclusive, 2 reverse */
} inlay_axis;

/** Reductions: the set of axes as a bit mask, and whether they stay as dims of 1. */
typedef struct inlay_axes {
  int32_t mask;
  int32_t keep_dims;
} inlay_axes;

/** A list of up to eight numbers: target shape, permutation, multiples. */
typedef struct inlay_dims {
  int32_t rank;
  int32_t dims[INLAY_MAX_RANK];
} inlay_dims;

/** out[i] = in[begin + i * stride], size[d] elements per dim of the input; strides may be negative. */
typedef struct inlay_slice {
  int32_t begin[INLAY_MAX_RANK];
  int32_t size[INLAY_MAX_RANK];
  int32_t stride[INLAY_MAX_RANK];
} inlay_slice;

/** Padding per dim. mode: 0 constant, 1 reflect, 2 symmetric. value: the constant as stored (bits of a float for float32). */
typedef struct inlay_pad {
  int32_t before[INLAY_MAX_RANK];
  int32_t after[INLAY_MAX_RANK];
  int32_t mode;
  int32_t value;
} inlay_pad;

/** Scalars by op: softmax beta in alpha; leaky ReLU alpha; GELU alpha 1: the tanh form; LRN alpha, beta, bias in gamma, radius. */
typedef struct inlay_scalars {
  float alpha, beta, gamma;
  int32_t radius;
} inlay_scalars;

typedef struct inlay_resize {
  int32_t align_corners;
  int32_t half_pixel_centers;
} inlay_resize;

/** Fully connected and batch matmul. asymmetric: hybrid ops quantize activations with a zero point. */
typedef struct inlay_matmul {
  int32_t transpose_a, transpose_b;
  int32_t asymmetric;
} inlay_matmul;

/** Space / batch / depth rearrangements: block sizes and the crops or pads of the spatial dims. */
typedef struct inlay_block_params {
  int32_t block_h, block_w;
  int32_t before_h, after_h, before_w, after_w;
} inlay_block_params;

/** Control flow: the graphs called. IF: then, else. WHILE: condition, body. CALL_ONCE: init. Variables: the variable's id. */
typedef struct inlay_graphs {
  int32_t first;
  int32_t second;
} inlay_graphs;

/** Layers with a state. rank: SVDF's; asymmetric: hybrid ops quantize activations with a zero point. */
typedef struct inlay_recurrent {
  float cell_clip, projection_clip; /**< 0: none */
  int32_t time_major;               /**< 1: [time, batch, ...] instead of [batch, time, ...]; + 2: from the last step to the first */
  int32_t rank, asymmetric;
} inlay_recurrent;

typedef struct inlay_detection {
  int32_t max_detections, max_classes_per_detection, detections_per_class, num_classes, regular_nms;
  float score_threshold, iou_threshold;
  float scale_y, scale_x, scale_h, scale_w;
} inlay_detection;

/** Sliding windows over depth, height and width. */
typedef struct inlay_window_3d {
  int32_t stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w;
  int32_t pad_front, pad_back, pad_top, pad_bottom, pad_left, pad_right;
  int32_t groups;
} inlay_window_3d;

/** The audio front end (SIGNAL_* ops); each op says in its file which fields it reads. */
typedef struct inlay_signal {
  int32_t length;              /**< samples: of an FFT, a frame, a delay */
  int32_t step;                /**< samples between frames */
  int32_t shift;               /**< right shift of a product */
  int32_t start, end;          /**< first bin, and one behind the last */
  int32_t channels;
  int32_t left, right;         /**< context frames */
  int32_t bits, more_bits;     /**< fraction bits */
  int32_t factors[6];          /**< fixed-point factors, in the order the op says */
  int32_t flags;
} inlay_signal;

/* ---- tables -------------------------------------------------------------------------------------------------- */

#define INLAY_TENSOR_VARIABLE 1u /**< keeps its contents between runs; an op may write it even as an input */

typedef struct inlay_tensor {
  const char* name;
  const void* data; /**< constants: the bytes in the model; else NULL */
  const int32_t* dims;
  size_t bytes;
  inlay_quant quant;
  uint8_t dtype; /**< inlay_dtype */
  uint8_t rank;
  uint16_t flags;
  int32_t variable; /**< variables: the number of the state it stands for, shared by tensors of one state; else -1 */
} inlay_tensor;

typedef struct inlay_node {
  const char* name;           /**< never NULL, may be empty */
  const char* custom_code;    /**< CUSTOM: the op's name; else NULL */
  const void* params;         /**< the struct named by params_type, or NULL */
  const void* custom;         /**< CUSTOM: the op's own option bytes */
  const int32_t* inputs;      /**< tensor ids; -1: an optional input left out */
  const int32_t* outputs;
  uint32_t custom_bytes;
  uint16_t kind;              /**< inlay_op_kind */
  uint16_t input_count, output_count;
  uint8_t params_type;
  uint8_t activation;
} inlay_node;

typedef struct inlay_graph {
  const char* name;
  const inlay_tensor* tensors;
  const inlay_node* nodes;
  const int32_t* inputs;
  const int32_t* outputs;
  int32_t tensor_count, node_count, input_count, output_count;
} inlay_graph;

#define INLAY_NOT_PLANNED 0xffffffffu

/** The graphs of a model: 0 is the main one, others are called by control flow. */
INLAY_API int32_t inlay_model_graph_count(const inlay_model* model);
/** NULL for a bad index. Lives as long as the model. */
INLAY_API const inlay_graph* inlay_model_graph(const inlay_model* model, int32_t index);
/** Per tensor of graph `index`: its byte offset in the planned block, or INLAY_NOT_PLANNED. NULL for a bad index. */
INLAY_API const uint32_t* inlay_model_offsets(const inlay_model* model, int32_t index);
/** Metadata entry `index` in order of keys; 0 when there is none. */
INLAY_API int32_t inlay_model_metadata_at(const inlay_model* model, int32_t index, const char** key, const char** value);

/** The name of an op kind ("CONV_2D"), or "?" */
INLAY_API const char* inlay_op_kind_name(int32_t kind);

#ifdef __cplusplus
}
#endif
#endif /* INLAY_GRAPH_H */

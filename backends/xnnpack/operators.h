// SPDX-License-Identifier: Apache-2.0
// One node of a graph as one operator of XNNPACK. The only file that knows XNNPACK's functions is operators.cc.
#pragma once
#include <xnnpack.h>

#include "inlay/backend.h"
#include "memory.h"

namespace inlay::xnnpack {

/// Where the tensors of a step lie. b is NULL for operators of one input.
struct Places {
  const void *a, *b;
  void* out;
};

struct Step;
using Setup = xnn_status (*)(const Step&, const Places&, pthreadpool_t);

/// An operator, and what setting it up again for other places needs.
struct Step {
  xnn_operator_t op;
  Setup setup;
  int32_t a, b, out;  ///< tensor ids; b < 0: none
  size_t bytes_a, bytes_b;
  size_t batch, height, width;         ///< of the input as the operator sees it
  size_t out_height, out_width;        ///< resize
  size_t rank_a, rank_b;               ///< operators of many dims
  size_t dims_a[XNN_MAX_TENSOR_DIMS];  ///< pad: the input's dims
  size_t dims_b[XNN_MAX_TENSOR_DIMS];
  size_t before[XNN_MAX_TENSOR_DIMS], after[XNN_MAX_TENSOR_DIMS];
  Places last;  ///< where the operator was last set up
};

/// Makes the operator of a node that rejection() let pass, with all the memory it will ever ask for.
xnn_status make_step(const inlay_graph& graph, const inlay_node& node, pthreadpool_t pool, Memory& memory, Step* step);

/// What a status of XNNPACK means.
const char* status_text(xnn_status status);

}  // namespace inlay::xnnpack

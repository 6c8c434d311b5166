// SPDX-License-Identifier: Apache-2.0
#include "ops/call_util.h"

#include <cstring>

namespace inlay {
namespace {

bool alike(const inlay_tensor& a, const inlay_tensor& b) {
  bool same = a.dtype == b.dtype && a.rank == b.rank;
  for (int32_t i = 0; same && i < a.rank; ++i) same = a.dims[i] == b.dims[i];
  return same;
}

}  // namespace

inlay_status check_call_inputs(const Prepare& p, int32_t index, int32_t first, int32_t count, const inlay_graph** out) {
  const inlay_graph* callee = p.callee(index);
  if (callee == nullptr) return p.fail("calls a graph that is not there or not behind its own");
  if (callee->input_count != count) return p.fail("the graph it calls takes another number of inputs");
  for (int32_t i = 0; i < count; ++i) {
    const inlay_tensor* given = p.input(first + i);
    const inlay_tensor& taken = callee->tensors[callee->inputs[i]];
    if (given == nullptr || !alike(*given, taken)) return p.fail("an input of the graph it calls has another dtype or shape");
  }
  *out = callee;
  return INLAY_OK;
}

inlay_status check_call_outputs(const Prepare& p, const inlay_graph& callee) {
  if (callee.output_count != p.node().output_count) return p.fail("the graph it calls gives another number of outputs");
  for (int32_t i = 0; i < callee.output_count; ++i) {
    const inlay_tensor& given = callee.tensors[callee.outputs[i]];
    if (p.node().outputs[i] < 0) return p.fail("an output is missing");
    if (p.output(i)->dtype != given.dtype) return p.fail("an output of the graph it calls has another dtype");
    INLAY_TRY(p.output_like(i, &given));
  }
  return INLAY_OK;
}

void copy_values(int32_t count, const int32_t* from_ids, void* const* from, const inlay_graph& to_graph, const int32_t* to_ids,
                 void* const* to) {
  for (int32_t i = 0; i < count; ++i) {
    const void* source = from[from_ids[i]];
    void* target = to[to_ids[i]];
    if (source != target) std::memcpy(target, source, to_graph.tensors[to_ids[i]].bytes);
  }
}

}  // namespace inlay

// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"
#include "inlay/prepared.h"

namespace {

bool calls_graphs(const inlay_node& node) { return node.params_type == INLAY_PARAMS_GRAPHS; }

/// Apart from the loop, whose stack frame every op's eval stands on.
[[gnu::noinline]] inlay_status failed(const inlay_run& run, const inlay_node& node, int32_t n, inlay_status status) {
  // The sentence of a called graph's op says more than one about its caller would.
  if (status == INLAY_STATUS_BACKEND_FAILED && calls_graphs(node)) return status;
  return INLAY_FAIL(run.error, BACKEND_FAILED, "op % ('%') failed: %", n, node.name, inlay_status_text(status));
}

}  // namespace

extern "C" inlay_status inlay_steps_run(const inlay_steps* s, const inlay_run* run) {
  for (int32_t i = 0; i < s->node_count; ++i) {
    const inlay_step& step = s->steps[i];
    if (step.eval == nullptr) continue;
    const int32_t n = s->first_node + i;
    const inlay_node& node = s->graph->nodes[n];
    const inlay_eval call = {s->graph,   &node,   step.data,  run->tensors, run->scratch.data,
                             run->calls, s->pool, s->threads, step.twin};
    const uint64_t begin = run->observer != nullptr ? run->observer->now(run->observer->user) : 0;
    const inlay_status status = step.eval(&call);
    if (status != INLAY_OK) return failed(*run, node, n, status);
    if (run->observer == nullptr) continue;
    run->observer->done(run->observer->user, run->graph_index, n, begin, run->observer->now(run->observer->user));
  }
  return INLAY_OK;
}

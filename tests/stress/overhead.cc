// SPDX-License-Identifier: Apache-2.0
// What the interpreter adds per op: a graph of 1,000 custom ops that do nothing.
#include <chrono>
#include <cstdio>

#include "stress/support.h"
#include "tools/emit/emit.h"

namespace {

constexpr int kNodes = 1000, kRuns = 2000;

inlay_status prepare(inlay_prepare* p) {
  const int32_t one = 1;
  return p->output_shape(p, 0, 1, &one);
}
inlay_status eval(const inlay_eval*) { return INLAY_OK; }

const inlay_op kNothing = {sizeof(inlay_op), INLAY_OP_CUSTOM, INLAY_ALIAS_NONE, "Nothing", 0, prepare, eval};
const inlay_op* const kOps[] = {&kNothing};
const inlay_op_table kTable = {kOps, 1};

inlay::tools::Bytes chain() {
  using namespace inlay::tools;
  Model model;
  model.graphs.resize(1);
  Graph& graph = model.graphs[0];
  graph.name = "main";
  for (int i = 0; i <= kNodes; ++i) {
    Tensor tensor;
    tensor.name = "t" + std::to_string(i);
    tensor.shape = {1};
    graph.add(tensor);
  }
  for (int i = 0; i < kNodes; ++i) {
    Node node;
    node.kind = INLAY_OP_CUSTOM;
    node.custom_code = "Nothing";
    node.inputs = {i};
    node.outputs = {i + 1};
    graph.nodes.push_back(node);
  }
  graph.inputs = {0};
  graph.outputs = {kNodes};
  return emit_inlay(model);
}

}  // namespace

int main() {
  const inlay::stress::Model model(chain());
  const std::vector<inlay_device> devices = inlay::stress::builtin();
  inlay_config config = inlay::stress::config_of(devices);
  config.ops = &kTable;
  inlay_session* session = nullptr;
  inlay_error error = {};
  if (inlay_session_create(model.get(), &config, &session, &error) != INLAY_OK) {
    std::fprintf(stderr, "%s\n", error.text);
    return 1;
  }
  double best = 1e30;
  for (int r = 0; r < kRuns; ++r) {
    const auto start = std::chrono::steady_clock::now();
    if (inlay_session_run(session, &error) != INLAY_OK) return 1;
    const double ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
    best = ns < best ? ns : best;
  }
  std::printf("overhead: %.2f ns per op (best of %d runs of %d ops)\n", best / kNodes, kRuns, kNodes);
  inlay_session_destroy(session);
  return 0;
}

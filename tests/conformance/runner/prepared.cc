// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/prepared.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "conformance/runner/case_run.h"
#include "core/bump.h"
#include "core/cpu.h"
#include "core/crc32c.h"
#include "inlay/op.h"
#include "tools/inlay/handles.h"

namespace inlay::conformance {
namespace {

/// What inlay_prepare::owner points to.
struct Owner {
  Bump bump;
  const inlay_model* model;
  int32_t graph;
};

void* allocate(inlay_prepare* p, size_t bytes) { return static_cast<Owner*>(p->owner)->bump.take(bytes); }
inlay_status take_shape(inlay_prepare*, int32_t, int32_t, const int32_t*) { return INLAY_OK; }
const inlay_graph* callee(inlay_prepare* p, int32_t index) {
  const auto& owner = *static_cast<Owner*>(p->owner);
  return index > owner.graph ? inlay_model_graph(owner.model, index) : nullptr;
}

const inlay_op* find(const inlay_node& node) {
  const inlay_op_table& table = *inlay_default_ops();
  for (int32_t i = 0; i < table.count; ++i) {
    if (node.kind != INLAY_OP_CUSTOM && table.ops[i]->kind == node.kind) return table.ops[i];
  }
  return nullptr;
}

/// Leaves `value` all over the stack where prepare will put its variables: what it forgets to set then differs.
[[gnu::noinline]] void soil_stack(int value) {
  volatile uint8_t bytes[8192];
  for (volatile uint8_t& b : bytes) b = static_cast<uint8_t>(value);
}

/// What all nodes of a model leave, one behind the other; how large the scratch is, and whether a twin was chosen.
struct Left {
  tools::Bytes bytes;
  uint64_t scratch = 0;
  uint32_t twins = 0;
};

bool same(const Left& a, const Left& b) { return a.bytes == b.bytes && a.scratch == b.scratch && a.twins == b.twins; }

/// One call of prepare; counts where `memory` has no bytes. Returns the bytes it has taken.
size_t prepare(const inlay_op& op, const inlay_graph& graph, int32_t node, uint32_t cpu, inlay_block memory, Owner owner,
               Left* left) {
  alignas(16) uint8_t dummy[INLAY_OP_DATA_MAX] = {};
  if (memory.bytes > 0) owner.bump = Bump(memory);
  inlay_error error = {};
  inlay_prepare p = {};
  p.flags = (owner.bump.counting() ? INLAY_PREPARE_MEASURE : 0) | (cpu == 0 ? INLAY_PREPARE_REFERENCE : 0);
  p.graph = &graph;
  p.node = &graph.nodes[node];
  p.data = owner.bump.take(op.data_bytes);
  if (p.data == nullptr) p.data = dummy;
  p.error = &error;
  p.allocate = allocate;
  p.output_shape = take_shape;
  p.callee = callee;
  p.owner = &owner;
  p.cpu = cpu;
  p.threads = 1;
  tools::check(op.prepare(&p), error, "preparing");
  if (owner.bump.failed()) throw tools::Error("prepare takes more memory than when it was measured");
  left->scratch = std::max<uint64_t>(left->scratch, p.scratch_bytes);
  left->twins |= p.cpu_used;
  return owner.bump.used();
}

/// `place`: 16 or 32, where in its block each node's data begins.
Left prepare_all(const CaseModel& model, uint32_t cpu, size_t place) {
  Left left;
  for (int32_t g = 0; g < inlay_model_graph_count(model.get()); ++g) {
    const inlay_graph& graph = *inlay_model_graph(model.get(), g);
    for (int32_t n = 0; n < graph.node_count; ++n) {
      const inlay_op* op = find(graph.nodes[n]);
      if (op == nullptr) continue;
      const Owner owner = {Bump(), model.get(), g};
      const size_t bytes = prepare(*op, graph, n, cpu, {nullptr, 0}, owner, &left);
      const Block block(place + bytes);
      soil_stack(static_cast<int>(place));
      prepare(*op, graph, n, cpu, {block.data() + place, bytes}, owner, &left);
      left.bytes.insert(left.bytes.end(), block.data() + place, block.data() + place + bytes);
    }
  }
  return left;
}

/// The levels of Cortex-M that this build carries: guests, except that 32-bit ARM counts `dsp` as its own.
std::vector<CpuLevel> board_levels() {
  std::vector<CpuLevel> levels = {{"portable", 0, 0}};
  const auto add = [&](const CpuLevel& level) {
    if ((level.bit & (INLAY_CPU_DSP | INLAY_CPU_MVE)) != 0) levels.push_back(level);
  };
  for (int32_t i = 0; i < cpu_level_count(); ++i) add(cpu_level(i));
  for (int32_t i = 0; i < cpu_guest_count(); ++i) add(cpu_guest(i));
  return levels;
}

/// Twice, with model and data in other places: no address may remain in what prepare leaves.
bool print_case(const StoredOp& op, const StoredCase& stored, const CaseModel (&models)[2], const CpuLevel& level) {
  const Left left = prepare_all(models[0], level.features, 16), again = prepare_all(models[1], level.features, 32);
  const bool neutral = same(left, again);
  std::printf("%s %s %s %zu %llu %x %08x%s\n", op.name.c_str(), stored.name.c_str(), level.name, left.bytes.size(),
              static_cast<unsigned long long>(left.scratch), left.twins, crc32c(left.bytes.data(), left.bytes.size()),
              neutral ? "" : " differs from place to place");
  return neutral;
}

}  // namespace

int print_prepared(const std::vector<StoredOp>& ops) {
  int failed = 0;
  for (const StoredOp& op : ops) {
    for (const StoredCase& stored : op.cases) {
      const CaseModel models[2] = {{stored, false}, {stored, false}};
      for (const CpuLevel& level : board_levels()) failed += print_case(op, stored, models, level) ? 0 : 1;
    }
  }
  return failed;
}

}  // namespace inlay::conformance

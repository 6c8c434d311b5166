// SPDX-License-Identifier: Apache-2.0
#include "fuzz/targets.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "inlay/backend.h"
#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay::fuzz {
namespace {

constexpr size_t kMaxArena = size_t{64} << 20;
/// Larger models are prepared but not run: a file may ask for honest work that takes days.
constexpr double kMaxWork = 4e6;

struct Free {
  void operator()(void* p) const { std::free(p); }
};
using Memory = std::unique_ptr<void, Free>;

/// Exactly `bytes` bytes aligned to 64, so that the address sanitizer sees the first byte beyond.
Memory allocate(size_t bytes) {
  void* p = nullptr;
  if (posix_memalign(&p, 64, bytes != 0 ? bytes : 1) != 0) std::abort();
  return Memory(p);
}

double elements(const inlay_tensor& t) {
  double count = 1;
  for (int32_t i = 0; i < t.rank; ++i) count *= t.dims[i];
  return count;
}

/// Upper bound of the inner steps of one run.
double work_of(const inlay_graph& graph) {
  double work = 0;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    double in = 0, out = 0;
    for (int32_t i = 0; i < node.input_count; ++i) in += node.inputs[i] >= 0 ? elements(graph.tensors[node.inputs[i]]) : 0;
    for (int32_t i = 0; i < node.output_count; ++i) out += node.outputs[i] >= 0 ? elements(graph.tensors[node.outputs[i]]) : 0;
    double each = 1;
    if (node.params_type == INLAY_PARAMS_WINDOW) {
      const auto& w = *static_cast<const inlay_window*>(node.params);
      each = double{1} * w.filter_h * w.filter_w;
    }
    if (node.kind == INLAY_OP_CONV_2D || node.kind == INLAY_OP_DEPTHWISE_CONV_2D || node.kind == INLAY_OP_FULLY_CONNECTED) {
      const inlay_tensor& weights = graph.tensors[node.inputs[1]];
      const int32_t channels = weights.rank > 0 ? weights.dims[node.kind == INLAY_OP_DEPTHWISE_CONV_2D ? weights.rank - 1 : 0] : 1;
      each = channels > 0 ? elements(weights) / channels : 1;
    }
    work += in + out * (1 + each);
  }
  return work;
}

Reached run_session(const inlay_model* model) {
  const inlay_device device = {&inlay_backend_builtin, 0};
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.devices = &device;
  config.device_count = 1;
  config.ops = inlay_default_ops();
  inlay_error error;
  inlay_arena arena;
  if (inlay_session_measure(model, &config, &arena, &error) != INLAY_OK) return Reached::verified;
  const size_t sizes[] = {arena.persistent.bytes, arena.planned.bytes, arena.scratch.bytes};
  size_t total = 0;
  for (const size_t bytes : sizes) {
    if (bytes > kMaxArena || (total += bytes) > kMaxArena) return Reached::verified;
  }
  const Memory persistent = allocate(sizes[0]), planned = allocate(sizes[1]), scratch = allocate(sizes[2]);
  arena.persistent.data = persistent.get();
  arena.planned.data = planned.get();
  arena.scratch.data = scratch.get();
  inlay_session* session = nullptr;
  if (inlay_session_init(model, &config, &arena, &session, &error) != INLAY_OK) return Reached::verified;
  double work = 0;
  for (int32_t g = 0; g < inlay_model_graph_count(model); ++g) work += work_of(*inlay_model_graph(model, g));
  const bool run = work <= kMaxWork;
  if (run) {
    std::memset(planned.get(), 0x5a, sizes[1]);
    static_cast<void>(inlay_session_run(session, &error));
    static_cast<void>(inlay_session_reset(session, &error));
  }
  inlay_session_deinit(session);
  return run ? Reached::ran : Reached::prepared;
}

}  // namespace

Reached run_inlay(const uint8_t* data, size_t size, bool skip_crc) {
  const Memory copy = allocate(size);
  if (size != 0) std::memcpy(copy.get(), data, size);
  const inlay_model_config config = {sizeof(config), skip_crc ? 1u : 0u};
  inlay_error error;
  size_t need = 0;
  if (inlay_model_measure(copy.get(), size, &config, &need, &error) != INLAY_OK || need > kMaxArena) return Reached::refused;
  const Memory tables = allocate(need);
  inlay_model* model = nullptr;
  // Measuring checks all but what needs the tables, so init may still refuse.
  if (inlay_model_init(copy.get(), size, &config, {tables.get(), need}, &model, &error) != INLAY_OK) return Reached::refused;
  return run_session(model);
}

Reached fuzz_inlay(const uint8_t* data, size_t size) {
  static_cast<void>(run_inlay(data, size, false));
  return run_inlay(data, size, true);
}

tools::Bytes convert(const tools::Bytes& tflite) {
  tools::Model model = tools::import_tflite(tflite, {});
  tools::optimize(model);
  return tools::emit_inlay(model);
}

Reached fuzz_tflite(const uint8_t* data, size_t size) {
  tools::Bytes made;
  try {
    made = convert(tools::Bytes(data, data + size));
  } catch (const tools::Error&) {
    return Reached::refused;
  }
  return run_inlay(made.data(), made.size(), true);
}

}  // namespace inlay::fuzz

// SPDX-License-Identifier: Apache-2.0
#include "fuzz/targets.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "fuzz/bounded.h"
#include "inlay/backend.h"
#include "inlay/placement.h"
#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay::fuzz {
namespace {

constexpr size_t kMaxArena = size_t{64} << 20;
/// Larger models are prepared but not run.
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

/// Fills every input: round 0 with small numbers of any type, so that indices are in range; then with any bits.
void fill_inputs(const inlay_model* model, inlay_session* session, int round) {
  uint32_t random = 0x9e3779b9u;
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) {
    inlay_tensor_info info = {};
    auto* bytes = static_cast<uint8_t*>(inlay_session_input(session, i));
    if (bytes == nullptr || inlay_model_input_info(model, i, &info) != INLAY_OK) continue;
    for (size_t k = 0; k < info.bytes; ++k) {
      random = random * 1664525u + 1013904223u;
      bytes[k] = round == 0 ? k % 8 == 0 ? static_cast<uint8_t>(random >> 31) : 0 : static_cast<uint8_t>(random >> 24);
    }
  }
}

void run_rounds(const inlay_model* model, inlay_session* session, const inlay_block& planned) {
  inlay_error error;
  std::memset(planned.data, 0x5a, planned.bytes);
  for (int round = 0; round < 2; ++round) {
    fill_inputs(model, session, round);
    set_steps_left(*model, kMaxWork);
    static_cast<void>(inlay_session_run(session, &error));
  }
  static_cast<void>(inlay_session_reset(session, &error));
}

/// What a host reads of the placements, which init has verified.
void read_placements(const inlay_model* model) {
  for (const tools::Placement& p : tools::read_placements(model)) {
    for (const uint8_t device : p.placed) {
      if (device != INLAY_PLACED_FREELY && device >= p.devices.size()) std::abort();
    }
  }
  inlay_error why;
  static_cast<void>(inlay_model_placement_find(model, 1, &why));
}

Reached run_session(const inlay_model* model) {
  read_placements(model);
  const inlay_device device = {&inlay_backend_builtin, 0};
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.devices = &device;
  config.device_count = 1;
  config.ops = bounded_ops();
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
  const bool run = work_of(*model) <= kMaxWork;
  if (run) run_rounds(model, session, arena.planned);
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
  tools::Placement placement;  // so that mutations reach those, too
  placement.devices = {"builtin", "reference"};
  for (size_t n = 0; n < model.graphs[0].nodes.size(); ++n) placement.placed.push_back(static_cast<uint8_t>(n % 2));
  placement.costs_us.resize(2 * placement.placed.size(), 1);
  placement.links.resize(2, {1, 1, 1, 1000, 1, 1000});
  placement.threads = 1;
  return tools::emit_inlay(model, {placement});
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

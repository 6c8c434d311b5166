// SPDX-License-Identifier: Apache-2.0
// The tables of functions. They know a device by its number alone, so each board that is there has a table of its own.
#include "simulated.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "clock.h"
#include "core/bump.h"
#include "core/error.h"
#include "frames.h"

namespace inlay::simulated {

struct Board::State {
  explicit State(Machine m) : machine(std::move(m)), clock(machine), frames(machine) {}
  Machine machine;
  Clock clock;
  Frames frames;
  bool by_frames = false;
  size_t slot = 0;
};

namespace {

constexpr size_t kSlots = 8;
constexpr size_t kMostDevices = 15;
Board::State* g_boards[kSlots] = {};

/// A segment as it was compiled, and its run between submit and finish.
struct Compiled {
  Board::State* board;
  int32_t device;
  const inlay_graph* graph;
  int32_t first, count;
  bool main;
  void* inner;   // builtin's
  Span* spans;   // by node of the segment
  inlay_run run;
  Nanos done;
};

bool calls_graphs(const inlay_node& node) { return node.params_type == INLAY_PARAMS_GRAPHS; }

int32_t probe(const Board::State* board, inlay_device_info* out, int32_t capacity, inlay_error* why) {
  if (board == nullptr) {
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "no simulated board is there; a board file names one"));
    return 0;
  }
  const std::vector<Device>& devices = board->machine.devices;
  for (size_t i = 0; i < devices.size() && i < static_cast<size_t>(capacity); ++i) {
    out[i] = {};
    devices[i].about.copy(out[i].name, sizeof(out[i].name) - 1);
    devices[i].name.copy(out[i].alias, sizeof(out[i].alias) - 1);
    const bool own = devices[i].kind != Kind::kHost && !devices[i].shares_memory;
    out[i].memory_bytes = !own ? 0 : devices[i].memory_limit != 0 ? devices[i].memory_limit : UINT64_MAX;
  }
  return static_cast<int32_t>(devices.size());
}

const char* reject(const Board::State* board, int32_t device, const inlay_segment& segment, const inlay_node& node) {
  if (board == nullptr || device < 0 || static_cast<size_t>(device) >= board->machine.devices.size()) return "there is no such simulated device";
  const Device& d = board->machine.devices[static_cast<size_t>(device)];
  const bool main = segment.graph == segment.graphs;
  if (!main || calls_graphs(node)) {
    if (d.kind != Kind::kHost) return "graphs that are called, and ops that call them, run on the simulated host";
  } else if (d.cost(*segment.graph, static_cast<int32_t>(&node - segment.graph->nodes)) < 0) {
    return "the simulated device does not take this op";
  }
  return inlay_backend_builtin.reject(0, &segment, &node);
}

Compiled* lay_out(const inlay_segment& segment, const inlay_need& inner, Bump* bump, inlay_block* inner_memory) {
  auto* compiled = bump->take_array<Compiled>(1);
  auto* spans = bump->take_array<Span>(static_cast<size_t>(segment.node_count));
  *inner_memory = {bump->take(inner.persistent), inner.persistent};
  if (compiled != nullptr) compiled->spans = spans;
  return compiled;
}

inlay_status measure(int32_t, const inlay_segment* segment, inlay_need* need, inlay_error* error) {
  inlay_need inner = {};
  INLAY_TRY(inlay_backend_builtin.measure(0, segment, &inner, error));
  Bump counter;
  inlay_block block;
  lay_out(*segment, inner, &counter, &block);
  *need = {counter.used(), inner.scratch};
  return INLAY_OK;
}

inlay_status compile(Board::State* board, int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled,
                     inlay_error* error) {
  inlay_need inner = {};
  INLAY_TRY(inlay_backend_builtin.measure(0, segment, &inner, error));
  Bump bump(memory);
  inlay_block block;
  Compiled* out = lay_out(*segment, inner, &bump, &block);
  if (bump.failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "the segment does not fit the persistent block");
  out->board = board;
  out->device = device;
  out->graph = segment->graph;
  out->first = segment->first_node;
  out->count = segment->node_count;
  out->main = segment->graph == segment->graphs;
  *compiled = out;
  return inlay_backend_builtin.compile(0, segment, block, &out->inner, error);
}

inlay_status submit(void* raw, const inlay_run* run) {
  Compiled& c = *static_cast<Compiled*>(raw);
  c.run = *run;
  if (!c.main) return INLAY_OK;
  if (c.board->by_frames) {
    c.done = c.board->frames.start(c.device, *c.graph, c.first, c.count, run->tensors, c.spans);
    return INLAY_OK;
  }
  Clock& clock = c.board->clock;
  clock.start(c.device);
  for (int32_t i = 0; i < c.count; ++i) {
    const bool free = calls_graphs(c.graph->nodes[c.first + i]);
    INLAY_TRY(clock.node(c.device, *c.graph, c.first + i, free, &c.spans[i], run->error));
  }
  c.done = clock.idle(c.device);
  return INLAY_OK;
}

inlay_status finish(void* raw, inlay_error* error) {
  Compiled& c = *static_cast<Compiled*>(raw);
  const inlay_observer* observer = c.run.observer;
  c.run.observer = nullptr;
  c.run.error = error;
  INLAY_TRY(inlay_backend_builtin.execute(c.inner, &c.run));
  if (!c.main) return INLAY_OK;
  if (c.board->by_frames)
    c.board->frames.wait(c.run.tensors, c.done);
  else
    c.board->clock.wait(c.done);
  for (int32_t i = 0; observer != nullptr && i < c.count; ++i) {
    observer->done(observer->user, c.run.graph_index, c.first + i, static_cast<uint64_t>(c.spans[i].begin),
                   static_cast<uint64_t>(c.spans[i].end));
  }
  return INLAY_OK;
}

inlay_status execute(void* raw, const inlay_run* run) {
  INLAY_TRY(submit(raw, run));
  return finish(raw, run->error);
}

void release(void* raw) {
  const Compiled& c = *static_cast<Compiled*>(raw);
  if (c.inner != nullptr) inlay_backend_builtin.release(c.inner);
}

const char* kernel(void* raw, int32_t node) { return inlay_backend_builtin.kernel(static_cast<Compiled*>(raw)->inner, node); }

/// Of devices with a queue, or of the others.
template <size_t Slot>
constexpr inlay_backend table(bool queues) {
  inlay_backend t = {};
  t.abi_version = INLAY_BACKEND_ABI_VERSION;
  t.struct_size = sizeof(inlay_backend);
  t.name = "simulated";
  t.flags = INLAY_BACKEND_HEAP | INLAY_BACKEND_ACCELERATOR;
  t.probe = [](inlay_device_info* out, int32_t capacity, inlay_error* why) { return probe(g_boards[Slot], out, capacity, why); };
  t.reject = [](int32_t device, const inlay_segment* segment, const inlay_node* node) {
    return reject(g_boards[Slot], device, *segment, *node);
  };
  t.measure = measure;
  t.compile = [](int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
    return compile(g_boards[Slot], device, segment, memory, compiled, error);
  };
  t.execute = execute;
  t.release = release;
  t.kernel = kernel;
  t.submit = queues ? submit : nullptr;
  t.finish = queues ? finish : nullptr;
  return t;
}

template <size_t... Slots>
constexpr std::array<inlay_backend, sizeof...(Slots)> tables(bool queues, std::index_sequence<Slots...>) {
  return {{table<Slots>(queues)...}};
}

constexpr std::array<inlay_backend, kSlots> kTables = tables(false, std::make_index_sequence<kSlots>());
constexpr std::array<inlay_backend, kSlots> kQueues = tables(true, std::make_index_sequence<kSlots>());

void check(const Machine& m) {
  if (m.devices.empty() || m.devices.size() > kMostDevices) throw std::invalid_argument("a simulated board has 1 to 15 devices");
  const size_t places = m.devices.size() + 1;
  if (m.paths.size() != places * places) throw std::invalid_argument("a simulated board without a path for each pair of memories");
  for (size_t d = 0; d < m.devices.size(); ++d) {
    const Device& device = m.devices[d];
    if (device.name.empty() || device.name.size() > 15) throw std::invalid_argument("a simulated device's name has 1 to 15 characters");
    if (!device.cost || device.start < 0 || device.submit < 0) throw std::invalid_argument("simulated device '" + device.name + "' has no costs");
    const bool reaches = m.paths[d + 1].known && m.paths[(d + 1) * places].known;
    if (device.kind != Kind::kHost && !reaches) throw std::invalid_argument("no path from the host to simulated device '" + device.name + "' and back");
  }
}

}  // namespace

Board::Board(Machine machine) {
  check(machine);
  state_ = std::make_unique<State>(std::move(machine));
  while (state_->slot < kSlots && g_boards[state_->slot] != nullptr) ++state_->slot;
  if (state_->slot == kSlots) throw std::length_error("there are 8 simulated boards already");
  g_boards[state_->slot] = state_.get();
}

Board::~Board() { g_boards[state_->slot] = nullptr; }

std::vector<inlay_device> Board::devices() const {
  std::vector<inlay_device> out;
  for (size_t d = 0; d < state_->machine.devices.size(); ++d) {
    const bool queue = state_->machine.devices[d].kind == Kind::kAsynchronous;
    out.push_back({queue ? &kQueues[state_->slot] : &kTables[state_->slot], static_cast<int32_t>(d)});
  }
  return out;
}

void Board::begin() {
  state_->by_frames = false;
  state_->clock.begin();
}

void Board::begin_frames() {
  state_->by_frames = true;
  state_->frames.begin();
}

Nanos Board::end() { return state_->by_frames ? state_->frames.end() : state_->clock.end(); }

uint64_t Board::peak(int32_t place) const { return state_->clock.peak(place); }

}  // namespace inlay::simulated

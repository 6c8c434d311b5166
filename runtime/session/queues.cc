// SPDX-License-Identifier: Apache-2.0
// When must a segment that computes beside the host be done? Before the first later segment that touches bytes it writes, or writes
// bytes it touches. The planner of the arena gives memory again to the next op that fits, so this asks for bytes, not for tensors.
#include "session/queues.h"

namespace inlay {
namespace {

constexpr size_t kOwnScratchAlignment = 64;
constexpr size_t kNoBlock = SIZE_MAX / 2;  // more scratch than anybody can give: init says so

/// A tensor as one node of a segment uses it.
struct Touch {
  int32_t tensor;
  bool written;
};

/// One graph of a model, and what its segments touch.
class Touches {
 public:
  Touches(const inlay_model& model, int32_t index) : graph_(model.graphs[index]), offsets_(model.offsets[index]), calls_(model.graph_count > 1) {}

  /// Calls use(touch) for each tensor of a segment that lies in memory which may change, until it returns true.
  template <typename Use>
  bool any(const SessionSegment& segment, Use use) const {
    for (int32_t n = segment.first; n < segment.first + segment.count; ++n) {
      const inlay_node& node = graph_.nodes[n];
      for (int32_t i = 0; i < node.input_count + node.output_count; ++i) {
        const bool output = i >= node.input_count;
        const int32_t tensor = output ? node.outputs[i - node.input_count] : node.inputs[i];
        if (tensor < 0 || !lies_in_memory(tensor)) continue;
        // An op may write a variable that it reads (LSTM).
        const Touch touch = {tensor, output || is_variable(tensor)};
        if (!is_inner(segment, tensor) && use(touch)) return true;
      }
    }
    return false;
  }

  /// May another op's graphs run inside of it, which are not looked into?
  bool calls_graphs(const SessionSegment& segment) const {
    for (int32_t n = segment.first; calls_ && n < segment.first + segment.count; ++n) {
      const uint16_t kind = graph_.nodes[n].kind;
      if (kind == INLAY_OP_IF || kind == INLAY_OP_WHILE || kind == INLAY_OP_CUSTOM) return true;
    }
    return false;
  }

  bool conflict(const Touch& a, const Touch& b) const { return (a.written || b.written) && meet(a.tensor, b.tensor); }

 private:
  bool is_variable(int32_t tensor) const { return (graph_.tensors[tensor].flags & INLAY_TENSOR_VARIABLE) != 0; }
  bool lies_in_memory(int32_t tensor) const {
    const inlay_tensor& t = graph_.tensors[tensor];
    return t.data == nullptr && t.bytes != 0 && (is_variable(tensor) || offsets_[tensor] != INLAY_NOT_PLANNED);
  }

  bool meet(int32_t a, int32_t b) const {
    if (a == b) return true;
    const inlay_tensor &first = graph_.tensors[a], &second = graph_.tensors[b];
    if (is_variable(a) || is_variable(b)) return is_variable(a) && is_variable(b) && first.variable == second.variable;
    return offsets_[a] < offsets_[b] + second.bytes && offsets_[b] < offsets_[a] + first.bytes;
  }

  bool reads(const inlay_node& node, int32_t tensor) const {
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (node.inputs[i] == tensor) return true;
    }
    return false;
  }

  /// Is it passed on inside of the segment only, in memory of the device's own?
  bool is_inner(const SessionSegment& segment, int32_t tensor) const {
    const inlay_backend* backend = segment.device.backend;
    if (backend == nullptr || (backend->flags & INLAY_BACKEND_OWN_ACTIVATIONS) == 0 || is_variable(tensor)) return false;
    bool made_here = false;
    for (int32_t n = segment.first; n < segment.first + segment.count && !made_here; ++n) {
      for (int32_t i = 0; i < graph_.nodes[n].output_count; ++i) made_here = made_here || graph_.nodes[n].outputs[i] == tensor;
    }
    if (!made_here) return false;
    for (int32_t i = 0; i < graph_.output_count; ++i) {
      if (graph_.outputs[i] == tensor) return false;
    }
    for (int32_t n = segment.first + segment.count; n < graph_.node_count; ++n) {
      if (reads(graph_.nodes[n], tensor)) return false;
    }
    return true;
  }

  const inlay_graph& graph_;
  const uint32_t* offsets_;
  bool calls_;
};

/// Must `b` wait for `a`?
bool conflict(const Touches& touches, const SessionSegment& a, const SessionSegment& b) {
  if (touches.calls_graphs(a) || touches.calls_graphs(b)) return true;
  return touches.any(a, [&](const Touch& x) { return touches.any(b, [&](const Touch& y) { return touches.conflict(x, y); }); });
}

/// The first segment behind `j` that must wait for it.
int32_t due_of(const Touches& touches, const SessionGraph& graph, int32_t j) {
  const SessionSegment& segment = graph.segments[j];
  if (touches.calls_graphs(segment)) return j + 1;
  int32_t due = graph.segment_count;
  for (int32_t k = j + 1; k < due; ++k) {
    if (touches.calls_graphs(graph.segments[k])) due = k;
  }
  touches.any(segment, [&](const Touch& a) {
    for (int32_t k = j + 1; k < due; ++k) {
      if (touches.any(graph.segments[k], [&](const Touch& b) { return touches.conflict(a, b); })) due = k;
    }
    return due == j + 1;
  });
  return due;
}

}  // namespace

/// Removes those that `next` needs, and what the same queue does before them.
bool Flights::land(const SessionSegment& next) {
  const Touches touches(model_, index_);
  bool any = false;
  for (int32_t i = count_; i-- > 0;) {
    if (!conflict(touches, all_[i], next)) continue;
    any = true;
    const inlay_device device = all_[i].device;
    int32_t kept = 0;
    for (int32_t k = 0; k < count_; ++k) {
      const bool same = all_[k].device.backend == device.backend && all_[k].device.index == device.index;
      if (k > i || !same) all_[kept++] = all_[k];
    }
    count_ = kept;
    i = i < count_ ? i : count_;
  }
  return any;
}

bool Flights::awaited_by(const inlay_device& device, int32_t node) {
  return count_ != 0 && !has_queue(device) && land({device, node, 1, nullptr});
}

void Flights::add(const inlay_device& device, int32_t first, int32_t count) {
  const SessionSegment segment = {device, first, count, nullptr};
  if (!has_queue(device)) return;
  land(segment);
  for (int32_t i = 1; count_ == kMost && i < kMost; ++i) all_[i - 1] = all_[i];
  count_ -= count_ == kMost ? 1 : 0;
  all_[count_++] = segment;
}

Handing* QueueWalk::take(const inlay_config& config, int32_t count, Bump* bump) {
  for (int32_t d = 0; d < config.device_count; ++d) {
    if (has_queue(config.devices[d])) return bump->take_array<Handing>(static_cast<size_t>(count));
  }
  return nullptr;
}

void QueueWalk::book(const inlay_device& device, size_t bytes, size_t* shared, Handing* handing) {
  if (!has_queue(device)) {
    if (bytes > *shared) *shared = bytes;
    return;
  }
  own_ = bytes < kNoBlock - own_ ? own_ + align_up(bytes, kOwnScratchAlignment) : kNoBlock;
  if (handing == nullptr) return;
  handing->handed = true;
  handing->scratch = bytes != 0 ? own_ : 0;
}

size_t QueueWalk::total(size_t shared) const {
  if (own_ == 0) return shared;
  return shared < kNoBlock ? align_up(shared, kOwnScratchAlignment) + own_ : shared;
}

void QueueWalk::plan(inlay_session* session, int32_t index) {
  const SessionGraph& graph = session->graphs[index];
  session->queued = true;
  Handing* all = handings(graph);
  const Touches touches(*session->model, index);
  for (int32_t i = 0; i < graph.segment_count; ++i) all[i].first_due = all[i].next_due = -1;
  for (int32_t j = graph.segment_count; j-- > 0;) {
    all[j].due = all[j].handed ? due_of(touches, graph, j) : j;
    if (!all[j].handed || all[j].due == graph.segment_count) continue;
    Handing& at = all[all[j].due];  // front to back, those handed over first come first
    all[j].next_due = at.first_due;
    at.first_due = j;
  }
}

}  // namespace inlay

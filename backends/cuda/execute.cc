// SPDX-License-Identifier: Apache-2.0
// A run: inputs are copied into pinned memory, one graph brings them to the device, computes, and brings the outputs back. Copies are
// nodes of the graph, so that a run is one call of the driver and nothing in the graph ever changes: the price is a copy on the host,
// and the gain is that the host's tensors may lie anywhere, pinned or not.
#include "segment.h"

namespace inlay::cuda {

// ---- what goes into the stream -------------------------------------------------------------------------------------------

void Segment::enqueue(const std::vector<Call>& calls, int32_t node) {
  for (const Call& call : calls) {
    inlay_cuda_launch l = {call.kernel, {}, {}, call.shared_bytes, const_cast<void**>(call.args.data())};
    std::memcpy(l.grid, call.grid, sizeof(l.grid));
    std::memcpy(l.block, call.block, sizeof(l.block));
    const int code = driver_.launch(context_->device(), &l, stream_.get());
    if (code == 0) continue;
    const std::string of = node >= 0 ? "op " + std::to_string(node) + " ('" + graph_->nodes[node].name + "')" : "a conversion of floats";
    context_->check(code, of + " does not start");
  }
}

void Segment::enqueue_inputs() {
  for (const Border& border : borders_) {
    if (!border.input) continue;
    if (border.outer != border.staging) {
      check(driver_.copy_in(context_->device(), border.outer, border.staging, border.bytes, stream_.get()), "no copy to the device");
    }
    enqueue(border.convert, -1);
  }
}

void Segment::enqueue_outputs() {
  for (const Border& border : borders_) {
    if (border.input) continue;
    enqueue(border.convert, -1);
    if (border.outer == border.staging) continue;
    check(driver_.copy_out(context_->device(), border.staging, border.outer, border.bytes, stream_.get()), "no copy from the device");
  }
}

void Segment::capture() {
  for (const Border& border : borders_) {
    const bool copied = border.outer != border.staging;
    use_.bytes_mapped += copied ? 0 : border.bytes;
    (border.input ? use_.bytes_in : use_.bytes_out) += copied ? border.bytes : 0;
    (border.input ? use_.copies_in : use_.copies_out) += copied ? 1 : 0;
    use_.launches += static_cast<int32_t>(border.convert.size());
  }
  for (const Step& step : steps_) use_.launches += static_cast<int32_t>(step.calls.size());
  check(driver_.begin_capture(context_->device(), stream_.get()), "no capture of a graph");
  void* graph = nullptr;
  try {
    enqueue_inputs();
    for (size_t i = 0; i < steps_.size(); ++i) enqueue(steps_[i].calls, first_ + static_cast<int32_t>(i));
    enqueue_outputs();
  } catch (...) {
    if (driver_.end_capture(context_->device(), stream_.get(), &graph) == 0) run_ = Owned(*context_, driver_.drop_graph, graph);
    throw;
  }
  check(driver_.end_capture(context_->device(), stream_.get(), &graph), "no graph of the segment");
  run_ = Owned(*context_, driver_.drop_graph, graph);
}

/// Without the graph: an event in front of the first op and one behind each that launches anything.
void Segment::enqueue_observed() {
  while (times_.size() <= steps_.size()) times_.push_back(make_event(*context_, true));
  const auto mark = [this](size_t i) { check(driver_.record(context_->device(), times_[i].get(), stream_.get()), "no time of an op"); };
  enqueue_inputs();
  mark(0);
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].calls.empty()) continue;
    enqueue(steps_[i].calls, first_ + static_cast<int32_t>(i));
    mark(i + 1);
  }
  enqueue_outputs();
}

// ---- runs ----------------------------------------------------------------------------------------------------------------

void Segment::submit(const inlay_run& run) {
  turn_.take();
  try {
    if (context_->lost()) throw Failure(INLAY_STATUS_BACKEND_FAILED, "the device was lost in an earlier run; make the session anew");
    tensors_ = run.tensors;
    observer_ = run.observer;
    graph_index_ = run.graph_index;
    for (const Border& border : borders_) {
      if (border.input) std::memcpy(border.staging, tensors_[border.tensor], border.bytes);
    }
    if (observer_ != nullptr) {
      enqueue_observed();
    } else {
      check(driver_.start_graph(context_->device(), run_.get(), stream_.get()), "the graph of the segment does not start");
    }
    check(driver_.record(context_->device(), done_.get(), stream_.get()), "no event behind the run");
  } catch (...) {
    // What did start works on memory of the segment alone, but not beside the next run.
    context_->note(driver_.drain(context_->device(), stream_.get()));
    turn_.give();
    throw;
  }
}

void Segment::finish() {
  try {
    check(driver_.wait_event(context_->device(), done_.get()), "the run failed on the device");
    for (const Border& border : borders_) {
      if (!border.input) std::memcpy(tensors_[border.tensor], border.staging, border.bytes);
    }
    tell();
  } catch (...) {
    turn_.give();
    throw;
  }
  turn_.give();
}

/// Moves the device's clock so that its last op ends now; an op is the time between the events around its launches. One without any, as
/// an ADD that another op's launch does, takes none.
void Segment::tell() {
  if (observer_ == nullptr) return;
  const uint64_t now = observer_->now(observer_->user);
  size_t last = steps_.size();
  while (last > 0 && steps_[last - 1].calls.empty()) --last;
  std::vector<uint64_t> at(times_.size());
  for (size_t i = 0; i < at.size(); ++i) {
    if (i > 0 && steps_[i - 1].calls.empty()) {
      at[i] = at[i - 1];
      continue;
    }
    float milliseconds = 0;
    check(driver_.elapsed(context_->device(), times_[i].get(), times_[last].get(), &milliseconds), "no time of an op");
    const auto before = static_cast<uint64_t>(static_cast<double>(milliseconds) * 1e6);
    at[i] = now > before ? now - before : 0;
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    observer_->done(observer_->user, graph_index_, first_ + static_cast<int32_t>(i), at[i], at[i + 1]);
  }
}

}  // namespace inlay::cuda

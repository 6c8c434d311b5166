// SPDX-License-Identifier: Apache-2.0
// Runs of a session with a clock. All times in microseconds.
#pragma once
#include <functional>
#include <vector>

#include "inlay/inlay.h"
#include "tools/graph/ir.h"

namespace inlay::tools {

double now_us();

/// A bar on stderr, only for people and only when the wait is long enough to wonder.
class Progress {
 public:
  Progress();
  ~Progress();
  /// From 0 to 1.
  void update(double done);

 private:
  double begin_;
  int shown_;  // steps drawn; -1: never draw
};

/// A clock of runs other than the host's: that of a board that is not there.
struct Stopwatch {
  std::function<void()> begin;  ///< before a run
  std::function<double()> end;  ///< microseconds since
};

/// A session, its pseudo-random inputs, and runs of it.
class Subject {
 public:
  /// `stopwatch`: NULL: the host's clock; else it outlives the subject.
  Subject(const inlay_model* model, inlay_session* session, const Stopwatch* stopwatch = nullptr);
  /// Microseconds of one run. Inputs are written before it, outside of the time: a run may reuse their memory. Throws Error.
  double run();

 private:
  inlay_session* session_;
  const Stopwatch* stopwatch_;
  std::vector<Bytes> inputs_;
};

/// One op of one observed run.
struct Event {
  int32_t node;
  double begin_us, end_us;
};

/// Watches the ops of the main graph while it lives.
class OpWatch {
 public:
  OpWatch(const inlay_model* model, inlay_session* session);
  ~OpWatch();
  OpWatch(const OpWatch&) = delete;
  OpWatch& operator=(const OpWatch&) = delete;

  std::vector<std::vector<double>> times;  ///< by node, one for each run in which it was told of
  std::vector<Event> events;

 private:
  static void done(void* user, int32_t graph, int32_t node, uint64_t begin, uint64_t end);

  inlay_session* session_;
  inlay_observer observer_;
};

}  // namespace inlay::tools

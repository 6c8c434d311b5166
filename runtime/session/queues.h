// SPDX-License-Identifier: Apache-2.0
// Segments on devices with queues: which are handed over, and when each must be done. Nothing of it is in builds without
// INLAY_QUEUES, where every segment is waited for.
#pragma once
#include "core/checked.h"
#include "session/session.h"

namespace inlay {

/// Behind the segments of each graph of a session whose `queued` is set stands one of these per segment. Worked out once: a run
/// keeps no list of what is in flight.
struct Handing {
  bool handed;        ///< by submit() and finish()
  int32_t due;        ///< the first later segment that must not begin before this one is done; segment_count: the end of the run
  int32_t first_due;  ///< the first of those that are due where this segment begins, or -1
  int32_t next_due;   ///< the next that is due where this one is, or -1
  size_t scratch;     ///< bytes from the beginning of its own scratch to the end of the block; 0: it needs none
};

#ifdef INLAY_QUEUES

inline bool has_queue(const inlay_device& device) {
  return INLAY_OFFERS(device.backend, submit) && INLAY_OFFERS(device.backend, finish);
}

/// Those of a graph of a queued session.
inline Handing* handings(const SessionGraph& graph) {
  const auto end = reinterpret_cast<uintptr_t>(graph.segments + graph.segment_count);
  return reinterpret_cast<Handing*>(align_up(end, uintptr_t{alignof(Handing)}));
}

/// Segments that may still be in flight while a graph is cut into segments. Those of the host end where something needs one of
/// these: the ops before it then run beside the device.
class Flights {
 public:
  Flights(const inlay_model& model, int32_t index) : model_(model), index_(index) {}
  /// Op `node` is next. Is it the host's and needs one in flight? That one counts as done from here on.
  bool awaited_by(const inlay_device& device, int32_t node);
  /// A segment has been cut.
  void add(const inlay_device& device, int32_t first, int32_t count);

 private:
  static constexpr int32_t kMost = 16;  // the first is forgotten when another comes: a cut too few, no more
  bool land(const SessionSegment& next);
  const inlay_model& model_;
  int32_t index_;
  SessionSegment all_[kMost] = {};
  int32_t count_ = 0;
};

/// What preparing a session does for queues.
class QueueWalk {
 public:
  /// Takes room for a graph of `count` segments, as the next thing behind these. NULL: no device has a queue, or the bump counts.
  static Handing* take(const inlay_config& config, int32_t count, Bump* bump);
  /// Books a segment's scratch. Those that may be in flight at once have their own, at the end of the block; all others share its
  /// beginning, `shared` bytes.
  void book(const inlay_device& device, size_t bytes, size_t* shared, Handing* handing);
  /// Bytes of the whole block.
  size_t total(size_t shared) const;
  /// Works out when the segments of graph `index` are due, once all are prepared.
  static void plan(inlay_session* session, int32_t index);
  static void borrow(inlay_session* session, const inlay_session& from) { session->queued = from.queued; }

 private:
  size_t own_ = 0;
};

#else

class Flights {
 public:
  Flights(const inlay_model&, int32_t) {}
  static bool awaited_by(const inlay_device&, int32_t) { return false; }
  static void add(const inlay_device&, int32_t, int32_t) {}
};

class QueueWalk {
 public:
  static Handing* take(const inlay_config&, int32_t, Bump*) { return nullptr; }
  static void book(const inlay_device&, size_t bytes, size_t* shared, Handing*) {
    if (bytes > *shared) *shared = bytes;
  }
  static size_t total(size_t shared) { return shared; }
  static void plan(inlay_session*, int32_t) {}
  static void borrow(inlay_session*, const inlay_session&) {}
};

#endif

}  // namespace inlay

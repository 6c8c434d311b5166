// SPDX-License-Identifier: Apache-2.0
// Devices of a board that is not there: the answers of `builtin`, and a virtual clock that says how long they would have taken.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "inlay/backend.h"

namespace inlay::simulated {

/// Virtual nanoseconds.
using Nanos = int64_t;

enum class Kind : uint8_t {
  kHost,          ///< computes on the host's thread, in its memory
  kRemote,        ///< the host waits for it; tensors travel
  kAsynchronous,  ///< a queue, worked off in order while the host goes on; tensors travel
};

struct Device {
  std::string name;           ///< what profiles and plans call it; at most 15 characters
  std::string about;          ///< for people; at most 63 characters
  Kind kind = Kind::kHost;
  bool shares_memory = false;  ///< its tensors lie in the host's memory: transfers take time and no bytes
  Nanos start = 0;             ///< before the first op of each segment
  Nanos submit = 0;            ///< kAsynchronous: the host's time for handing a segment over
  uint64_t memory_limit = 0;   ///< bytes; 0: none. The least of those of devices in the host's memory holds for it
  /// What node `node` of the graph takes; below 0: the device does not run it.
  std::function<Nanos(const inlay_graph& graph, int32_t node)> cost;
};

/// How a tensor gets from one memory to another: latency + bytes / bytes_per_us.
struct Path {
  bool known = false;  ///< false: by way of the host, whose paths are known
  Nanos latency = 0;
  double bytes_per_us = 0;  ///< 0: the size does not matter
};

struct Machine {
  std::vector<Device> devices;  ///< at most 15
  std::vector<Path> paths;      ///< [from][to], (devices + 1)^2: 0 is the host, d + 1 device d
};

/// What one op took, as the clock has it.
struct Span {
  Nanos begin, end;
};

/// A board as devices for sessions. One session at a time runs on it; it outlives them. Eight boards can be there at once.
///
/// Ops of the main graph take the time that `cost` says. Called graphs, and the ops that call them, take none; devices of the host run
/// them. Answers of queues are computed in finish(): a session that reads outputs or overwrites inputs before it gets wrong ones. The observer
/// of a session is told of virtual nanoseconds.
class Board {
 public:
  /// Throws std::invalid_argument for a machine that makes no sense, std::length_error for too many boards.
  explicit Board(Machine machine);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  std::vector<inlay_device> devices() const;
  /// Sets all clocks to 0 and empties the memories: before each run of a session.
  void begin();
  /// The same, before frames go through a pipeline, none of which is in flight. Then every thread of the process that runs segments is one
  /// of the board's host, a frame is where its last segment has left it, and a segment on a device beside the host takes all its inputs
  /// there, runs, and brings back what is read elsewhere, one after the other. Memories have no limits.
  void begin_frames();
  /// The outputs of the graph that ran go to the host; of frames, they are there. Returns when everything is idle.
  Nanos end();
  /// The most bytes in a memory since begin(), constants among them: 0 the host's, d + 1 device d's own.
  uint64_t peak(int32_t place) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace inlay::simulated

// SPDX-License-Identifier: Apache-2.0
// Which device runs which op: the cost of a placement, defined by its schedule, and the search for the cheapest. Pure functions
// over memory of the caller; hosts only. docs/placement.md tells the model of cost and the method.
#pragma once
#include "inlay/inlay.h"

namespace inlay {

/// Nanoseconds; whole numbers, so that sums compare exactly.
using Nanos = int64_t;

constexpr int32_t kMostPlaceDevices = 15;
/// The most that any one cost or transfer may take (17 minutes), and the most nodes: sums of a run stay far from overflow.
constexpr Nanos kMostPlaceNanos = 1000000000000;
constexpr int32_t kMostPlaceNodes = 10000;

/// Where a device computes, seen from the one host thread that drives all.
enum class PlaceKind : uint8_t {
  kHost,          ///< on the host's thread, in the host's memory
  kRemote,        ///< the host waits while it computes; tensors travel to it and back
  kAsynchronous,  ///< it has a queue, worked off in order, while the host goes on; tensors travel
};

struct PlaceDevice {
  const char* name;  ///< for sentences
  PlaceKind kind;
  bool shares_memory;     ///< not kHost: its tensors lie in the host's memory, so that a transfer takes time but no bytes
  Nanos start;            ///< added where a segment begins: consecutive ops, in the order of issue, on one device
  Nanos submit;           ///< kAsynchronous: the host's time for handing a segment over
  uint64_t memory_limit;  ///< bytes; 0: none. The least of those of all devices that use the host's memory holds for it
};

/// How a tensor gets from one place to another: latency + bytes / bytes_per_us.
struct PlacePath {
  bool known;  ///< false: by way of the host, whose own paths must be known
  Nanos latency;
  double bytes_per_us;  ///< 0: the size does not matter, as for memory that is only mapped
};

/// One way to run a node. Several may name one device (threads, kernel variants): their meaning is the caller's.
struct PlaceOption {
  int32_t device;
  Nanos cost;
};

struct PlaceNode {
  const char* name;       ///< for sentences
  const int32_t* inputs;  ///< tensors; those below 0 are skipped
  int32_t input_count;
  const int32_t* outputs;
  int32_t output_count;
  const PlaceOption* options;  ///< by preference; at least one
  int32_t option_count;
};

struct PlaceTensor {
  uint64_t bytes;
  bool constant;  ///< a weight: it lies on every device that reads it, and counts to that one's memory for good
};

/// Nodes in topological order. A tensor that no node writes and that is no constant comes from the host, before the run.
struct PlaceProblem {
  const PlaceNode* nodes;
  int32_t node_count;
  const PlaceTensor* tensors;
  int32_t tensor_count;
  const int32_t* outputs;  ///< tensors the host wants at the end
  int32_t output_count;
  const PlaceDevice* devices;  ///< by preference
  int32_t device_count;
  const PlacePath* paths;  ///< [from][to], (device_count + 1)^2: 0 is the host's memory, d + 1 device d's. Those of kHost unused
};

/// A placement: what runs each node, and the order in which the host thread issues them.
struct PlacePlan {
  int32_t* options;  ///< per node, into its options
  int32_t* order;    ///< the nodes, each behind those it reads from
};

/// What a placement costs.
struct PlaceScore {
  Nanos latency;   ///< from the start of a run until the last device is idle and the outputs are on the host
  Nanos period;    ///< the busiest queue or copy lane of one run: frames cannot come faster, however many are in flight
  uint64_t bytes;  ///< the sum of `memory`
  uint64_t memory[kMostPlaceDevices + 1];  ///< constants and the peak of activations: 0 the host's memory, d + 1 device d's own
};

/// Above 64 nodes the second number is that of the plan found, not the least.
enum class PlaceObjective : uint8_t {
  kLatency,
  kThroughput,  ///< least period, then latency
  kMemory,      ///< least sum of bytes, then latency
};

/// One bar of a schedule.
struct PlaceEvent {
  enum Kind : uint8_t { kOp, kStart, kSubmit, kCopy };
  Kind kind;
  int32_t lane;          ///< 0 the host's thread, d + 1 device d's queue; of copies: the device whose copy lane is used
  int32_t node, tensor;  ///< tensor: of copies, else -1; node: what runs or asks for the copy; node_count: the host, at the end
  int32_t from, to;      ///< of copies: 0 the host's memory, d + 1 device d; of others: `to` is the device + 1
  Nanos begin, end;
};

/// Bytes of memory evaluate_placement needs; 0 for a problem with counts that make no sense.
size_t place_evaluate_bytes(const PlaceProblem& problem);
/// The most events of a schedule.
size_t place_event_limit(const PlaceProblem& problem);

/// The definition of what a placement costs: walks the plan and fills in `score`. `events`: NULL, or room for
/// place_event_limit().
/// @errors BAD_ARGUMENT: the problem or the plan makes no sense (the sentence says where); MEMORY_TOO_SMALL: `memory`;
/// OUT_OF_MEMORY: a memory limit is exceeded; the sentence names the device and the bytes, `score` is valid.
inlay_status evaluate_placement(const PlaceProblem& problem, const PlacePlan& plan, inlay_block memory, PlaceScore* score,
                                PlaceEvent* events, int32_t* event_count, inlay_error* error);

struct PlaceSettings {
  PlaceObjective objective = PlaceObjective::kLatency;
  bool reorder = false;   ///< search the order of issue, too; else the nodes' own. Exact up to 64 nodes
  int32_t labels = 2048;  ///< partial plans kept per step, at least 2: the search is exact while they are enough. Where the
                          ///< graph is so long and wide that they would take more than seconds: fewer, at least 64
  const int32_t* pins = nullptr;  ///< per node a device, or -1; NULL: none
};

struct PlaceResult {
  PlaceScore score;
  int64_t value, lower_bound;  ///< of the objective (nanoseconds or bytes): no placement is below lower_bound
  bool exact;                  ///< value is the optimum
  int64_t steps;               ///< partial plans looked at
};

/// Bytes of memory solve_placement needs; 0 for a problem with counts that make no sense.
size_t place_solve_bytes(const PlaceProblem& problem, const PlaceSettings& settings);

/// Finds the placement of the least objective. Never worse than any single device (what it refuses runs where it is cheapest),
/// nor than each op on the first device that takes it, as far as those fit in memory. Among equals on devices of kHost: the one
/// whose options come first, node by node. Deterministic.
/// @errors as evaluate_placement; OUT_OF_MEMORY: nothing that fits was found. Time: nodes * labels * options at most.
inlay_status solve_placement(const PlaceProblem& problem, const PlaceSettings& settings, inlay_block memory, PlacePlan plan,
                             PlaceResult* result, inlay_error* error);

}  // namespace inlay

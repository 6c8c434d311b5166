// SPDX-License-Identifier: Apache-2.0
// A device by numbers: what begins and hands over a segment, and a roofline that estimates ops nobody has measured.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "inlay/graph.h"
#include "tools/tune/placing.h"

namespace inlay::tools {

/// A fixed cost, and the larger of work and traffic by their peaks (Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009).
struct Speed {
  double op_us = 0;
  double int8_macs_per_us = 0, float_macs_per_us = 0;  ///< multiply-accumulates; 0: not a bound
  double bytes_per_us = 0;                             ///< of all inputs, constants and outputs; 0: not a bound
};

struct DeviceModel {
  std::string name;
  int32_t threads = 0;  ///< of the session it was measured with; 0: any
  std::string kind;     ///< "host", "remote", "asynchronous" (docs/placement.md); empty: what the backend says
  bool shares_memory = false;
  double start_us = 0, submit_us = 0;
  double gap_us = 0;          ///< beside what an op was measured to take: from one op of a segment to the next
  uint64_t memory_bytes = 0;  ///< 0: no limit
  bool has_speed = false;     ///< of the following three
  Speed speed;
  std::map<std::string, Speed> kinds;  ///< other speeds of some kinds of ops, by inlay_op_kind_name
  std::vector<std::string> takes, refuses;  ///< kinds of ops; takes empty: all but those it refuses

  bool runs(const inlay_node& node) const;
};

/// Multiply-accumulates and bytes of a node.
struct Work {
  uint64_t macs = 0, bytes = 0;
  bool floats = false;
};
Work work_of(const inlay_graph& graph, const inlay_node& node);

/// What the roofline says of a node, in microseconds; the fixed cost alone for a view, which moves nothing.
double estimate_us(const DeviceModel& device, const inlay_graph& graph, const inlay_node& node, bool view = false);

/// What a placement has to know of the device, as far as the model says; the rest stays as it is in `device`. On paper the model
/// also says where it computes, else the backend does.
void apply(const DeviceModel& model, bool on_paper, PlacingDevice* device);

}  // namespace inlay::tools

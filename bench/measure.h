// SPDX-License-Identifier: Apache-2.0
// Running a model many times with a clock. All times in microseconds.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "inlay/inlay.h"
#include "tools/inlay/handles.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::bench {

struct Options {
  std::string model;
  std::string backend = "auto";
  std::string fast_math = "none";
  std::string cache = "auto";
  int32_t threads = 1;
  int32_t runs = 0;     ///< 0: by time
  double seconds = 1;   ///< at least this long, and at least ten runs
  int32_t warmup = 3;
  bool per_op = false;
  bool allow_inexact = false;
  bool pipeline = false, one_thread = false;  ///< bench/throughput.h
  int32_t sessions = 0;                       ///< the same; 0: no pool
  bool adapt = false;   ///< frames of an adaptive session: bench/adapt.h
  bool serve = false;   ///< only load, then obey stdin: bench/serve.h
  std::string json, trace, compare;
  std::string profile;  ///< place by these measurements
  std::string board;    ///< of a pipeline: the profile of a board that is not here
  bool any_board = false;
  std::vector<std::string> ops;  ///< shared objects of custom ops
};

struct Op {
  std::string name, kind, device, backend;
  std::string kernel;  ///< what the device runs it with; may be empty
  uint64_t macs = 0;
  double p50_us = 0;
};

struct Result {
  std::string model_name, model_sha256;
  uint64_t macs = 0;
  std::vector<std::string> backends;  ///< the devices that run ops, each once
  double load_us = 0, prepare_us = 0, first_us = 0;
  tools::Stats latency;
  size_t runs = 0;
  inlay_memory_use memory{};
  std::vector<tools::DeviceUse> devices;  ///< those with memory of their own; moves of one run
  uint64_t rss_peak = 0;
  std::vector<uint32_t> outputs_crc32;
  std::vector<Op> ops;
  std::vector<tools::Event> events;  ///< of the observed runs, for --trace
};

/// Loads, prepares and times the model, with pseudo-random inputs that are the same on every machine. Throws Error.
Result measure(const Options& options);

}  // namespace inlay::bench

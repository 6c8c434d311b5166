// SPDX-License-Identifier: Apache-2.0
// inlay-bench as the worker of bench/compare: commands on stdin, one line of JSON on stdout for each.
#pragma once
#include "bench/measure.h"

namespace inlay::bench {

/// Loads and prepares the model, answers {"load_us", "prepare_us", "rss_before", "inputs": [{"dtype", "shape", "scale",
/// "zero_point"}], "outputs": [...]}, then obeys:
///   input I FILE.npy    what input I holds in the runs that follow (zeros until then)
///   run N               {"us": [time of each run], "cpu_us": CPU time of all of them, "rss_peak": bytes}
///   output I FILE.npy   writes output I of the last run
///   quit                also the end of stdin
/// Ends with the first failure. Throws Error.
void serve(const Options& options);

}  // namespace inlay::bench

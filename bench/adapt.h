// SPDX-License-Identifier: Apache-2.0
// inlay-bench --adapt: a model that may move between devices while it runs.
#pragma once
#include "bench/measure.h"

namespace inlay::bench {

/// Runs frames for options.seconds, or options.runs of them, and prints what happens as it happens: a line every tenth of the
/// way (frame, median, factor of each processor), one for each trial and switch, and counts at the end. The frames are an
/// inlay_adaptive's with its defaults. Throws Error.
void adapt(const Options& options);

}  // namespace inlay::bench

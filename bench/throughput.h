// SPDX-License-Identifier: Apache-2.0
// Many frames at once: how many come out per second.
#pragma once
#include "bench/measure.h"

namespace inlay::bench {

/// Measures every op on each device of the list, or takes what options.profile knows of them and of transfers, cuts the model into stages,
/// runs frames through them for options.seconds, and prints the stages and what was predicted and measured. With options.board all
/// that is of a simulated board, and by its clock. Throws Error.
void bench_pipeline(const Options& options);

/// Runs options.sessions threads on as many sessions of one pool for options.seconds, and one alone; prints both. Throws Error.
void bench_sessions(const Options& options);

}  // namespace inlay::bench

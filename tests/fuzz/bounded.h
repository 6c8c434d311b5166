// SPDX-License-Identifier: Apache-2.0
// Keeps a run of a damaged model short: it may ask for honest work that takes days, or loop for ever.
#pragma once
#include "inlay/graph.h"

namespace inlay::fuzz {

/// Upper bound of the inner steps of one run of every graph.
double work_of(const inlay_model& model);

/// Every op; IF and WHILE fail once the graphs they called took the steps that are left.
const inlay_op_table* bounded_ops();
/// For the next run on this thread.
void set_steps_left(const inlay_model& model, double steps);

}  // namespace inlay::fuzz

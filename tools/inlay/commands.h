// SPDX-License-Identifier: Apache-2.0
// The subcommands of `inlay`. Each adds its options and what to do when it is called; failures are thrown as Error.
#pragma once
#include "tools/inlay/arguments.h"

namespace inlay::tools {

void add_convert(Arguments& app);
void add_run(Arguments& app);
void add_inspect(Arguments& app);
void add_embed(Arguments& app);
void add_split(Arguments& app);
void add_tune(Arguments& app);

}  // namespace inlay::tools

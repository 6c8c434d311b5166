// SPDX-License-Identifier: Apache-2.0
// The subcommands of `inlay`. Each adds its options and what to do when it is called; failures are thrown as Error.
#pragma once
#include <CLI/CLI.hpp>

namespace inlay::tools {

void add_convert(CLI::App& app);
void add_run(CLI::App& app);
void add_inspect(CLI::App& app);
void add_embed(CLI::App& app);
void add_tune(CLI::App& app);

}  // namespace inlay::tools

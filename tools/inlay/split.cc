// SPDX-License-Identifier: Apache-2.0
// inlay split: ops in parts by hand.
#include "tools/split/stored.h"

#include <cstdio>

#include "tools/inlay/commands.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/user_ops.h"

namespace inlay::tools {
namespace {

struct SplitArgs {
  std::string model, out;
  std::vector<std::string> splits, ops;
};

void run_split(const SplitArgs& args) {
  load_ops(args.ops);
  const ModelPtr opened = open_model(args.model);
  Model model = read_model(opened.get());
  std::vector<Split> splits;
  for (const std::string& text : args.splits) splits.push_back(parse_split(model.graphs[0], text));
  std::vector<PartOrigin> origins;
  const Model rewritten = split_model(model, splits, &origins);
  std::vector<Placement> placements;
  const Placement placed = placement_by_hand(rewritten.graphs[0], splits, origins);
  if (!placed.devices.empty()) placements.push_back(placed);
  const Bytes file = emit_inlay(rewritten, placements);
  write_file(args.out, file.data(), file.size());
  for (const Split& split : splits) std::printf("%s\n", describe(model.graphs[0], split).c_str());
}

}  // namespace

void add_split(Arguments& app) {
  const auto args = std::make_shared<SplitArgs>();
  Arguments command =
      app.command("split", "Compute ops in parts, each on a device of its own (docs/placement.md)", [args] { run_split(*args); });
  command.option("MODEL", args->model, "the .inlay file").required();
  command.option("-o,--output", args->out, "the .inlay file to write").required();
  command.option("--split", args->splits, kSplitHelp).required();
  command.option("--ops", args->ops, kOpsHelp);
}

}  // namespace inlay::tools

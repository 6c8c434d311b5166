// SPDX-License-Identifier: Apache-2.0
// inlay inspect: what a model holds, needs, and where it would run.
#include "tools/inlay/inspect.h"

#include <cstdio>
#include <memory>

#include "tools/embed/target.h"
#include "tools/emit/emit.h"
#include "tools/inlay/commands.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/html.h"
#include "tools/inlay/user_ops.h"
#include "tools/tune/choose.h"

namespace inlay::tools {
namespace {

void inspect(const InspectArgs& args) {
  load_ops(args.ops);
  if (!args.trace.empty() && !args.plan) throw Error("--trace goes with --plan");
  const ModelPtr model = open_model(args.model);
  const Json document = inspection(args, model.get());
  if (!args.html.empty()) {
    const std::string page = html_page(document);
    write_file(args.html, page.data(), page.size());
  }
  if (args.json)
    std::printf("%s\n", document.dump(2).c_str());
  else if (args.html.empty())
    print_inspection(document);
  else
    std::printf("%s: a page of its own, for any browser\n", args.html.c_str());
}

}  // namespace

void add_inspect(Arguments& app) {
  const auto args = std::make_shared<InspectArgs>();
  Arguments command = app.command("inspect", "Show the graph, the bytes and the placement of a model", [args] { inspect(*args); });
  command.option("MODEL", args->model, "the .inlay file").required();
  command.flag("--memory", args->memory, "bytes by lifetime, the lower bounds, and what lives at each op");
  command.flag("--plan", args->plan, "the device and kernel of each op, what it was measured to take, and why there");
  command.option("--backend", args->backend, "of --plan and --memory: auto, or devices by preference: builtin,reference");
  command.option("--threads", args->threads, "of --plan and --memory").range(1, 1024);
  command.option("--profile", args->profile, kProfileHelp);
  command.option("--trace", args->trace, "FILE: the predicted timeline of --plan, drawn if it ends in .html, else for ui.perfetto.dev");
  command.flag("--any-board", args->any_board, kAnyBoardHelp);
  command.option("--why", args->why, "BACKEND: every op it refuses, and the reason; a path ending in .so is loaded; or splits: of each op that is whole, why");
  command.option("--target", args->target, "flash and RAM on this board, as inlay embed --target would write it")
      .one_of(target_names());
  command.option("--html", args->html, "FILE: one page with the graph and the memory plan drawn");
  command.option("--ops", args->ops, kOpsHelp);
  command.flag("--json", args->json, "the same as JSON");
}

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
// inlay tune: measures this machine and writes down which device runs which op best.
#include "tools/split/tune_splits.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "tools/inlay/commands.h"
#include "tools/inlay/tune_paper.h"
#include "tools/inlay/element.h"
#include "tools/inlay/user_ops.h"
#include "tools/tune/rivals.h"
#include "tools/tune/stage_costs.h"

namespace inlay::tools {
namespace {

struct TuneArgs {
  std::string model, out, profile, board, trace;
  std::string devices = "auto";
  std::vector<std::string> ops, merge;
  int32_t threads = 1;
  double seconds = 10;
  Wishes wishes;
  std::string variants = "on", splits = "on";
  bool fresh = false, any_board = false, json = false, estimate = false, why = false;
};

/// The measurements to begin with: those of --profile, if the file is there, and of every --merge.
Profile begin_profile(const TuneArgs& args, const std::vector<inlay_device>& devices) {
  const Board here = this_board(devices);
  Profile profile;
  std::error_code ignored;
  if (!args.profile.empty() && std::filesystem::exists(args.profile, ignored)) {
    profile = load_profile(args.profile, here, args.any_board);
  }
  for (const std::string& path : args.merge) profile.merge(load_profile(path, here, args.any_board));
  const Board there = std::exchange(profile.board, here);
  for (const auto& [name, is] : there.devices) profile.board.devices.emplace(name, is);  // accelerators not named this time
  return profile;
}

/// What it costs to go to a device and back, of those where it is more than a call.
void print_paths(const TuneArgs& args, const Profile& profile) {
  for (const DeviceModel& d : profile.devices) {
    if (d.threads != args.threads) continue;
    for (const Transfer& t : profile.transfers) {
      if (t.from != d.name && t.to != d.name) continue;
      std::printf("%s to %s: %.2f us", printable(t.from.c_str()).c_str(), printable(t.to.c_str()).c_str(), t.latency_us);
      if (t.bytes_per_us > 0) std::printf(" and 1 us per %.0f bytes", t.bytes_per_us);
      std::printf("%s%s; a segment starts in %.2f us\n", t.how.empty() ? "" : ", ", t.how.c_str(), d.start_us);
    }
  }
}

void print_estimate(const TuneReport& r) {
  const std::vector<Rival> rivals = rivals_of(r.choice);
  std::printf("%d ops by estimates of a roofline; without --estimate they are measured\n", estimated_ops(r.choice));
  for (const Rival& rival : rivals) std::printf("%-24s %14.2f us predicted\n", rival.name.c_str(), rival.us);
  std::printf("%-24s %14.2f us predicted\n", "placed", r.choice.predicted_us);
}

void print_report(const TuneArgs& args, const inlay_model* model, const TuneReport& r, const Profile& profile) {
  std::printf("%s: %d ops, %d signatures, %d of them known; %d rounds with %d thread%s\n", args.model.c_str(),
              main_graph(model).node_count, r.signatures, r.known, r.rounds, args.threads, args.threads == 1 ? "" : "s");
  if (!args.estimate) std::printf("%-12s %8s %8s %14s\n", "device", "takes", "placed", "alone us");
  for (size_t d = 0; d < r.candidates.size(); ++d) {
    const Candidate& c = r.candidates[d];
    const auto placed = std::count(r.choice.placement.begin(), r.choice.placement.end(), static_cast<int32_t>(d));
    std::printf("%-12s %8d %8d ", c.name.c_str(), c.ops, static_cast<int>(placed));
    if (c.failure.empty() && c.ops != 0)
      std::printf("%14.2f\n", c.whole_us);
    else
      std::printf("%14s  %s\n", "-", c.failure.empty() ? "takes no op" : c.failure.c_str());
  }
  if (args.estimate) return print_estimate(r);
  print_paths(args, profile);
  if (r.fell_back)
    std::printf("the ops' own best devices together are slower than %s alone, which is the choice\n", r.best_single.c_str());
  if (!r.steady)
    std::printf("the machine was busy or the time short: measure again with --fresh or more --seconds for better numbers\n");
  const PlaceResult& found = r.choice.result;
  if (!found.exact)
    std::printf("the best placement found; a better one is at most %.1f %% better\n",
                100.0 * static_cast<double>(found.value - found.lower_bound) / static_cast<double>(found.value));
  std::printf("predicted %.2f us, measured %.2f us (mad %.2f)\n", r.choice.predicted_us, r.whole_us, r.noise_us);
}

/// What pipelines would make of the same costs: frames on stages, each on a device of its own.
void print_pipeline(const TuneArgs& args, const inlay_model* model, const Choice& choice) {
  if (args.wishes.objective != "throughput") return;
  const StageCosts costs = stage_costs(choice);
  const StageCut cut = cut_by(model, costs);
  if (cut.count > 0)
    std::printf("as a pipeline: predicted %.2f us from frame to frame: %s\n", cut.slowest_us, describe(cut, costs.names).c_str());
}

/// What no other device of the list takes, builtin does.
void add_builtin(std::vector<inlay_device>* devices) {
  const auto is_builtin = [](const inlay_device& d) { return d.backend == &inlay_backend_builtin && d.index == 0; };
  if (std::none_of(devices->begin(), devices->end(), is_builtin)) devices->push_back({&inlay_backend_builtin, 0});
}

/// The model's placements but those of as many threads, which the new one replaces.
std::vector<Placement> placements_with(const inlay_model* model, Placement fresh) {
  std::vector<Placement> all = {std::move(fresh)};
  for (Placement& p : read_placements(model)) {
    if (p.threads != all.front().threads) all.push_back(std::move(p));
  }
  return all;
}

/// Writes the model with its placement, or the one with the splits that pay and theirs. Other numbers of threads keep their
/// placements only where the ops stayed the same.
void write_tuned(const TuneArgs& args, const inlay_model* model, const TuneReport& report, const SplitReport& splits,
                 const Profile& profile) {
  const bool split = !splits.model.graphs.empty();
  Model out = split ? splits.model : read_model(model);
  for (const char* key : {kSplitWhyKey, kSplitRejectedKey}) out.metadata.erase(key);
  if (!splits.why.empty()) out.metadata[kSplitWhyKey] = splits.why;
  if (!splits.plan.rejected.empty()) out.metadata[kSplitRejectedKey] = join_lines(splits.plan.rejected);
  const Placement placed = to_stored(split ? splits.tuned.choice : report.choice, args.threads, profile);
  const Bytes file = emit_inlay(out, split ? std::vector<Placement>{placed} : placements_with(model, placed));
  write_file(args.out, file.data(), file.size());
}

void print_splits(const SplitReport& splits, bool rejected) {
  for (const std::string& line : split_lines(splits.model.metadata)) std::printf("split: %s\n", line.c_str());
  if (!splits.why.empty()) std::printf("splits: %s\n", splits.why.c_str());
  for (size_t i = 0; rejected && i < splits.plan.rejected.size(); ++i) std::printf("not split: %s\n", splits.plan.rejected[i].c_str());
}

/// The commands' two ways: on paper nothing is measured or written.
void run_paper(const TuneArgs& args) {
  if (!args.out.empty() || !args.profile.empty() || args.devices != "auto")
    throw Error("--board plans on paper, for all devices of that file: it goes without -o, --profile and --devices");
  plan_on_paper({args.model, args.board, args.trace, args.threads, args.wishes, args.json, args.splits == "on", args.why});
}

void run_tune(const TuneArgs& args) {
  load_ops(args.ops);
  if (!args.board.empty()) return run_paper(args);
  if (args.out.empty()) throw Error("-o is missing: the .inlay file to write; or --board, to plan on paper");
  if (args.json || !args.trace.empty()) throw Error("--json and --trace belong to --board; inlay inspect --plan has them of a measured plan");
  const ModelPtr model = open_model(args.model);
  TuneOptions options;
  options.devices = find_devices(args.devices);
  if (options.devices.empty()) options.devices = cpu_devices();
  add_builtin(&options.devices);
  options.threads = args.threads;
  options.seconds = args.seconds;
  options.wishes = args.wishes;
  options.wishes.variants = args.variants == "on";
  options.fresh = args.fresh;
  options.estimate = args.estimate;
  if (!args.profile.empty()) options.save = [&](const Profile& p) { save_profile(args.profile, p); };
  Profile profile = begin_profile(args, options.devices);
  if (options.save) options.save(profile);  // what cannot be written fails before the long part
  const TuneReport report = tune(model.get(), options, &profile);
  SplitReport splits;
  if (args.splits == "on") splits = tune_splits(model.get(), options, report, &profile);
  if (options.save) options.save(profile);
  write_tuned(args, model.get(), report, splits, profile);
  print_report(args, model.get(), report, profile);
  print_pipeline(args, model.get(), report.choice);
  print_splits(splits, args.why);
}

}  // namespace

void add_tune(Arguments& app) {
  const auto args = std::make_shared<TuneArgs>();
  Arguments command =
      app.command("tune", "Measure this machine and store the fastest placement in the model", [args] { run_tune(*args); });
  command.option("MODEL", args->model, "the .inlay file").required();
  command.option("-o,--output", args->out, "the .inlay file to write; may be MODEL itself");
  command.option("--devices", args->devices, "auto: every CPU device; or names, the preferred first: builtin,xnnpack");
  command.option("--variants", args->variants, "on (default): also kernel variants that devices offer, such as opencl#2; off")
      .one_of({"on", "off"});
  command.option("--profile", args->profile, "P.json: measurements to reuse and to add to; other models may share it");
  command.option("--merge", args->merge, "P.json: more measurements, may come more than once");
  command.option("--threads", args->threads, "threads of the session").range(1, 1024);
  command.option("--seconds", args->seconds, "the most it may take (default 10)").range(0.0, 86400.0);
  command.option("--objective", args->wishes.objective, kObjectiveHelp).one_of({"latency", "throughput", "memory"});
  command.option("--pin", args->wishes.pins, kPinHelp);
  command.option("--max-memory", args->wishes.max_memory, kMaxMemoryHelp);
  command.option("--splits", args->splits, kSplitsHelp).one_of({"on", "off"});
  command.flag("--why", args->why, "a line for each op that is not split: what its best split would gain, or why it has none");
  command.option("--board", args->board, "B.json: measure nothing; plan for the board of this profile, and print what is predicted");
  command.option("--trace", args->trace, "FILE, with --board: the predicted timeline, drawn if it ends in .html, else for ui.perfetto.dev");
  command.flag("--json", args->json, "with --board: print JSON");
  command.flag("--estimate", args->estimate, "measure no op: place by rooflines of the devices, measured in a second each");
  command.flag("--fresh", args->fresh, "measure again what the profile knows");
  command.flag("--any-board", args->any_board, "take profiles of another machine or build as if they were of this one");
  command.option("--ops", args->ops, kOpsHelp);
}

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
// inlay tune --board: a placement on paper, for a board that need not be here.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/tune_paper.h"
#include "tools/inlay/timeline_page.h"
#include "tools/split/tune_splits.h"
#include "tools/tune/rivals.h"
#include "tools/tune/simulated_board.h"
#include "tools/tune/stage_costs.h"

namespace inlay::tools {
namespace {

using Json = nlohmann::ordered_json;

/// How many ops each device of the choice has.
std::vector<int32_t> placed_ops(const Choice& choice, const std::vector<int32_t>& placement) {
  std::vector<int32_t> out(choice.problem.devices.size(), 0);
  for (const int32_t column : placement) ++out[column < 0 ? out.size() - 1 : static_cast<size_t>(choice.columns[static_cast<size_t>(column)].place)];
  return out;
}

std::string ops_text(const Choice& choice, const std::vector<int32_t>& placement) {
  const std::vector<int32_t> counts = placed_ops(choice, placement);
  std::string text;
  for (size_t d = 0; d < counts.size(); ++d) {
    if (counts[d] != 0) text += (text.empty() ? "" : ", ") + choice.problem.devices[d].name + " " + std::to_string(counts[d]);
  }
  return text;
}

Json to_json(const inlay_model* model, const SplitPlan& plan) {
  Json out = {{"predicted_us", static_cast<double>(plan.latency) / 1000}, {"why", plan.why}, {"splits", Json::array()}, {"rejected", plan.rejected}};
  const Graph graph = read_model(model).graphs[0];
  for (size_t s = 0; s < plan.splits.size(); ++s)
    out["splits"].push_back({{"split", describe(graph, plan.splits[s])}, {"saves_us", static_cast<double>(plan.saved[s]) / 1000}});
  return out;
}

Json to_json(const Choice& choice, const std::vector<Rival>& rivals) {
  Json out = {{"predicted_us", choice.predicted_us}, {"exact", choice.result.exact}, {"estimated_ops", estimated_ops(choice)}};
  const std::vector<int32_t> counts = placed_ops(choice, choice.placement);
  for (size_t d = 0; d < counts.size(); ++d) out["ops"][choice.problem.devices[d].name] = counts[d];
  for (const Rival& r : rivals) {
    out["rivals"].push_back({{"name", r.name}, {"us", r.us}, {"elsewhere", r.elsewhere}});
    if (!r.too_much.empty()) out["rivals"].back()["too_much"] = r.too_much;
  }
  if (const Rival* best = best_single(rivals)) {
    out["best_single"] = {{"name", best->name}, {"us", best->us}};
    out["gain"] = best->us / std::max(choice.predicted_us, 1e-3);
  }
  out["placement"] = Json::array();
  for (const int32_t c : choice.placement) out["placement"].push_back(c < 0 ? "" : choice.columns[static_cast<size_t>(c)].name);
  return out;
}

/// Frames that follow each other through stages, one device each; empty where no cut runs every op.
Json pipeline_of(const inlay_model* model, const Choice& choice, const std::vector<Rival>& rivals) {
  const StageCosts costs = stage_costs(choice);
  const StageCut cut = cut_by(model, costs);
  if (cut.count == 0) return Json::object();
  Json out = {{"period_us", cut.slowest_us}, {"frame_us", cut.total_us}, {"ops", describe(cut, costs.names)}, {"stages", Json::array()}};
  for (int32_t k = 0; k < cut.count; ++k)
    out["stages"].push_back({{"device", costs.names[static_cast<size_t>(cut.device[k])]}, {"first", cut.first[k]}, {"us", cut.stage_us[k]}});
  if (const Rival* best = best_single(rivals)) out["gain"] = best->us / std::max(cut.slowest_us, 1e-3);
  return out;
}

void print(const PaperArgs& args, const Choice& choice, const std::vector<Rival>& rivals, const Profile& profile,
           const Json& splits, const Json& pipeline) {
  std::printf("%s on %s: %d ops, %d of them estimated\n", args.model.c_str(), printable(profile.board.cpu.c_str()).c_str(),
              static_cast<int>(choice.placement.size()), estimated_ops(choice));
  if (!profile.simulated.empty()) std::printf("simulated: %s\n", printable(profile.simulated.c_str()).c_str());
  std::printf("%-24s %14s %9s  %s\n", "placement", "predicted us", "x", "ops");
  for (const Rival& r : rivals) {
    std::printf("%-24s %14.2f %9.2f  %s%s%s\n", r.name.c_str(), r.us, r.us / std::max(choice.predicted_us, 1e-3),
                ops_text(choice, r.placement).c_str(), r.too_much.empty() ? "" : "; does not fit: ", r.too_much.c_str());
  }
  std::printf("%-24s %14.2f %9.2f  %s\n", "placed", choice.predicted_us, 1.0, ops_text(choice, choice.placement).c_str());
  if (!pipeline.empty())
    std::printf("%-24s %14.2f %9.2f  from frame to frame: %s\n", "pipeline", pipeline["period_us"].get<double>(),
                pipeline["period_us"].get<double>() / std::max(choice.predicted_us, 1e-3), pipeline["ops"].get<std::string>().c_str());
  if (!choice.result.exact)
    std::printf("the best placement found; a better one is at most %.1f %% better\n",
                100.0 * static_cast<double>(choice.result.value - choice.result.lower_bound) / static_cast<double>(choice.result.value));
  for (const Json& one : splits.value("splits", Json::array()))
    std::printf("split: %s, saves %.2f us\n", one["split"].get<std::string>().c_str(), one["saves_us"].get<double>());
  if (splits.contains("why")) std::printf("splits: %s\n", splits["why"].get<std::string>().c_str());
  if (!args.why || splits.empty()) return;
  for (const Json& line : splits["rejected"]) std::printf("not split: %s\n", line.get<std::string>().c_str());
}

}  // namespace

void plan_on_paper(const PaperArgs& args) {
  const ModelPtr model = open_model(args.model);
  const Bytes file = read_file(args.board);
  SimulatedBoard board(parse_profile(std::string(file.begin(), file.end()), args.board), args.threads);
  board.know(model.get());
  const Choice choice = choose(model.get(), board.devices(), args.threads, board.profile(), args.wishes);
  const std::vector<Rival> rivals = rivals_of(choice);
  const Json pipeline = pipeline_of(model.get(), choice, rivals);
  Json splits = Json::object();
  const Placing* shown = &choice.problem;
  Schedule schedule = choice.schedule;
  SplitPlan plan;
  if (args.splits && args.wishes.plain()) {
    plan = splits_for(model.get(), choice, args.threads, board.profile(), PartCosts::kOnPaper);
    splits = to_json(model.get(), plan);
    shown = &plan.problem;
    schedule = Scheduler(plan.problem).schedule(plan.plan);
  }
  if (!args.trace.empty())
    write_timeline(args.trace, timeline_trace(*shown, schedule), args.model, "one run as predicted for " + std::filesystem::path(args.board).filename().string());
  if (args.json) {
    Json out = {{"model", args.model}, {"board", args.board}, {"simulated", board.profile().simulated}};
    out.update(to_json(choice, rivals));
    if (!splits.empty()) out["split"] = splits;
    if (!pipeline.empty()) out["pipeline"] = pipeline;
    std::printf("%s\n", out.dump(1, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    print(args, choice, rivals, board.profile(), splits, pipeline);
    std::printf("\npredicted timeline:\n%s", timeline_text(*shown, schedule).c_str());
  }
}

}  // namespace inlay::tools

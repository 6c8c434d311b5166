// SPDX-License-Identifier: Apache-2.0
// inlay inspect --plan: who runs what, and why.
#include <algorithm>
#include <cstdio>
#include <map>

#include "inlay/placement.h"
#include "tools/inlay/element.h"
#include "tools/inlay/inspect.h"
#include "tools/inlay/timeline_page.h"
#include "tools/split/tune_splits.h"
#include "tools/tune/choose.h"
#include "tools/tune/links.h"

namespace inlay::tools {
namespace {

/// How a session came to its devices. Costs are microseconds by name of device.
struct Origin {
  std::string source;                                // "stored", "profile", "list", "preference"
  std::vector<Column> columns;                       // what there was to choose from
  std::vector<int32_t> placement;                    // by node the column, -1: the session's; may be empty
  std::vector<std::map<std::string, double>> costs;  // by node; may be empty
  Json plan;
  Placing problem = {};    // where every op was measured: what the timeline is of
  Schedule schedule = {};  // no events: not known
};

void note(Origin& origin, const std::string& sentence) { origin.plan["note"] = sentence; }

Origin by_profile(const InspectArgs& args, const inlay_model* model, SessionPtr* session) {
  const Choice choice = choose_by_file(model, args.backend, args.threads, args.profile, args.any_board);
  *session = make_session(model, devices_of(choice.columns), {args.threads, false, 0, choice.placement, nullptr, "auto",
                                                              variants_of(choice.columns, choice.placement)});
  const Json plan = {{"predicted_us", choice.predicted_us}, {"profile", args.profile}};
  Origin out = {"profile", choice.columns, choice.placement, {}, plan, choice.problem, choice.schedule};
  for (const std::vector<NodeCost>& row : choice.costs) {
    out.costs.emplace_back();
    for (size_t c = 0; c < row.size(); ++c) {
      if (row[c].measured) out.costs.back()[choice.columns[c].name] = row[c].measured->us;
    }
  }
  return out;
}

/// True when the session runs every op where the stored placement puts it.
bool follows(const inlay_session* session, const Placement& stored) {
  for (size_t n = 0; n < stored.placed.size(); ++n) {
    const uint8_t device = stored.placed[n];
    if (device == INLAY_PLACED_FREELY) continue;
    const std::string& name = stored.devices[device];
    if (device_label(inlay_session_device_of(session, static_cast<int32_t>(n))) != name.substr(0, name.find('#'))) return false;
  }
  return true;
}

/// What it takes to reach each device, where the model tells: into the document.
void add_links(Origin& origin, const Placement& stored) {
  for (size_t c = 0; c < stored.links.size(); ++c) {
    const inlay_device_link& l = stored.links[c];
    if (origin.columns[c].variant == 0) origin.plan["links"][stored.devices[c]] = describe(l);
  }
}

Origin by_model(const InspectArgs& args, const inlay_model* model, SessionPtr* session) {
  *session = make_session(model, {}, {args.threads, false, 0, {}});
  Origin out = {"preference", columns_of(model, default_devices(), args.threads, false), {}, {}, Json::object()};
  inlay_error why{};
  const int32_t index = inlay_model_placement_find(model, args.threads, &why);
  if (index < 0) {
    note(out, why.text);
    return out;
  }
  const Placement stored = read_placements(model)[static_cast<size_t>(index)];
  if (!follows(session->get(), stored)) {
    note(out, "the stored placement names ops that its devices refuse in this build: tune the model again");
    return out;
  }
  out.source = "stored";
  out.columns = columns_named(stored.devices);
  for (const uint8_t column : stored.placed) out.placement.push_back(column == INLAY_PLACED_FREELY ? -1 : column);
  out.plan = {{"predicted_us", stored.predicted_us},
              {"measured_threads", stored.threads},
              {"board", stored.board},
              {"profile", stored.profile}};
  add_links(out, stored);
  const size_t columns = stored.devices.size();
  const auto is_here = [](const Column& c) { return c.device.backend != nullptr; };
  const bool all_here = std::all_of(out.columns.begin(), out.columns.end(), is_here);
  if (!stored.costs_us.empty() && all_here) {
    StoredPlan plan = schedule_stored(model, stored, out.columns);
    out.problem = std::move(plan.problem);
    out.schedule = std::move(plan.schedule);
  }
  for (size_t n = 0; n * columns < stored.costs_us.size(); ++n) {
    out.costs.emplace_back();
    for (size_t c = 0; c < columns; ++c) {
      const float us = stored.costs_us[n * columns + c];
      if (us >= 0) out.costs.back()[stored.devices[c]] = static_cast<double>(us);
    }
  }
  if (stored.profile == kEstimated)
    note(out, "some of its costs are estimates of a roofline: tune the model without --estimate to measure them");
  else if (stored.board != describe(this_board()))
    note(out, "measured on another board or by another build: tune the model again");
  else if (stored.threads != args.threads)
    note(out, "measured with another number of threads: tune the model with these");
  return out;
}

Origin by_list(const InspectArgs& args, const inlay_model* model, SessionPtr* session) {
  const std::vector<inlay_device> devices = find_devices(args.backend);
  Origin out = {"list", columns_of(model, devices, args.threads, false), {}, {}, Json::object()};
  *session = make_session(model, devices, {args.threads});
  return out;
}

const char* claim_name(int32_t claim) {
  if (claim >= INLAY_PREFERENCE_BEST) return "best";
  if (claim >= INLAY_PREFERENCE_TWIN) return "a kernel for this CPU";
  return claim >= INLAY_PREFERENCE_LIBRARY ? "a library's kernel" : "portable code";
}

std::string claim_of(const inlay_model* model, int32_t node, const inlay_device& device, int32_t threads) {
  int32_t claim = INLAY_PREFERENCE_LIBRARY;
  if (INLAY_OFFERS(device.backend, preference)) {
    const inlay_segment segment = lone_segment(model, 0, node, threads);
    claim = device.backend->preference(device.index, &segment, &segment.graph->nodes[node]);
  }
  return claim_name(claim);
}

std::string us_text(double us) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", us);
  return text;
}

/// "measured 12.10 us; avx2 15.30, reference 80.00".
std::string measured_text(const std::map<std::string, double>& costs, const std::string& chosen) {
  std::vector<std::pair<double, std::string>> others;
  for (const auto& [name, us] : costs) {
    if (name != chosen) others.emplace_back(us, name);
  }
  std::sort(others.begin(), others.end());
  std::string text = "measured " + us_text(costs.at(chosen)) + " us";
  for (size_t i = 0; i < others.size(); ++i) text += (i == 0 ? "; " : ", ") + others[i].second + " " + us_text(others[i].first);
  if (!others.empty() && others[0].first < costs.at(chosen)) text += ": not enough for a change";
  return text;
}

/// Fills in one op.
void explain(Json& op, const Origin& origin, const inlay_model* model, const inlay_session* session, int32_t node,
             int32_t threads) {
  const inlay_device device = inlay_session_device_of(session, node);
  const auto n = static_cast<size_t>(node);
  const int32_t column = n < origin.placement.size() ? origin.placement[n] : -1;
  const std::string chosen = column < 0 ? device_label(device) : origin.columns[static_cast<size_t>(column)].name;
  op["device"] = chosen;
  op["kernel"] = inlay_session_kernel_of(session, node);
  op["refusals"] = Json::object();
  size_t takers = 0;
  for (const inlay_device& other : distinct_devices(origin.columns)) {
    if (other.backend == nullptr) continue;
    const char* reason = refusal(model, 0, node, other, threads);
    if (reason != nullptr) op["refusals"][device_label(other)] = reason;
    takers += reason == nullptr ? 1 : 0;
  }
  if (n < origin.costs.size() && origin.costs[n].count(chosen) != 0) {
    op["measured_us"] = origin.costs[n];
    op["predicted_us"] = origin.costs[n].at(chosen);
    op["reason"] = measured_text(origin.costs[n], chosen);
  } else if (takers < 2) {
    op["reason"] = "only device that takes it";
  } else if (origin.source == "list") {
    op["reason"] = "first in the list that takes it";
  } else {
    op["reason"] = "claims the most: " + claim_of(model, node, device, threads);
  }
}

Json to_json(const Placing& problem, const PlaceEvent& event) {
  constexpr const char* kKinds[] = {"op", "start", "submit", "copy"};
  const auto name = [&](int32_t place) { return place == 0 ? "host" : problem.devices[static_cast<size_t>(place) - 1].name; };
  Json out = {{"kind", kKinds[event.kind]}, {"device", name(event.to)}, {"op", event.node}};
  if (event.kind == PlaceEvent::kCopy)
    out = {{"kind", "copy"}, {"tensor", event.tensor}, {"from", name(event.from)}, {"to", name(event.to)}};
  out["begin_us"] = static_cast<double>(event.begin) / 1000;
  out["end_us"] = static_cast<double>(event.end) / 1000;
  return out;
}

/// The predicted timeline, into the document and where --trace says.
void add_timeline(Json& plan, const Origin& origin, const InspectArgs& args) {
  if (origin.schedule.events.empty() && !args.trace.empty())
    throw Error("--trace: nothing was measured of this placement; inlay tune does that");
  if (origin.schedule.events.empty()) return;
  plan["timeline"] = {{"text", timeline_text(origin.problem, origin.schedule)}, {"events", Json::array()}};
  for (const PlaceEvent& event : origin.schedule.events) plan["timeline"]["events"].push_back(to_json(origin.problem, event));
  if (args.trace.empty()) return;
  write_timeline(args.trace, timeline_trace(origin.problem, origin.schedule), args.model, "one run as its plan predicts it");
}

/// Which ops of the model it was made of are computed in parts, and why or why not.
void add_splits(Json& plan, const inlay_model* model) {
  const char *key = nullptr, *value = nullptr;
  std::map<std::string, std::string> metadata;
  for (int32_t i = 0; inlay_model_metadata_at(model, i, &key, &value) != 0; ++i) metadata[key] = value;
  for (const std::string& line : split_lines(metadata)) plan["splits"].push_back(line);
  if (metadata.count(kSplitWhyKey) != 0) plan["splits_why"] = metadata[kSplitWhyKey];
  if (metadata.count(kSplitRejectedKey) != 0) plan["splits_rejected"] = parse_lines(metadata[kSplitRejectedKey]);
}

/// Of each op that is not split.
void print_rejected(const Json& plan) {
  if (!plan.contains("splits_rejected")) std::printf("not split: no search is on record; inlay tune makes one where a device has a queue\n");
  for (const Json& line : plan.value("splits_rejected", Json::array()))
    std::printf("not split: %s\n", printable(line.get<std::string>().c_str()).c_str());
}

}  // namespace

SessionPtr add_plan(Json& out, const InspectArgs& args, const inlay_model* model) {
  SessionPtr session;
  const Origin origin = !args.profile.empty()    ? by_profile(args, model, &session)
                        : args.backend == "auto" ? by_model(args, model, &session)
                                                 : by_list(args, model, &session);
  out["plan"] = {{"source", origin.source}, {"devices", Json::array()}, {"threads", args.threads}};
  for (const inlay_device& device : distinct_devices(origin.columns)) {
    if (device.backend != nullptr) out["plan"]["devices"].push_back(device_label(device));
  }
  for (const auto& [key, value] : origin.plan.items()) out["plan"][key] = value;
  add_splits(out["plan"], model);
  add_timeline(out["plan"], origin, args);
  double total = 0;
  for (int32_t n = 0; n < main_graph(model).node_count; ++n) {
    Json& op = out["ops"][static_cast<size_t>(n)];
    explain(op, origin, model, session.get(), n, args.threads);
    total += op.value("predicted_us", 0.0);
  }
  for (Json& op : out["ops"]) {
    if (op.contains("predicted_us") && total > 0) op["share"] = op["predicted_us"].get<double>() / total;
  }
  return session;
}

void print_plan(const Json& out) {
  const Json& plan = out["plan"];
  const auto text = [](const Json& value) { return printable(value.get<std::string>().c_str()); };
  std::string devices;
  for (const Json& name : plan["devices"]) devices += (devices.empty() ? "" : ",") + text(name);
  const std::string source = text(plan["source"]);
  std::printf("\nplan: %s of %s, %d thread%s", source == "stored" ? "the model's own" : ("by " + source).c_str(), devices.c_str(),
              plan["threads"].get<int>(), plan["threads"] == 1 ? "" : "s");
  if (plan.contains("predicted_us")) std::printf("; predicted %.2f us", plan["predicted_us"].get<double>());
  if (plan.contains("board")) std::printf("; measured on %s", text(plan["board"]).c_str());
  std::printf("\n");
  if (plan.contains("note")) std::printf("note: %s\n", text(plan["note"]).c_str());
  const Json links = plan.value("links", Json::object());
  for (const auto& [name, line] : links.items())
    std::printf("%s: %s\n", printable(name.c_str()).c_str(), text(line).c_str());
  for (const Json& line : plan.value("splits", Json::array())) std::printf("split: %s\n", text(line).c_str());
  if (plan.contains("splits_why")) std::printf("splits: %s\n", text(plan["splits_why"]).c_str());
  if (out.value("why", "") == kWhySplits) print_rejected(plan);
  std::printf("%5s  %-24s %-12s %-20s %12s %6s  why\n", "index", "op", "device", "kernel", "predicted us", "%");
  for (const Json& op : out["ops"]) {
    const bool measured = op.contains("predicted_us");
    std::printf("%5d  %-24s %-12s %-20s %12s %6s  %s", op["index"].get<int>(), text(op["kind"]).c_str(),
                text(op["device"]).c_str(), text(op["kernel"]).c_str(),
                measured ? us_text(op["predicted_us"].get<double>()).c_str() : "-",
                measured ? us_text(op.value("share", 0.0) * 100).c_str() : "-", text(op["reason"]).c_str());
    for (const auto& [name, reason] : op["refusals"].items())
      std::printf("; %s: %s", printable(name.c_str()).c_str(), text(reason).c_str());
    std::printf("\n");
  }
  if (plan.contains("timeline")) std::printf("\npredicted timeline:\n%s", plan["timeline"]["text"].get<std::string>().c_str());
}

}  // namespace inlay::tools

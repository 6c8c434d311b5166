// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <map>

#include "tools/inlay/html.h"

namespace inlay::tools {
namespace {

std::string tile(const std::string& value, const std::string& what, const std::string& exact) {
  return "<div class='tile' title='" + html_escape(exact) + "'><b>" + html_escape(value) + "</b><span>" + html_escape(what) +
         "</span></div>";
}

std::string bytes_tile(const Json& memory, const char* key, const char* what) {
  return tile(short_bytes(memory[key].get<double>()), what, std::to_string(memory[key].get<uint64_t>()) + " bytes");
}

std::string tiles(const Json& document) {
  std::string out = "<div class='tiles'>" + tile(std::to_string(document["ops"].size()),
                                                 document["called"].empty() ? "ops" : "ops of the main graph", "");
  out += tile(short_count(document["macs"].get<double>()), "MACs a run", std::to_string(document["macs"].get<uint64_t>()));
  if (document.contains("memory")) {
    const Json& m = document["memory"];
    char ratio[32];
    std::snprintf(ratio, sizeof(ratio), "%.3f", m["ratio"].get<double>());
    out += bytes_tile(m, "weights", "weights, in place") + bytes_tile(m, "planned", "activations, planned") +
           bytes_tile(m, "lower_bound", "lower bound");
    out += tile(ratio, "planned / lower bound", "1 is the best there can be") +
           bytes_tile(m, "lower_bound_unshared", "bound without sharing");
    out += bytes_tile(m, "persistent", "persistent") + bytes_tile(m, "scratch", "scratch");
  }
  if (!document["variables"].empty()) out += tile(std::to_string(document["variables"].size()), "variables", "");
  if (document.contains("why_counts")) {
    const int takes = document["why_counts"]["takes"].get<int>(), all = takes + document["why_counts"]["refuses"].get<int>();
    out += tile(std::to_string(takes) + " / " + std::to_string(all),
                "ops taken by " + std::filesystem::path(document["why"].get<std::string>()).filename().string(), "");
  }
  return out + "</div>";
}

std::string legend(const Json& graph, const std::string& id) {
  std::map<std::string, int> count;
  for (const Json& op : graph["ops"]) ++count[op_family(op["kind"].get<std::string>())];
  std::string out = "<div class='tools' data-graph='" + id +
                    "'><input type='search' placeholder='find ops by name, kind or shape' aria-label='find ops'>"
                    "<span class='found' aria-live='polite'></span><div class='legend'>";
  for (const Family& family : kFamilies) {
    if (count[family.id] == 0) continue;
    out += "<button type='button' class='f-" + std::string(family.id) + "' data-family='" + family.id +
           "' aria-pressed='true'><i></i>" + family.title + " " + std::to_string(count[family.id]) + "</button>";
  }
  return out + "</div></div>";
}

std::string graph_cards(const Json& graph, int index, const std::string& title, bool open, const Json& memory) {
  const std::string id = "g" + std::to_string(index),
                    start = std::string("<details class='card'") + (open ? " open" : "") + "><summary><h2>";
  const std::string ops = " <span class='count'>" + std::to_string(graph["ops"].size()) + " ops</span></summary>";
  std::string out = start + html_escape(title) + "</h2>" + ops + legend(graph, id) + "<div class='pane" +
                    (graph["ops"].size() < 8 ? " short" : "") + "'>";
  out += html_graph(graph, index) + "<aside class='details' id='" + id +
         "details' aria-live='polite'><p class='soft'>Click an op or a tensor.</p></aside></div></details>";
  out += start + (index == 0 ? "Memory plan" : html_escape("Memory of " + title)) +
         "</h2></summary><p class='soft'>One rectangle a tensor: from the op that writes it to the last that "
         "reads it, at its place in the planned block. Hatched: a view, whose bytes lie inside another tensor.</p>";
  return out + html_memory(graph, index, memory) + "</details>";
}

std::string interface_line(const Json& document) {
  std::string out;
  for (const char* role : {"inputs", "outputs"}) {
    for (const Json& t : document[role]) {
      out += (out.empty()                                            ? ""
              : role[0] == 'o' && out.find("→") == std::string::npos ? " → "
                                                                     : ", ") +
             html_text(t["name"]) + " " + html_escape(shape_of_json(t["shape"])) + " " + html_text(t["dtype"]);
    }
  }
  return out;
}

}  // namespace

std::string html_page(const Json& document) {
  const std::string style = kHtmlStyle, script = kHtmlScript;
  const std::string name = std::filesystem::path(document["model"].get<std::string>()).filename().string(), title = html_escape(name);
  std::string out = html_begin(name, style, script);
  out += "<header><h1>" + title + "</h1><p class='sub'>" + interface_line(document) + "</p>" + tiles(document);
  if (document.contains("no_session"))
    out += "<p class='note'>No session can be made of this model here: " + html_text(document["no_session"]) + "</p>";
  out += "</header>\n<main>" + graph_cards(document, 0, "Graph", true, document.contains("memory") ? document["memory"] : Json());
  for (const Json& graph : document["called"]) {
    const int index = graph["index"].get<int>();
    out += graph_cards(graph, index, "Graph " + std::to_string(index) + " '" + graph["name"].get<std::string>() + "'", false,
                       Json());
  }
  out += html_tables(document) + "<footer>inlay inspect " + html_escape(inlay_version()) + "</footer></main>\n";
  out += "<script type='application/json' id='data'>" + html_data(document) + "</script>\n<script>" + script +
         "</script></body></html>\n";
  return out;
}

}  // namespace inlay::tools

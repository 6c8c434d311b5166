// SPDX-License-Identifier: Apache-2.0
// The tables of the page: what the drawings show, to be read, searched and copied.
#include "tools/inlay/html.h"

namespace inlay::tools {
namespace {

std::string cell(const std::string& text, const char* cls = "") {
  return "<td" + (cls[0] != '\0' ? " class='" + std::string(cls) + "'" : std::string()) + ">" + html_escape(text) + "</td>";
}

/// A name: cut by the style where it is long, whole in its title.
std::string name_cell(const Json& name) {
  const std::string text = html_text(name);
  return "<td class='name' title='" + text + "'>" + text + "</td>";
}

std::string grouped(uint64_t value) {
  std::string text = std::to_string(value);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, " ");  // a narrow space
  return text;
}

std::string count_cell(const Json& value) { return cell(value.get<uint64_t>() == 0 ? "" : grouped(value.get<uint64_t>()), "n"); }

std::string open_section(const std::string& title, size_t count, bool open, bool filter, const std::string& head) {
  return std::string("<details class='card'") + (open ? " open" : "") + "><summary><h2>" + html_escape(title) +
         "</h2> <span class='count'>" + std::to_string(count) + "</span></summary>" +
         (filter ? "<input class='filter' type='search' placeholder='filter rows' aria-label='filter the rows of this table'>"
                 : "") +
         "<div class='scroll tall'><table><thead><tr>" + head + "</tr></thead><tbody>";
}

constexpr const char* kClose = "</tbody></table></div></details>";

std::string heads(std::initializer_list<const char*> names) {
  std::string out;
  for (const std::string name : names)
    out += name[0] == '#' ? "<th class='n'>" + name.substr(1) + "</th>" : "<th>" + name + "</th>";
  return out;
}

std::string ops_table(const Json& graph, const std::string& title, int index) {
  const Json& ops = graph["ops"];
  const bool device = !ops.empty() && ops[0].contains("device"), why = !ops.empty() && ops[0].contains("rejected");
  std::string out = open_section(
      title, ops.size(), false, true,
      heads({"#index", "op", "activation", "options", "output", "type", "#MACs", "#parameter bytes", "#live bytes"}) +
          (device ? "<th>device</th>" : "") + (why ? "<th>refused because</th>" : "") + "<th>name</th>");
  for (const Json& op : ops) {
    const std::string kind = op["kind"].get<std::string>();
    out += "<tr class='f-" + std::string(op_family(kind)) + "' data-graph='g" + std::to_string(index) + "' data-n='" +
           std::to_string(op["index"].get<int>()) + "'>";
    out += cell(std::to_string(op["index"].get<int>()), "n") + "<td><span class='dot'></span>" + html_escape(kind) + "</td>" +
           cell(op["activation"].get<std::string>());
    out += cell(op["params"].get<std::string>(), "soft") + cell(op.contains("shape") ? shape_of_json(op["shape"]) : "") +
           cell(op.contains("dtype") ? op["dtype"].get<std::string>() : "") + count_cell(op["macs"]) +
           count_cell(op["constant_bytes"]) + count_cell(op["live_bytes"]);
    if (device) out += cell(op["device"].get<std::string>());
    if (why) out += cell(op["rejected"].is_null() ? "" : op["rejected"].get<std::string>());
    out += name_cell(op["name"]) + "</tr>";
  }
  return out + kClose;
}

std::string tensors_table(const Json& graph, const std::string& title, int index) {
  const Json& tensors = graph["tensors"];
  std::string out = open_section(title, tensors.size(), false, true,
                                 heads({"#id", "role", "shape", "type", "#bytes", "#offset", "alive", "quantization", "name"}));
  for (const Json& t : tensors) {
    out += "<tr data-graph='g" + std::to_string(index) + "' data-t='" + std::to_string(t["id"].get<int>()) + "'>" +
           cell(std::to_string(t["id"].get<int>()), "n");
    out += cell(t["role"].get<std::string>() + (t.contains("view_of") ? ", view" : "")) + cell(shape_of_json(t["shape"])) +
           cell(t["dtype"].get<std::string>());
    out += count_cell(t["bytes"]) + cell(t.contains("offset") ? grouped(t["offset"].get<uint64_t>()) : "", "n");
    out += cell(t.contains("first") ? std::to_string(t["first"].get<int>()) + " – " + std::to_string(t["last"].get<int>()) : "",
                "n");
    std::string quant;
    if (t.contains("scale"))
      quant = "scale " + Json(t["scale"].get<float>()).dump() + ", zero " + std::to_string(t["zero_point"].get<int>());
    if (t.contains("scales")) quant = std::to_string(t["scales"].get<int>()) + " scales";
    out += cell(quant, "soft") + name_cell(t["name"]) + "</tr>";
  }
  return out + kClose;
}

std::string metadata_table(const Json& metadata) {
  std::string out = open_section("Metadata", metadata.size(), true, false, heads({"key", "value"}));
  for (const auto& [key, value] : metadata.items()) {
    out += "<tr><td>" + html_escape(key) + "</td><td><pre>" + html_text(value) + "</pre></td></tr>";
  }
  return out + kClose;
}

std::string variables_table(const Json& variables) {
  if (variables.empty()) return "";
  std::string out =
      open_section("Variables", variables.size(), true, false, heads({"#number", "name", "shape", "type", "#bytes"}));
  for (const Json& v : variables) {
    out += "<tr>" + cell(std::to_string(v["index"].get<int>()), "n") + name_cell(v["name"]);
    if (v.contains("bytes"))
      out += cell(shape_of_json(v["shape"])) + cell(v["dtype"].get<std::string>()) + count_cell(v["bytes"]);
    else
      out += "<td></td><td></td><td></td>";
    out += "</tr>";
  }
  return out + kClose;
}

}  // namespace

std::string html_tables(const Json& document) {
  std::string out = ops_table(document, "Ops", 0) + tensors_table(document, "Tensors", 0);
  for (const Json& graph : document["called"]) {
    const int index = graph["index"].get<int>();
    out += ops_table(graph, "Ops of graph " + std::to_string(index), index) +
           tensors_table(graph, "Tensors of graph " + std::to_string(index), index);
  }
  return out + variables_table(document["variables"]) + metadata_table(document["metadata"]);
}

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
// The graph as SVG: ops in the order they run, one a row. A tensor read by the next row is an arrow down; one read later runs on
// a rail at the right, so that no line crosses a box however large the graph is.
#include <algorithm>

#include "tools/inlay/html.h"

namespace inlay::tools {
namespace {

constexpr int kRow = 66, kBox = 44, kTop = 28;
constexpr int kBoxLeft = 184, kBoxWidth = 380, kBoxRight = kBoxLeft + kBoxWidth;
constexpr int kBarLeft = 52, kBarWidth = 120;
constexpr int kRailFirst = kBoxRight + 30, kRailStep = 14;

struct Item {
  enum Kind { kInput, kOp, kOutput } kind;
  int index;  // of the op, or of the interface
  std::vector<int> reads, writes;
};

/// One tensor on its way from the row that makes it to rows further down.
struct Rail {
  int tensor, from;
  std::vector<int> to;
  int lane = 0;
};

std::string num(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find('.') + 2);
  return text.substr(text.size() - 2) == ".0" ? text.substr(0, text.size() - 2) : text;
}

/// The end of a name says more than its beginning; UTF-8 is cut between characters.
std::string name_end(const std::string& name, size_t most) {
  if (name.size() <= most) return name;
  size_t at = name.size() - most;
  while (at < name.size() && (static_cast<unsigned char>(name[at]) & 0xc0) == 0x80) ++at;
  return "…" + name.substr(at);
}

class GraphDrawing {
 public:
  GraphDrawing(const Json& graph, int index) : graph_(graph), prefix_("g" + std::to_string(index)) {
    list_items();
    list_rails();
    for (const Json& op : graph_["ops"]) {
      most_macs_ = std::max(most_macs_, op["macs"].get<double>());
      most_bytes_ = std::max(most_bytes_, op["constant_bytes"].get<double>());
    }
  }

  std::string draw() {
    const int width = kRailFirst + (lanes_ + 1) * kRailStep + (rails_.empty() ? 20 : 190);
    const int height = kTop + static_cast<int>(items_.size()) * kRow + 8;
    std::string out = "<div class='canvas' id='" + prefix_ + "canvas' data-graph='" + prefix_ + "'><svg class='graph' width='" +
                      std::to_string(width) + "' height='" + std::to_string(height) +
                      "' role='img' aria-label='the ops in the order they run'>";
    out += "<text class='head' x='" + num(kBarLeft) + "' y='16'>MACs<tspan class='bytes' dx='8'>parameters</tspan></text>";
    for (size_t row = 0; row + 1 < items_.size(); ++row) out += arrow(static_cast<int>(row));
    for (const Rail& rail : rails_) out += rail_path(rail);
    out += rail_labels();
    for (size_t row = 0; row < items_.size(); ++row)
      out += items_[row].kind == Item::kOp ? box(static_cast<int>(row)) : pill(static_cast<int>(row));
    return out + "</svg></div>";
  }

  std::string minimap() const {
    const std::string rows = std::to_string(std::max<size_t>(items_.size(), 1));
    std::string out = "<svg class='map' data-for='" + prefix_ + "canvas' viewBox='0 0 1 " + rows +
                      "' preserveAspectRatio='none' aria-hidden='true'>";
    for (size_t row = 0; row < items_.size(); ++row) {
      if (items_[row].kind != Item::kOp) continue;
      out += "<rect class='f-" + std::string(family(op_of(static_cast<int>(row)))) + "' y='" + std::to_string(row) +
             "' width='1' height='.86'/>";
    }
    return out + "<rect class='seen' width='1' height='0'/></svg>";
  }

 private:
  const Json& op_of(int row) const { return graph_["ops"][static_cast<size_t>(items_[static_cast<size_t>(row)].index)]; }
  const Json& tensor(int id) const { return graph_["tensors"][static_cast<size_t>(id)]; }
  static const char* family(const Json& op) { return op_family(op["kind"].get<std::string>()); }
  static int top(int row) { return kTop + row * kRow; }

  void list_items() {
    const auto ids = [](const Json& list) {
      std::vector<int> out;
      for (const Json& id : list) {
        if (id.get<int>() >= 0) out.push_back(id.get<int>());
      }
      return out;
    };
    for (const int id : ids(graph_["graph_inputs"])) items_.push_back({Item::kInput, static_cast<int>(items_.size()), {}, {id}});
    for (const Json& op : graph_["ops"])
      items_.push_back({Item::kOp, op["index"].get<int>(), ids(op["inputs"]), ids(op["outputs"])});
    int output = 0;
    for (const int id : ids(graph_["graph_outputs"])) items_.push_back({Item::kOutput, output++, {id}, {}});
  }

  void list_rails() {
    std::vector<int> maker(graph_["tensors"].size(), -1), rail_of(maker);
    for (int row = 0; row < static_cast<int>(items_.size()); ++row) {
      for (const int id : items_[static_cast<size_t>(row)].reads) {
        const auto at = static_cast<size_t>(id);
        if (maker[at] < 0 || maker[at] + 1 == row) continue;
        if (rail_of[at] < 0) {
          rail_of[at] = static_cast<int>(rails_.size());
          rails_.push_back({id, maker[at], {}});
        }
        std::vector<int>& to = rails_[static_cast<size_t>(rail_of[at])].to;
        if (to.empty() || to.back() != row) to.push_back(row);
      }
      for (const int id : items_[static_cast<size_t>(row)].writes) maker[static_cast<size_t>(id)] = row;
    }
    // Short ones inside, as few lanes as possible.
    std::vector<Rail*> order;
    for (Rail& rail : rails_) order.push_back(&rail);
    std::stable_sort(order.begin(), order.end(),
                     [](const Rail* a, const Rail* b) { return a->to.back() - a->from < b->to.back() - b->from; });
    std::vector<std::vector<const Rail*>> lanes;
    for (Rail* rail : order) {
      const auto free = [&](const std::vector<const Rail*>& lane) {
        return std::none_of(lane.begin(), lane.end(),
                            [&](const Rail* other) { return rail->from < other->to.back() && other->from < rail->to.back(); });
      };
      const auto found = std::find_if(lanes.begin(), lanes.end(), free);
      rail->lane = static_cast<int>(found - lanes.begin());
      if (found == lanes.end()) lanes.emplace_back();
      lanes[static_cast<size_t>(rail->lane)].push_back(rail);
    }
    lanes_ = static_cast<int>(lanes.size());
  }

  std::string tensor_title(int id) const {
    const Json& t = tensor(id);
    return "<title>" + html_text(t["name"]) + "\n" + html_escape(shape_of_json(t["shape"])) + " " + html_text(t["dtype"]) + ", " +
           short_bytes(t["bytes"].get<double>()) + "</title>";
  }

  std::string label(int id) const { return shape_of_json(tensor(id)["shape"]) + " " + tensor(id)["dtype"].get<std::string>(); }

  /// From a row to the next one, when that one reads it.
  std::string arrow(int row) const {
    const std::vector<int>& reads = items_[static_cast<size_t>(row) + 1].reads;
    for (const int id : items_[static_cast<size_t>(row)].writes) {
      if (std::find(reads.begin(), reads.end(), id) == reads.end()) continue;
      const int x = kBoxLeft + 40, from = top(row) + kBox, to = top(row + 1);
      return "<g class='edge' data-t='" + std::to_string(id) + "'>" + tensor_title(id) + "<path d='M" + num(x) + " " + num(from) +
             "V" + num(to - 5) + "'/><path class='tip' d='M" + num(x - 4) + " " + num(to - 7) + "l4 7l4-7z'/><text x='" +
             num(x + 10) + "' y='" + num(from + 15) + "'>" + html_escape(label(id)) + "</text></g>";
    }
    return "";
  }

  std::string rail_path(const Rail& rail) const {
    constexpr int kBend = 6;
    const int x = kRailFirst + rail.lane * kRailStep, begin = top(rail.from) + kBox - 10;
    std::string lines = "M" + num(kBoxRight) + " " + num(begin) + "H" + num(x - kBend) + "q6 0 6 6";
    std::string tips;
    for (const int row : rail.to) {
      const int y = top(row) + 14;
      if (row != rail.to.front()) lines += "M" + num(x) + " " + num(begin + kBend);
      lines += "V" + num(y - kBend) + "q0 6-6 6H" + num(kBoxRight + 6);
      tips += "M" + num(kBoxRight + 7) + " " + num(y - 4) + "l-7 4l7 4z";
    }
    return "<g class='edge rail' data-t='" + std::to_string(rail.tensor) + "'>" + tensor_title(rail.tensor) + "<path d='" +
           lines + "'/><path class='tip' d='" + tips + "'/></g>";
  }

  /// Right of all rails: what arrives at this row from further up.
  std::string rail_labels() const {
    std::vector<std::string> texts(items_.size());
    for (const Rail& rail : rails_) {
      for (const int row : rail.to) {
        std::string& text = texts[static_cast<size_t>(row)];
        if (!text.empty() && text.size() > 60) continue;
        const Item& maker = items_[static_cast<size_t>(rail.from)];
        text += (text.empty() ? "from " : "; ") +
                (maker.kind == Item::kOp ? "#" + std::to_string(maker.index) : "input " + std::to_string(maker.index)) + " " +
                shape_of_json(tensor(rail.tensor)["shape"]);
      }
    }
    std::string out;
    const int x = kRailFirst + lanes_ * kRailStep + 4;
    for (size_t row = 0; row < texts.size(); ++row) {
      if (texts[row].empty()) continue;
      out += "<text class='arrives' x='" + num(x) + "' y='" + num(top(static_cast<int>(row)) + 18) + "'>" +
             html_escape(texts[row]) + "</text>";
    }
    return out;
  }

  std::string bars(const Json& op, int y) const {
    std::string out;
    const auto bar = [&](const char* cls, double value, double most, int at) {
      if (value <= 0 || most <= 0) return;
      const double width = std::max(1.5, value / most * kBarWidth);
      out += "<rect class='" + std::string(cls) + "' x='" + num(kBarLeft) + "' y='" + num(at) + "' width='" + num(width) +
             "' height='7' rx='1.5'/>";
    };
    bar("bar-macs", op["macs"].get<double>(), most_macs_, y + 13);
    bar("bar-bytes", op["constant_bytes"].get<double>(), most_bytes_, y + 23);
    return out;
  }

  /// One or two words on what is special about an op's memory or what it calls.
  std::string badge_of(const Json& op, const Item& item) const {
    if (op.contains("calls")) {
      std::string badge = "calls graph";
      for (const Json& called : op["calls"]) {
        if (called.get<int>() > 0) badge += " " + std::to_string(called.get<int>());
      }
      return badge;
    }
    for (const int id : item.reads) {
      if (tensor(id)["role"] == "variable") return "state";
    }
    if (op.contains("in_place")) return "in place";
    if (item.writes.empty() || !tensor(item.writes[0]).contains("view_of")) return "";
    const int around = tensor(item.writes[0])["view_of"].get<int>();
    return std::find(item.reads.begin(), item.reads.end(), around) != item.reads.end() ? "view" : "inside a later one";
  }

  std::string box(int row) const {
    const Json& op = op_of(row);
    const std::string index = std::to_string(op["index"].get<int>()), kind = op["kind"].get<std::string>();
    const std::string activation = op["activation"].get<std::string>(), name = op["name"].get<std::string>();
    const int y = top(row);
    std::string title = "#" + index + " " + kind + (activation.empty() ? "" : " + " + activation) + "\n" + name;
    if (op.contains("shape")) title += "\n" + shape_of_json(op["shape"]) + " " + op["dtype"].get<std::string>();
    if (op["macs"].get<double>() > 0) title += "\n" + short_count(op["macs"].get<double>()) + " MACs";
    if (op["constant_bytes"].get<double>() > 0)
      title += "\n" + short_bytes(op["constant_bytes"].get<double>()) + " of parameters";
    std::string out = "<g class='node f-" + std::string(family(op)) + "' id='" + prefix_ + "n" + index + "' data-n='" + index +
                      "' tabindex='0' role='button' " + "aria-label='" + html_escape("op " + index + " " + kind) + "'><title>" +
                      html_escape(title) + "</title>";
    out += "<text class='index' x='44' y='" + num(y + 26) + "'>" + index + "</text>" + bars(op, y);
    out += "<rect class='box' x='" + num(kBoxLeft) + "' y='" + num(y) + "' width='" + num(kBoxWidth) + "' height='" + num(kBox) +
           "' rx='6'/>";
    out += "<path class='stripe' d='M" + num(kBoxLeft + 6) + " " + num(y) + "a6 6 0 0 0-6 6v" + num(kBox - 12) +
           "a6 6 0 0 0 6 6z'/>";
    out += "<text class='kind' x='" + num(kBoxLeft + 16) + "' y='" + num(y + 18) + "'>" + html_escape(name_end(kind, 34));
    if (!activation.empty()) out += "<tspan class='act' dx='6'>" + html_escape(activation) + "</tspan>";
    out += "</text>";
    const std::string badge = badge_of(op, items_[static_cast<size_t>(row)]);
    if (!badge.empty()) out += "<text class='badge' x='" + num(kBoxRight - 10) + "' y='" + num(y + 18) + "'>" + badge + "</text>";
    out += "<text class='name' x='" + num(kBoxLeft + 16) + "' y='" + num(y + 35) + "'>" + html_escape(name_end(name, 52)) +
           "</text>";
    return out + "</g>";
  }

  std::string pill(int row) const {
    const Item& item = items_[static_cast<size_t>(row)];
    const bool input = item.kind == Item::kInput;
    const int id = input ? item.writes[0] : item.reads[0];
    const int y = top(row) + (input ? 14 : 0);
    const std::string name = tensor(id)["name"].get<std::string>();
    return "<g class='pill' data-t='" + std::to_string(id) + "' tabindex='0' role='button' aria-label='" +
           html_escape((input ? "input " : "output ") + name) + "'>" + tensor_title(id) + "<rect x='" + num(kBoxLeft) + "' y='" +
           num(y) + "' width='" + num(kBoxWidth) + "' height='30' rx='15'/><text x='" + num(kBoxLeft + 16) + "' y='" +
           num(y + 20) + "'><tspan class='kind'>" + (input ? "input " : "output ") + std::to_string(item.index) +
           "</tspan><tspan dx='8'>" + html_escape(name_end(name, 42)) + "</tspan></text></g>";
  }

  const Json& graph_;
  std::string prefix_;
  std::vector<Item> items_;
  std::vector<Rail> rails_;
  int lanes_ = 0;
  double most_macs_ = 0, most_bytes_ = 0;
};

}  // namespace

std::string html_graph(const Json& graph, int index) {
  GraphDrawing drawing(graph, index);
  return drawing.draw() + drawing.minimap();
}

}  // namespace inlay::tools

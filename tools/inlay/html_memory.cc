// SPDX-License-Identifier: Apache-2.0
// The memory plan as SVG: ops to the right, the planned block's offsets downward, one rectangle per tensor; below it the bytes
// alive.
#include <algorithm>
#include <cstdio>

#include "tools/inlay/html.h"

namespace inlay::tools {
namespace {

constexpr double kLeft = 84, kPlanTop = 34, kHeight = 380, kGap = 44, kLiveHeight = 90, kRight = 120;

std::string pixels(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", value);
  return text;
}

std::string moment(int op, int count) { return op < 0 ? "the start" : op >= count ? "the end" : "op " + std::to_string(op); }

class MemoryDrawing {
 public:
  MemoryDrawing(const Json& graph, int index, const Json& memory) : graph_(graph), index_(index) {
    columns_ = static_cast<int>(graph["ops"].size()) + 2;
    column_ = std::max(5.0, std::min(110.0, 1180.0 / columns_));
    for (const Json& t : graph["tensors"]) {
      if (t.contains("offset") && t["bytes"].get<double>() > 0)
        bytes_ = std::max(bytes_, t["offset"].get<double>() + t["bytes"].get<double>());
    }
    if (memory.is_object()) {
      bounds_.push_back({"planned", memory["planned"].get<double>()});
      const auto shared = memory["lower_bound"].get<double>(), unshared = memory["lower_bound_unshared"].get<double>();
      bounds_.push_back({"lower bound", shared});
      if (unshared > shared * 1.02) bounds_.push_back({"unshared bound", unshared});
      bytes_ = std::max(bytes_, bounds_[0].second);
    }
  }

  std::string draw() {
    const double width = kLeft + columns_ * column_ + kRight, height = kPlanTop + kHeight + kGap + kLiveHeight + 30;
    std::string out = "<div class='scroll'><svg class='memory' width='" + pixels(width) + "' height='" + pixels(height) +
                      "' role='img' aria-label='the memory plan: ops to the right, offsets downward'>";
    out += "<defs><pattern id='hatch" + std::to_string(index_) +
           "' width='7' height='7' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'><rect class='hatch-gap' width='7' "
           "height='7'/><rect class='hatch' width='3' "
           "height='7'/></pattern></defs>";
    return out + axes() + tensors() + live() + "</svg></div>";
  }

 private:
  double x_of(int op) const { return kLeft + (op + 1) * column_; }
  double y_of(double bytes) const { return kPlanTop + (bytes_ > 0 ? bytes / bytes_ : 0) * kHeight; }

  std::string axes() const {
    std::string out = "<text class='axis' x='" + pixels(kLeft) + "' y='14'>op</text><rect class='frame' x='" + pixels(kLeft) + "' y='" +
                      pixels(kPlanTop) + "' width='" + pixels(columns_ * column_) + "' height='" + pixels(kHeight) + "'/>";
    for (int i = 0; i <= 4; ++i) {
      const double bytes = bytes_ * i / 4, y = y_of(bytes);
      out += "<text class='axis left' x='" + pixels(kLeft - 8) + "' y='" + pixels(y + 4) + "'>" + short_bytes(bytes) + "</text>";
      if (i > 0 && i < 4) out += "<path class='grid' d='M" + pixels(kLeft) + " " + pixels(y) + "h" + pixels(columns_ * column_) + "'/>";
    }
    const int step = std::max(1, static_cast<int>(36 / column_ + 0.99));
    const int nice = step <= 1 ? 1 : step <= 2 ? 2 : step <= 5 ? 5 : step <= 10 ? 10 : 20;
    for (int op = 0; op < columns_ - 2; op += nice) {
      out += "<text class='axis mid' x='" + pixels(x_of(op) + column_ / 2) + "' y='" + pixels(kPlanTop - 8) + "'>" + std::to_string(op) +
             "</text>";
    }
    return out;
  }

  /// Tensors take the color of the op that writes them.
  std::string family(const Json& t) const {
    const int first = t["first"].get<int>();
    return first < 0 ? "input" : op_family(graph_["ops"][static_cast<size_t>(first)]["kind"].get<std::string>());
  }

  std::string tensors() const {
    std::vector<const Json*> list;
    for (const Json& t : graph_["tensors"]) {
      if (t.contains("offset") && t["bytes"].get<double>() > 0) list.push_back(&t);
    }
    // Views last: they lie inside others.
    std::stable_sort(list.begin(), list.end(), [](const Json* a, const Json* b) {
      const bool va = a->contains("view_of"), vb = b->contains("view_of");
      return va != vb ? !va : (*a)["bytes"].get<double>() > (*b)["bytes"].get<double>();
    });
    std::string out;
    for (const Json* t : list) out += one(*t);
    return out;
  }

  std::string one(const Json& t) const {
    const int first = t["first"].get<int>(), last = t["last"].get<int>(), ops = columns_ - 2;
    const double bytes = t["bytes"].get<double>(), offset = t["offset"].get<double>();
    const double x = x_of(first), w = (last - first + 1) * column_, y = y_of(offset), h = std::max(1.0, y_of(offset + bytes) - y);
    const bool view = t.contains("view_of");
    std::string title = t["name"].get<std::string>() + "\n" + shape_of_json(t["shape"]) + " " + t["dtype"].get<std::string>() +
                        ", " + short_bytes(bytes) + " (" + std::to_string(t["bytes"].get<uint64_t>()) + " bytes)\nat offset " +
                        std::to_string(t["offset"].get<uint64_t>()) + ", from " + moment(first, ops) + " to " + moment(last, ops);
    if (view)
      title += "\na view: its bytes lie inside " + graph_["tensors"][t["view_of"].get<size_t>()]["name"].get<std::string>();
    const std::string place = "x='" + pixels(x + 0.5) + "' y='" + pixels(y + 0.5) + "' width='" + pixels(std::max(1.0, w - 1)) +
                              "' height='" + pixels(std::max(0.6, h - 1)) + "'";
    std::string out = "<g class='block f-" + family(t) + (view ? " view" : "") + "' data-t='" +
                      std::to_string(t["id"].get<int>()) + "' data-graph='g" + std::to_string(index_) + "'><title>" +
                      html_escape(title) + "</title><rect class='fill' " + place + " rx='2'/>";
    if (view) out += "<rect " + place + " rx='2' fill='url(#hatch" + std::to_string(index_) + ")'/>";
    const std::string label = short_bytes(bytes);
    if (!view && h > 15 && w > 7.0 * static_cast<double>(label.size()) + 8) {
      out += "<text x='" + pixels(x + 6) + "' y='" + pixels(y + std::min(h / 2 + 4, 16.0)) + "'>" + label + "</text>";
    }
    return out + "</g>";
  }

  std::string live() const {
    const double top = kPlanTop + kHeight + kGap, base = top + kLiveHeight;
    double most = 1;
    for (const Json& op : graph_["ops"])
      most = std::max({most, op["live_bytes"].get<double>(), op["live_bytes_unshared"].get<double>()});
    const auto y = [&](double bytes) { return base - bytes / most * kLiveHeight; };
    std::string area = "M" + pixels(x_of(0)) + " " + pixels(base), line;
    std::string hits;
    for (const Json& op : graph_["ops"]) {
      const int i = op["index"].get<int>();
      const double shared = op["live_bytes"].get<double>(), unshared = op["live_bytes_unshared"].get<double>();
      area += "L" + pixels(x_of(i)) + " " + pixels(y(shared)) + "H" + pixels(x_of(i + 1));
      line += (line.empty() ? "M" : "L") + pixels(x_of(i)) + " " + pixels(y(unshared)) + "H" + pixels(x_of(i + 1));
      hits += "<rect class='hit' x='" + pixels(x_of(i)) + "' y='" + pixels(top) + "' width='" + pixels(column_) + "' height='" +
              pixels(kLiveHeight) + "'><title>" +
              html_escape("op " + std::to_string(i) + " " + op["kind"].get<std::string>() + "\nalive: " + short_bytes(shared) +
                          ", without sharing " + short_bytes(unshared)) +
              "</title></rect>";
    }
    std::string out = "<text class='axis' x='" + pixels(kLeft) + "' y='" + pixels(top - 10) +
                      "'>bytes alive at each op <tspan class='thin'>(line: if nothing were shared)</tspan></text>";
    if (!graph_["ops"].empty())
      out += "<path class='live' d='" + area + "V" + pixels(base) + "z'/><path class='unshared' d='" + line + "'/>";
    for (const auto& [name, bytes] : bounds_) {
      if (name == "planned" || bytes > most * 1.001 || bytes <= 0) continue;
      out += "<path class='bound' d='M" + pixels(kLeft) + " " + pixels(y(bytes)) + "h" + pixels(columns_ * column_) +
             "'/><text class='axis' x='" + pixels(kLeft + columns_ * column_ + 6) + "' y='" + pixels(y(bytes) + 4) + "'>" + name +
             "</text>";
    }
    out += "<text class='axis left' x='" + pixels(kLeft - 8) + "' y='" + pixels(top + 6) + "'>" + short_bytes(most) +
           "</text><text class='axis left' x='" + pixels(kLeft - 8) + "' y='" + pixels(base + 4) + "'>0</text>";
    return out + hits;
  }

  const Json& graph_;
  int index_;
  int columns_ = 0;
  double column_ = 0, bytes_ = 0;
  std::vector<std::pair<std::string, double>> bounds_;
};

}  // namespace

std::string html_memory(const Json& graph, int index, const Json& memory) { return MemoryDrawing(graph, index, memory).draw(); }

}  // namespace inlay::tools

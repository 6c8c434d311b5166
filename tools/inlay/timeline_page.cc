// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/timeline_page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <vector>

#include "tools/emit/emit.h"
#include "tools/inlay/html.h"

namespace inlay::tools {
namespace {

constexpr double kLeft = 150, kTop = 30, kLane = 46, kBar = 30, kRight = 24;
constexpr double kLetter = 6.6;                     // pixels, of a label
constexpr double kNarrow = 1100, kWide = 5000;      // of the drawing of the whole run
constexpr double kForOne = 16;                      // pixels that an op has on average, if that fits

struct Bar {
  std::string name, kind, cat;
  double begin, us;
};

struct Lane {
  std::string name;
  std::vector<Bar> bars;
  double busy = 0;
};

std::string pixels(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

std::string micros(double us) {
  char text[48];
  std::snprintf(text, sizeof(text), us < 1000 ? "%.2f us" : us < 1e6 ? "%.3f ms" : "%.3f s", us < 1000 ? us : us < 1e6 ? us / 1e3 : us / 1e6);
  return text;
}

bool is_op(const Bar& bar) { return bar.cat != "start" && bar.cat != "submit" && bar.cat != "copy"; }

/// A class of html_style.cc.
const char* color_of(const Bar& bar) { return is_op(bar) ? op_family(bar.kind) : "signal"; }

/// What the table calls it.
std::string sort_of(const Bar& bar) { return is_op(bar) ? bar.kind : bar.cat == "copy" ? "copies" : "starts of segments"; }

std::string last_word(const std::string& text) {
  const size_t at = text.rfind(' ');
  return at == std::string::npos ? text : text.substr(at + 1);
}

/// Lanes in the order they are named in.
std::vector<Lane> lanes_of(const Json& trace) {
  std::vector<std::pair<Json, Lane>> lanes;
  for (const Json& e : trace["traceEvents"]) {
    if (e["ph"] == "M" && e["name"] == "thread_name") lanes.push_back({e["tid"], {e["args"]["name"].get<std::string>(), {}}});
    if (e["ph"] != "X") continue;
    const auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const auto& l) { return l.first == e["tid"]; });
    if (lane == lanes.end()) continue;
    const std::string name = e["name"].get<std::string>();
    lane->second.bars.push_back({name, last_word(name), e["cat"].get<std::string>(), e["ts"].get<double>(), e["dur"].get<double>()});
    lane->second.busy += e["dur"].get<double>();
  }
  std::vector<Lane> out;
  for (auto& [tid, lane] : lanes) {
    if (!lane.bars.empty()) out.push_back(std::move(lane));
  }
  return out;
}

class TimelineDrawing {
 public:
  explicit TimelineDrawing(std::vector<Lane> lanes) : lanes_(std::move(lanes)) {
    size_t most = 1;
    for (const Lane& lane : lanes_) {
      most = std::max(most, lane.bars.size());
      for (const Bar& bar : lane.bars) end_ = std::max(end_, bar.begin + bar.us);
    }
    width_ = std::clamp(kForOne * static_cast<double>(most), kNarrow, kWide);
  }

  double end() const { return end_; }

  std::string draw() const {
    const double height = kTop + kLane * static_cast<double>(lanes_.size()) + 8;
    std::string out = "<div class='scroll'><svg class='timeline' width='" + pixels(kLeft + width_ + kRight) + "' height='" + pixels(height) +
                      "' role='img' aria-label='what each device does, time to the right'>" + axis(height);
    for (size_t i = 0; i < lanes_.size(); ++i) out += lane(lanes_[i], kTop + kLane * static_cast<double>(i));
    return out + "</svg></div>";
  }

 private:
  double x_of(double us) const { return kLeft + (end_ > 0 ? us / end_ : 0) * width_; }

  /// Ticks at 1, 2 or 5 times a power of ten, some 120 pixels apart.
  std::string axis(double height) const {
    std::string out;
    if (end_ <= 0) return out;
    const double rough = end_ * 120 / width_, power = std::pow(10, std::floor(std::log10(rough)));
    const double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
    for (double us = 0; us <= end_; us += step) {
      out += "<path class='grid' d='M" + pixels(x_of(us)) + " " + pixels(kTop - 6) + "V" + pixels(height) + "'/><text class='axis mid' x='" +
             pixels(x_of(us)) + "' y='" + pixels(kTop - 12) + "'>" + html_escape(micros(us)) + "</text>";
    }
    return out;
  }

  std::string lane(const Lane& lane, double top) const {
    char share[16];
    std::snprintf(share, sizeof(share), "%.0f %%", end_ > 0 ? 100 * lane.busy / end_ : 0);
    std::string out = "<text x='4' y='" + pixels(top + 14) + "'>" + html_escape(lane.name) + "</text><text class='axis' x='4' y='" +
                      pixels(top + 29) + "'>" + html_escape(micros(lane.busy)) + ", " + share + "</text>";
    for (const Bar& bar : lane.bars) out += rect(bar, top);
    return out;
  }

  std::string rect(const Bar& bar, double top) const {
    const double x = x_of(bar.begin), width = std::max(0.6, x_of(bar.begin + bar.us) - x);
    std::string out = "<g class='block f-" + std::string(color_of(bar)) + "'><title>" + html_escape(bar.name) + "\n" +
                      html_escape(micros(bar.us)) + ", from " + html_escape(micros(bar.begin)) + "</title><rect class='fill' x='" + pixels(x) +
                      "' y='" + pixels(top) + "' width='" + pixels(width) + "' height='" + pixels(kBar) + "'/>";
    if (static_cast<double>(bar.kind.size()) * kLetter + 6 < width)
      out += "<text x='" + pixels(x + 3) + "' y='" + pixels(top + 19) + "'>" + html_escape(bar.kind) + "</text>";
    return out + "</g>";
  }

  std::vector<Lane> lanes_;
  double end_ = 0, width_ = 0;
};

/// Which kinds of ops the time goes to, the most first.
std::string kinds_table(const std::vector<Lane>& lanes, double end) {
  struct Row {
    std::string what, color;
    int count = 0;
    double us = 0;
  };
  std::map<std::string, Row> sums;
  for (const Lane& lane : lanes) {
    for (const Bar& bar : lane.bars) {
      Row& row = sums[sort_of(bar)];
      row = {sort_of(bar), color_of(bar), row.count + 1, row.us + bar.us};
    }
  }
  std::vector<Row> rows;
  for (auto& [what, row] : sums) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.us > b.us; });
  std::string out = "<table><thead><tr><th>what</th><th class='n'>count</th><th class='n'>time</th><th class='n'>of the run</th></tr></thead><tbody>";
  for (const Row& row : rows) {
    char share[16];
    std::snprintf(share, sizeof(share), "%.1f %%", end > 0 ? 100 * row.us / end : 0);
    out += "<tr><td><i class='dot f-" + row.color + "'></i>" + html_escape(row.what) + "</td><td class='n'>" + std::to_string(row.count) +
           "</td><td class='n'>" + html_escape(micros(row.us)) + "</td><td class='n'>" + share + "</td></tr>";
  }
  return out + "</tbody></table>";
}

}  // namespace

bool is_page(const std::string& path) { return path.size() > 5 && path.compare(path.size() - 5, 5, ".html") == 0; }

std::string timeline_page(const Json& trace, const std::string& model, const std::string& subtitle) {
  const std::string title = std::filesystem::path(model).filename().string();
  const Json valid = Json::parse(trace.dump(-1, ' ', false, Json::error_handler_t::replace));  // names may be any bytes
  const std::vector<Lane> lanes = lanes_of(valid);
  const TimelineDrawing drawing(lanes);
  std::string out = html_begin(title, kHtmlStyle, "");
  out += "<header><h1>" + html_escape(title) + "</h1><p class='sub'>" + html_escape(subtitle) + ", " + html_escape(micros(drawing.end())) +
         "</p></header>\n<main><div class='card'>" + drawing.draw() + "</div><div class='card'>" + kinds_table(lanes, drawing.end()) + "</div>";
  return out + "<footer>Inlay " + html_escape(inlay_version()) + "</footer></main></body></html>\n";
}

void write_timeline(const std::string& path, const Json& trace, const std::string& model, const std::string& subtitle) {
  const std::string text = is_page(path) ? timeline_page(trace, model, subtitle) : trace.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  write_file(path, text.data(), text.size());
}

}  // namespace inlay::tools

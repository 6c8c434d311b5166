// SPDX-License-Identifier: Apache-2.0
// One self-contained page about a model: no file, font or script from elsewhere, and no text of the model that is not escaped.
#pragma once
#include <string>

#include "tools/inlay/inspect.h"

namespace inlay::tools {

/// The page of an inspection().
std::string html_page(const Json& document);

// ---- the parts ----

/// Text for an element or a quoted attribute: markup characters as entities, control characters as U+FFFD.
std::string html_escape(const std::string& text);
std::string html_text(const Json& value);
/// A document up to <body>: one style, one script or none, each let in by its hash and nothing else.
std::string html_begin(const std::string& title, const std::string& style, const std::string& script);
/// JSON for a <script> that is data: '<', '>' and '&' as \u escapes, so that nothing in it can end the element.
std::string html_data(const Json& value);
/// "12.5 KiB", "3.40 M": for people; the exact number belongs in a title.
std::string short_bytes(double bytes);
std::string short_count(double count);
/// "1x28x28x1"; "scalar" for rank 0.
std::string shape_of_json(const Json& shape);

/// The group of ops that share a color: "conv", "dense", "pool", "math", "move", "state", "signal", "custom".
const char* op_family(const std::string& kind);
/// Each family with its name for people.
struct Family {
  const char* id;
  const char* title;
};
inline constexpr Family kFamilies[] = {{"conv", "convolution"}, {"dense", "matrix"},       {"pool", "pooling, reduction"},
                                       {"math", "elementwise"}, {"move", "data movement"}, {"state", "recurrent, control"},
                                       {"signal", "signal"},    {"custom", "custom"}};

/// `graph` has "ops", "tensors", "graph_inputs" and "graph_outputs"; `index` makes ids unique.
std::string html_graph(const Json& graph, int index);
/// `planned`, `bounds`: bytes to draw lines at, 0: none.
std::string html_memory(const Json& graph, int index, const Json& memory);
std::string html_tables(const Json& document);

extern const char* const kHtmlStyle;
extern const char* const kHtmlScript;

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
// Timelines for people: a trace as one self-contained page, drawn, with nothing loaded from elsewhere.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace inlay::tools {

/// The page of a trace in the Trace Event Format: a lane per thread that is named and has complete ("X") events, microseconds to the right.
/// Lanes of ops are colored by the kind of op, which is the last word of an event's name.
/// @param model its path: the title is the file's name
/// @param subtitle what the time is of
std::string timeline_page(const nlohmann::ordered_json& trace, const std::string& model, const std::string& subtitle);

/// Whether write_timeline() draws: the name ends in ".html".
bool is_page(const std::string& path);
/// Into the file `path`: the page where it ends in ".html", else `trace` itself. Throws Error.
void write_timeline(const std::string& path, const nlohmann::ordered_json& trace, const std::string& model, const std::string& subtitle);

}  // namespace inlay::tools

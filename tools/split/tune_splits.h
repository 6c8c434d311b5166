// SPDX-License-Identifier: Apache-2.0
// Splits of a model by measurements of its ops' parts.
#pragma once
#include "tools/split/plan_splits.h"
#include "tools/split/stored.h"
#include "tools/tune/tune.h"

namespace inlay::tools {

/// Who says what a part takes: devices that are here and may refuse one, or a board on paper.
enum class PartCosts { kDevicesHere, kOnPaper };

/// Splits for a model whose ops were placed whole as `choice`, by what the profile knows or estimates of quarters and halves of
/// its ops. Throws Error.
SplitPlan splits_for(const inlay_model* model, const Choice& choice, int32_t threads, const Profile& profile, PartCosts costs);

struct SplitReport {
  SplitPlan plan;
  Model model;             ///< rewritten; no graphs: nothing is split
  TuneReport tuned;        ///< of that model, without candidates
  std::string why;         ///< a sentence, with what was measured
  double whole_us = 0, split_us = 0;  ///< medians of whole runs against each other; 0: not measured
};

/// Measures parts of the model's ops where a device of the choice computes beside the host, plans, and measures the split model.
/// Nothing is split where that was not faster. With `options.estimate` rooflines say what parts take, and the plan is believed where it
/// saves a tenth. Adds to `profile`. Throws Error.
SplitReport tune_splits(const inlay_model* model, const TuneOptions& options, const TuneReport& whole, Profile* profile);

inline constexpr const char* kSplitsHelp = "on (default): ops may be computed in parts where devices work at the same time; off";
/// Where a model's metadata keep the sentence, and the lines of SplitPlan::rejected.
inline constexpr const char* kSplitWhyKey = "splits";
inline constexpr const char* kSplitRejectedKey = "splits rejected";
/// Lines behind each other, as metadata have them.
std::string join_lines(const std::vector<std::string>& lines);
std::vector<std::string> parse_lines(const std::string& text);

}  // namespace inlay::tools

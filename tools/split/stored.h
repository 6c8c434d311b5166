// SPDX-License-Identifier: Apache-2.0
// Splits of a model: how users write them, and how files keep them.
#pragma once
#include "tools/emit/emit.h"
#include "tools/split/rewrite.h"

namespace inlay::tools {

inline constexpr const char* kSplitHelp =
    "OP=[rows:|pixels:|features:]SHARES[@DEVICES], such as conv_1=0.4,0.6@opencl,builtin; FIRST..LAST: all ops between share the split";

/// A split as users write it: "4=0.5,0.5", "conv_1..add_2=2,1@opencl,builtin", "7=features:1,1". OP is an index of `inlay inspect` or the name of one
/// op. Throws Error.
Split parse_split(const Graph& graph, const std::string& text);
/// "op 4 (CONV_2D) to 7 (ADD): rows 0:38 on opencl, 38:56 on builtin".
std::string describe(const Graph& graph, const Split& split);

/// The model with splits in its main graph; its metadata keep a line for each. Throws Error, also for a
/// model that is split already.
Model split_model(const Model& model, const std::vector<Split>& splits, std::vector<PartOrigin>* origins);
/// The lines of splits that a model's metadata hold; empty: none.
std::vector<std::string> split_lines(const std::map<std::string, std::string>& metadata);

/// Parts on the devices that the splits name, their slices and joins on builtin; the session chooses for the rest. No devices where
/// the splits name none.
Placement placement_by_hand(const Graph& rewritten, const std::vector<Split>& splits, const std::vector<PartOrigin>& origins);

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
// From measurements to a placement of one model.
#pragma once
#include <optional>

#include "inlay/inlay.h"
#include "tools/emit/emit.h"
#include "tools/tune/columns.h"
#include "tools/tune/model_placing.h"
#include "tools/tune/profile.h"
#include "tools/tune/wishes.h"

namespace inlay::tools {

/// What is known of one node by one column: a device, or one of its variants.
struct NodeCost {
  const char* refused = nullptr;        ///< why it is not run so
  std::optional<Measurement> measured;  ///< or estimated; nothing: the profile does not know
};

/// A placement of the main graph, and what it was chosen from.
struct Choice {
  std::vector<Column> columns;
  std::vector<std::vector<NodeCost>> costs;  ///< [node][column]
  std::vector<int32_t> placement;            ///< per node an index into columns, -1: the session chooses
  double predicted_us = 0;                   ///< one run
  Placing problem;                           ///< by the costs as they were measured
  Schedule schedule;                         ///< of the placement
  PlaceResult result = {};                   ///< of the search, which takes costs within the noise for equal
};

/// What a node takes on a device or variant: as measured, or, where nothing was measured of the op with so many threads, by the
/// roofline of the device; nothing: the profile knows neither.
std::optional<Measurement> cost_of(const Profile& profile, const inlay_model* model, int32_t node, const std::string& column,
                                   int32_t threads);

/// Places the ops of the main graph by what was measured (docs/placement.md). Throws Error when the profile knows none of the
/// model's ops on these devices with so many threads, or the wishes cannot be met.
Choice choose(const inlay_model* model, const std::vector<inlay_device>& devices, int32_t threads, const Profile& profile,
              const Wishes& wishes = {});
/// How many ops have no other costs than estimates.
int32_t estimated_ops(const Choice& choice);
/// Another placement of the same ops: schedule and prediction follow.
void set_placement(Choice* choice, const std::vector<int32_t>& placement);

/// The same, for a file: `list` as of --backend, "auto" for all CPU devices.
Choice choose_by_file(const inlay_model* model, const std::string& list, int32_t threads, const std::string& path,
                      bool any_board);

inline constexpr const char* kProfileHelp = "P.json: place the ops by these measurements of inlay tune";
inline constexpr const char* kAnyBoardHelp = "take a profile of another machine or build as if it were of this one";

/// What make_session takes.
struct Placed {
  std::vector<inlay_device> devices;
  std::vector<int32_t> placement;
  std::vector<uint8_t> variants;
};
/// The devices of a --backend list, placed by the profile's measurements where `profile` names a file.
Placed place_by(const inlay_model* model, const std::string& list, int32_t threads, const std::string& profile, bool any_board);

/// What a stored placement names in the place of its profile where some of its costs are estimates.
inline constexpr const char* kEstimated = "estimated";
/// What a file keeps of a choice.
Placement to_stored(const Choice& choice, int32_t threads, const Profile& profile);

}  // namespace inlay::tools

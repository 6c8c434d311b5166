// SPDX-License-Identifier: Apache-2.0
// The board of a profile, as devices that sessions can run on without it.
#pragma once
#include "backends/simulated/simulated.h"
#include "tools/tune/choose.h"

namespace inlay::tools {

/// Every device of the profile's "devices", with its transfers, and the costs it has or estimates of the ops of models.
class SimulatedBoard {
 public:
  /// Throws Error for a profile without devices, or whose devices make no board.
  SimulatedBoard(const Profile& profile, int32_t threads);
  SimulatedBoard(const SimulatedBoard&) = delete;
  SimulatedBoard& operator=(const SimulatedBoard&) = delete;

  /// Lets the devices run the ops of a model. Before anything else is done with it; it outlives its use.
  void know(const inlay_model* model) { models_.push_back(model); }
  const std::vector<inlay_device>& devices() const { return devices_; }
  const Profile& profile() const { return profile_; }
  /// The clock.
  simulated::Board& board() { return *board_; }

 private:
  simulated::Nanos cost(const std::string& device, const inlay_graph& graph, int32_t node) const;

  Profile profile_;
  int32_t threads_;
  std::vector<const inlay_model*> models_;
  std::unique_ptr<simulated::Board> board_;
  std::vector<inlay_device> devices_;
};

}  // namespace inlay::tools

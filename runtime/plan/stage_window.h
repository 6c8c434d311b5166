// SPDX-License-Identifier: Apache-2.0
// A run of ops that grows to the front, and what it would take as a stage of each device.
#pragma once
#include "core/bump.h"
#include "plan/stages.h"

namespace inlay {

/// More than any stage takes: it cannot be.
constexpr double kNeverUs = 1e300;

class StageWindow {
 public:
  struct Tables {
    int32_t* last_use;  ///< by tensor: the last node that reads it; node_count: the caller does, or the next frame; -1: nobody
    int32_t* counted;   ///< by tensor: the end of the window that it is carried into
  };
  static Tables take(const StageProblem& problem, Bump* bump);

  StageWindow(const StageProblem& problem, const Tables& tables);

  /// May stages part before node `node`?
  bool may_part(int32_t node) const {
    return p_.joined == nullptr || node == 0 || node == p_.node_count || p_.joined[node] == 0;
  }
  /// An empty window that ends before node `end`.
  void end_at(int32_t end);
  int32_t begin() const { return begin_; }
  /// Takes the node in front. False: there is none, or no device runs all of it, for ops alone, within `limit`.
  bool grow(double limit);
  /// Microseconds of a frame on device `d`; kNeverUs where it does not run all of the window.
  double load(int32_t d) const;

 private:
  /// Tensors that travel one way.
  struct Cargo {
    int64_t count, bytes;
    void add(uint64_t size, int32_t sign) {
      count += sign;
      bytes += sign * static_cast<int64_t>(size);
    }
  };
  static double time(const Cargo& cargo, float each_us, float bytes_per_us);
  void carry(const inlay_node& node);

  const StageProblem& p_;
  Tables t_;
  int32_t begin_ = 0, end_ = 0, mark_ = 0;
  double ops_us_[kMostStages];
  Cargo to_ = {}, from_ = {};
};

}  // namespace inlay

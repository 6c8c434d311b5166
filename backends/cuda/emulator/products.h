// SPDX-License-Identifier: Apache-2.0
// What a block has under way by wgmma, and which bytes of its shared memory may be read by that.
#pragma once
#include <deque>
#include <vector>

#include "emulator/machine.h"

namespace inlay::cuda::emulator {

/// Bytes of shared memory.
struct Bytes {
  const char* begin;
  const char* end;
  bool meets(const Bytes& other) const { return begin < other.end && other.begin < end; }
};

/// One wgmma of a warp.
struct WarpProduct {
  int32_t* sums[kWarpSize];  ///< of the lanes
  int columns;
  uint64_t a, b;     ///< descriptors
  uintptr_t window;  ///< where place 0 of shared memory would be
  Bytes reads[2];
};

class Products {
 public:
  void begin_block(size_t warps);
  /// Something of this block uses wgmma.
  void watch() { watched_ = true; }
  bool watched() const { return watched_; }

  // Copies; each answers what is wrong, or NULL.
  const char* copy_starts(size_t thread, const Bytes& to);
  void copy_ends(size_t thread, const Bytes& to);
  void fence(size_t thread);
  void barrier();

  // Products of a warp.
  void fence_registers(size_t warp) { warps_[warp].fenced = true; }
  const char* start(size_t warp, const WarpProduct& product);
  void commit(size_t warp);
  void wait(size_t warp, uint32_t pending);
  bool idle(size_t warp) const { return warps_.empty() || (warps_[warp].started.empty() && warps_[warp].open == 0); }

 private:
  enum class Stage : uint8_t { kCopying, kWritten, kFenced };
  struct Watched {
    Bytes bytes;
    size_t thread;
    Stage stage;
  };
  struct Warp {
    std::deque<WarpProduct> started;
    std::deque<size_t> groups;     ///< products of each committed one
    size_t open = 0;               ///< products of none yet
    uint64_t count = 0, last = 0;  ///< products since the block began, and what the last was
    bool fenced = false;
  };
  const char* readable(size_t warp, const Bytes& bytes) const;

  bool watched_ = false;
  std::vector<Watched> writes_;  ///< that not everybody may read
  std::vector<Warp> warps_;
};

/// Of the block that runs.
Products& the_products();

}  // namespace inlay::cuda::emulator

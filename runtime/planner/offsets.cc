// SPDX-License-Identifier: Apache-2.0
#include "planner/offsets.h"

#include <algorithm>
#include <utility>

#include "core/checked.h"

namespace inlay {
namespace {

/// Bytes [begin, end) during ops [first, last]; of a group, or of the block once placed.
struct Rect {
  int32_t first, last;
  int64_t begin, end;
};

struct Block {
  std::vector<Rect> rects;
  size_t first_rect = 0;  ///< the number of rects[0] among the rectangles of all groups
  uint64_t size = 0;     ///< most bytes from the group's place to an end of a tensor
  uint64_t breadth = 0;  ///< bytes alive at the busiest op of its life
  size_t group = 0;
};

/// Tensors of one place whose lives touch are one rectangle: chains of reshapes and ops in place.
std::vector<Rect> rects_of(const std::vector<int32_t>& members, const std::vector<PlanItem>& items, const Sharing& sharing) {
  std::vector<Rect> all;
  for (const int32_t t : members) {
    const PlanItem& item = items[static_cast<size_t>(t)];
    const int64_t begin = sharing.delta[static_cast<size_t>(t)];
    if (item.bytes > 0) all.push_back({item.first, item.last, begin, begin + static_cast<int64_t>(item.bytes)});
  }
  std::sort(all.begin(), all.end(), [](const Rect& a, const Rect& b) {
    return std::pair(std::pair(a.begin, a.end), a.first) < std::pair(std::pair(b.begin, b.end), b.first);
  });
  std::vector<Rect> out;
  for (const Rect& r : all) {
    const bool touching = !out.empty() && out.back().begin == r.begin && out.back().end == r.end && r.first <= out.back().last + 1;
    if (touching) out.back().last = std::max(out.back().last, r.last);
    else out.push_back(r);
  }
  return out;
}

class Placer {
 public:
  Placer(const std::vector<PlanItem>& items, const Sharing& sharing, uint32_t alignment)
      : alignment_(alignment), groups_(sharing.members.size()) {
    for (size_t g = 0; g < groups_; ++g) {
      if (sharing.members[g].empty()) continue;
      Block block;
      block.rects = rects_of(sharing.members[g], items, sharing);
      block.group = g;
      for (const Rect& r : block.rects) block.size = std::max(block.size, static_cast<uint64_t>(r.end));
      block.first_rect = owner_.size();
      owner_.insert(owner_.end(), block.rects.size(), static_cast<uint32_t>(blocks_.size()));
      blocks_.push_back(std::move(block));
    }
    base_.assign(groups_, 0);
    measure_breadth();
    find_neighbours();
  }

  Places run(uint64_t goal) {
    std::vector<size_t> order(blocks_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    attempt(order);
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) { return blocks_[a].size > blocks_[b].size; });
    attempt(order);
    // The order by size is the tie-break.
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) { return blocks_[a].breadth > blocks_[b].breadth; });
    attempt(order);
    if (best_.bytes > goal && order.size() > 1) search(goal);
    return std::move(best_);
  }

 private:
  static constexpr uint64_t kWork = 16u << 20;      // neighbours looked at by a search: a fraction of a second on any machine
  static constexpr uint64_t kMaxPairs = 16u << 20;  // above, neighbours are not listed and there is no search

  const Rect& rect(size_t r) const { return blocks_[owner_[r]].rects[r - blocks_[owner_[r]].first_rect]; }

  /// Lists for each rectangle those of other groups that live at the same time.
  void find_neighbours() {
    std::vector<uint32_t> by_start(owner_.size()), alive;
    for (size_t r = 0; r < by_start.size(); ++r) by_start[r] = static_cast<uint32_t>(r);
    std::stable_sort(by_start.begin(), by_start.end(), [this](uint32_t a, uint32_t b) { return rect(a).first < rect(b).first; });
    neighbours_.resize(owner_.size());
    for (const uint32_t r : by_start) {
      const int32_t now = rect(r).first;
      alive.erase(std::remove_if(alive.begin(), alive.end(), [&](uint32_t other) { return rect(other).last < now; }), alive.end());
      for (const uint32_t other : alive) {
        if (owner_[other] == owner_[r]) continue;
        neighbours_[r].push_back(other);
        neighbours_[other].push_back(r);
      }
      alive.push_back(r);
      pairs_ += alive.size();
      if (pairs_ <= kMaxPairs) continue;
      neighbours_.clear();
      return;
    }
  }

  void measure_breadth() {
    int32_t end = 0;
    for (const Block& b : blocks_) {
      for (const Rect& r : b.rects) end = std::max(end, r.last);
    }
    std::vector<uint64_t> live(static_cast<size_t>(end) + 2, 0);
    const auto each = [](const Rect& r, auto visit) {
      for (int32_t n = r.first; n <= r.last; ++n) visit(static_cast<size_t>(n + 1));
    };
    for (const Block& b : blocks_) {
      for (const Rect& r : b.rects) each(r, [&](size_t n) { live[n] += static_cast<uint64_t>(r.end - r.begin); });
    }
    for (Block& b : blocks_) {
      for (const Rect& r : b.rects) each(r, [&](size_t n) { b.breadth = std::max(b.breadth, live[n]); });
    }
  }

  /// The lowest place where nothing of `block` meets a rectangle placed before.
  int64_t first_fit(const Block& block) {
    taken_.clear();
    // Places strictly between the two numbers overlap.
    const auto avoid = [this](const Rect& ours, size_t other) {
      const int64_t at = base_of_[owner_[other]];
      if (at >= 0) taken_.emplace_back(at + rect(other).begin - ours.end, at + rect(other).end - ours.begin);
    };
    for (size_t i = 0; i < block.rects.size(); ++i) {
      const Rect& ours = block.rects[i];
      if (!neighbours_.empty()) {
        for (const uint32_t other : neighbours_[block.first_rect + i]) avoid(ours, other);
        continue;
      }
      for (size_t other = 0; other < owner_.size(); ++other) {
        if (ours.first <= rect(other).last && rect(other).first <= ours.last) avoid(ours, other);
      }
    }
    std::sort(taken_.begin(), taken_.end());
    int64_t at = 0;
    for (const auto& [low, high] : taken_) {
      if (low >= at) break;
      if (high > at) at = align_up<int64_t>(high, alignment_);
    }
    return at;
  }

  /// Places all in this order; returns the bytes of the block and keeps the best.
  uint64_t attempt(const std::vector<size_t>& order) {
    base_of_.assign(blocks_.size(), -1);
    uint64_t top = 0;
    for (const size_t i : order) {
      const Block& block = blocks_[i];
      const int64_t at = first_fit(block);
      base_[block.group] = static_cast<uint64_t>(at);
      base_of_[i] = at;
      top = std::max(top, static_cast<uint64_t>(at) + block.size);
    }
    if (top < best_.bytes && top < INLAY_NOT_PLANNED) {
      best_.bytes = top;
      best_.base = base_;
      best_order_ = order;
    }
    return top;
  }

  /// Moves one group forward: one that ends at the top, or any. Keeps what is no worse.
  void search(uint64_t goal) {
    if (best_order_.empty() || neighbours_.empty()) return;
    std::vector<size_t> order = best_order_;
    uint64_t bytes = best_.bytes;
    uint32_t seed = 12345;
    const uint64_t trials = std::min<uint64_t>(400, kWork / (pairs_ + 1));
    for (uint64_t trial = 0; trial < trials && best_.bytes > goal; ++trial) {
      const auto random = [&seed](size_t below) {
        seed = seed * 1664525u + 1013904223u;
        return static_cast<size_t>(seed >> 8) % below;
      };
      std::vector<size_t> next = order;
      size_t from = random(next.size());
      if (random(2) == 0) from = topmost(next);
      const size_t to = from == 0 ? next.size() - 1 : random(from);
      const size_t moved = next[from];
      next.erase(next.begin() + static_cast<std::ptrdiff_t>(from));
      next.insert(next.begin() + static_cast<std::ptrdiff_t>(to), moved);
      const uint64_t now = attempt(next);
      if (now > bytes && random(8) != 0) continue;
      order = std::move(next);
      bytes = now;
    }
  }

  size_t topmost(const std::vector<size_t>& order) const {
    size_t top = 0;
    const auto end = [&](size_t i) { return base_[blocks_[order[i]].group] + blocks_[order[i]].size; };
    for (size_t i = 1; i < order.size(); ++i) {
      if (end(i) > end(top)) top = i;
    }
    return top;
  }

  uint32_t alignment_;
  size_t groups_;
  uint64_t pairs_ = 0;  ///< of neighbours
  std::vector<Block> blocks_;
  std::vector<uint32_t> owner_;                    ///< per rectangle: the block it belongs to
  std::vector<std::vector<uint32_t>> neighbours_;  ///< per rectangle; empty: too many to list
  std::vector<int64_t> base_of_;                   ///< per block: its place, -1: not placed yet
  std::vector<std::pair<int64_t, int64_t>> taken_;
  std::vector<uint64_t> base_;
  std::vector<size_t> best_order_;
  Places best_;
};

}  // namespace

Places place_groups(const std::vector<PlanItem>& items, const Sharing& sharing, uint32_t alignment, uint64_t goal) {
  return Placer(items, sharing, alignment).run(goal);
}

}  // namespace inlay

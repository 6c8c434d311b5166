// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/placement.h"

#include <algorithm>
#include <utility>

#include "core/checked.h"

namespace inlay::tools {
namespace {

/// Bytes [begin, end) during ops [first, last]; of a group, or of the block once placed.
struct Rect {
  int32_t first, last;
  int64_t begin, end;
};

struct Block {
  std::vector<Rect> rects;
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
      work_ += block.rects.size();
      blocks_.push_back(std::move(block));
    }
    base_.assign(groups_, 0);
    measure_breadth();
  }

  Placement run(uint64_t goal) {
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
  static constexpr uint64_t kWork = 100u << 20;  // comparisons of rectangles: a second at most, the same on every machine

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
    for (const Rect& ours : block.rects) {
      for (const Rect& other : placed_) {
        if (ours.first > other.last || other.first > ours.last) continue;
        // Places strictly between these two overlap.
        if (other.end > ours.begin) taken_.emplace_back(other.begin - ours.end, other.end - ours.begin);
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
    placed_.clear();
    uint64_t top = 0;
    for (const size_t i : order) {
      const Block& block = blocks_[i];
      const int64_t at = first_fit(block);
      base_[block.group] = static_cast<uint64_t>(at);
      for (const Rect& r : block.rects) placed_.push_back({r.first, r.last, r.begin + at, r.end + at});
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
    if (best_order_.empty()) return;
    std::vector<size_t> order = best_order_;
    uint64_t bytes = best_.bytes;
    uint32_t seed = 12345;
    const uint64_t trials = std::min<uint64_t>(2000, kWork / (work_ * work_ + 1));
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
  uint64_t work_ = 0;  ///< rectangles in all
  std::vector<Block> blocks_;
  std::vector<Rect> placed_;
  std::vector<std::pair<int64_t, int64_t>> taken_;
  std::vector<uint64_t> base_;
  std::vector<size_t> best_order_;
  Placement best_;
};

}  // namespace

Placement place_groups(const std::vector<PlanItem>& items, const Sharing& sharing, uint32_t alignment, uint64_t goal) {
  return Placer(items, sharing, alignment).run(goal);
}

}  // namespace inlay::tools

// SPDX-License-Identifier: Apache-2.0
#include "emulator/products.h"

#include <algorithm>
#include <cstring>

namespace inlay::cuda::emulator {
namespace {

constexpr int kDepth = 32, kRowsOfWarp = 16;

/// Row `row` of a matrix whose descriptor names `start`: 32 bytes, in 16-byte chunks that the swizzle moves by bits 7..9 of their
/// address. window: where place 0 of shared memory would be in this process.
void read_row(uint64_t descriptor, int row, uintptr_t window, int8_t* out) {
  const auto start = static_cast<uint32_t>(descriptor & 0x3fffu) << 4, stride = static_cast<uint32_t>(descriptor >> 32 & 0x3fffu)
                                                                                << 4;
  for (uint32_t k = 0; k < kDepth; k += 16) {
    const uint32_t at = start + static_cast<uint32_t>(row / 8) * stride + static_cast<uint32_t>(row % 8) * 128 + k;
    const uint32_t swizzled = at ^ ((at >> 7 & 7u) << 4);
    std::memcpy(out + k, reinterpret_cast<const char*>(window + swizzled), 16);
  }
}

/// Lane l's sum r is that of row l / 4 + 8 * (r / 2 % 2) of the warp's 16 and of column 8 * (r / 4) + l % 4 * 2 + r % 2.
void compute(const WarpProduct& p, size_t warp) {
  int8_t rows[kRowsOfWarp][kDepth], column[kDepth];
  for (int i = 0; i < kRowsOfWarp; ++i) read_row(p.a, static_cast<int>(warp % 4) * kRowsOfWarp + i, p.window, rows[i]);
  for (int n = 0; n < p.columns; ++n) {
    read_row(p.b, n, p.window, column);
    for (int i = 0; i < kRowsOfWarp; ++i) {
      int32_t sum = 0;
      for (int k = 0; k < kDepth; ++k) sum += rows[i][k] * column[k];
      int32_t& to = p.sums[i % 8 * 4 + n % 8 / 2][n / 8 * 4 + i / 8 * 2 + n % 2];
      to = static_cast<int32_t>(static_cast<uint32_t>(to) + static_cast<uint32_t>(sum));
    }
  }
}

}  // namespace

void Products::begin_block(size_t warps) {
  watched_ = false;
  writes_.clear();
  warps_.assign(warps, Warp());
}

const char* Products::copy_starts(size_t thread, const Bytes& to) {
  if (!watched_) return nullptr;
  for (const Warp& warp : warps_) {
    for (const WarpProduct& p : warp.started) {
      if (p.reads[0].meets(to) || p.reads[1].meets(to)) return "cp.async onto bytes that a wgmma under way may still read";
    }
  }
  writes_.push_back({to, thread, Stage::kCopying});
  return nullptr;
}

void Products::copy_ends(size_t thread, const Bytes& to) {
  if (!watched_) return;
  const auto is = [&](const Watched& w) { return w.bytes.begin == to.begin && w.thread == thread && w.stage == Stage::kCopying; };
  const auto at = std::find_if(writes_.begin(), writes_.end(), is);
  if (at != writes_.end()) at->stage = Stage::kWritten;
}

void Products::fence(size_t thread) {
  for (Watched& w : writes_) {
    if (w.thread == thread && w.stage == Stage::kWritten) w.stage = Stage::kFenced;
  }
}

void Products::barrier() {
  const auto shown = [](const Watched& w) { return w.stage == Stage::kFenced; };
  writes_.erase(std::remove_if(writes_.begin(), writes_.end(), shown), writes_.end());
}

const char* Products::readable(size_t warp, const Bytes& bytes) const {
  for (const Watched& w : writes_) {
    if (!w.bytes.meets(bytes)) continue;
    if (w.stage == Stage::kCopying) return "wgmma of bytes whose cp.async was not waited for";
    if (w.stage == Stage::kWritten) return "wgmma of bytes that cp.async wrote, without fence.proxy.async behind it";
    if (w.thread / kWarpSize != warp)
      return "wgmma of bytes that another warp copied, without a barrier behind its fence.proxy.async";
  }
  return nullptr;
}

const char* Products::start(size_t warp, const WarpProduct& product) {
  Warp& mine = warps_[warp];
  if (!mine.fenced) return "wgmma without wgmma.fence behind what the registers of its sums were touched by";
  for (const Bytes& bytes : product.reads) {
    if (const char* wrong = readable(warp, bytes)) return wrong;
  }
  ++mine.count;
  mine.last = product.a * 31 + product.b;
  for (size_t other = warp / 4 * 4; other < std::min(warp / 4 * 4 + 4, warps_.size()); ++other) {
    if (warps_[other].count == mine.count && warps_[other].last != mine.last) return "wgmma of warps of one group that differs";
  }
  mine.started.push_back(product);
  ++mine.open;
  return nullptr;
}

void Products::commit(size_t warp) {
  warps_[warp].groups.push_back(warps_[warp].open);
  warps_[warp].open = 0;
}

void Products::wait(size_t warp, uint32_t pending) {
  Warp& mine = warps_[warp];
  for (; mine.groups.size() > pending; mine.groups.pop_front()) {
    for (size_t i = 0; i < mine.groups.front(); ++i) {
      compute(mine.started.front(), warp);
      mine.started.pop_front();
    }
  }
  mine.fenced = false;
}

Products& the_products() {
  static Products products;
  return products;
}

}  // namespace inlay::cuda::emulator

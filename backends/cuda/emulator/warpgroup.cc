// SPDX-License-Identifier: Apache-2.0
#include "emulator/warpgroup.h"

#include "emulator/block.h"
#include "emulator/launch.h"
#include "emulator/products.h"

namespace inlay::cuda::emulator {
namespace {

constexpr uint32_t kSharedBegins = 128;  ///< the place of dynamic shared memory: aligned as kernels say it must be, and no better
constexpr uint32_t kRowBytes = 128;

/// What one lane hands in.
struct Operands {
  size_t warp;
  int32_t* sums;
  int columns;
  uint64_t a, b;
  uint32_t pending;
};

size_t this_warp() { return the_block().thread() / kWarpSize; }
const Operands& first_of(void* const lanes[kWarpSize]) { return *static_cast<const Operands*>(lanes[0]); }

uintptr_t window() { return reinterpret_cast<uintptr_t>(dynamic_shared()) - kSharedBegins; }

/// The whole rows of the eights that a matrix of `rows` lies in.
Bytes bytes_of(uint64_t descriptor, int rows) {
  const auto start = static_cast<uint32_t>(descriptor & 0x3fffu) << 4, stride = static_cast<uint32_t>(descriptor >> 32 & 0x3fffu)
                                                                                << 4;
  const uint32_t begin = start / kRowBytes * kRowBytes,
                 end = begin + (static_cast<uint32_t>(rows) / 8 - 1) * stride + 8 * kRowBytes;
  return {reinterpret_cast<const char*>(window() + begin), reinterpret_cast<const char*>(window() + end)};
}

/// Swizzle of 128 bytes in the two highest bits, no offset of the first eight, which begins where the pattern does.
void check_descriptor(uint64_t descriptor) {
  if (descriptor >> 62 != 1 || (descriptor >> 49 & 7u) != 0)
    fault("a wgmma descriptor of another kind than the 128-byte swizzle");
  if ((descriptor & 0x3fffu) << 4 >> 7 & 7u)
    fault("a wgmma descriptor whose eights of rows do not begin at multiples of 1024 bytes");
}

void start_all(void* const lanes[kWarpSize]) {
  const Operands& first = first_of(lanes);
  WarpProduct product = {{},      first.columns, first.a,
                         first.b, window(),      {bytes_of(first.a, 64), bytes_of(first.b, first.columns)}};
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    const auto* mine = static_cast<const Operands*>(lanes[lane]);
    if (mine->a != first.a || mine->b != first.b) throw Fault("wgmma with descriptors that differ from lane to lane");
    product.sums[lane] = mine->sums;
  }
  if (const char* wrong = the_products().start(first.warp, product)) throw Fault(wrong);
}

}  // namespace

uint32_t shared_place(const void* p) {
  the_products().watch();
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p) - window());
}

void fence_async_proxy() { the_products().fence(the_block().thread()); }

void wgmma_fence() {
  Operands mine = {this_warp(), nullptr, 0, 0, 0, 0};
  meet_all("wgmma.fence", &mine, [](void* const lanes[kWarpSize]) { the_products().fence_registers(first_of(lanes).warp); });
}

void wgmma_s8(int32_t* sums, int columns, uint64_t a, uint64_t b) {
  check_descriptor(a);
  check_descriptor(b);
  Operands mine = {this_warp(), sums, columns, a, b, 0};
  meet_all("wgmma.mma_async", &mine, start_all);
}

void wgmma_commit() {
  Operands mine = {this_warp(), nullptr, 0, 0, 0, 0};
  meet_all("wgmma.commit_group", &mine, [](void* const lanes[kWarpSize]) { the_products().commit(first_of(lanes).warp); });
}

void wgmma_wait(uint32_t pending) {
  Operands mine = {this_warp(), nullptr, 0, 0, 0, pending};
  meet_all("wgmma.wait_group", &mine,
           [](void* const lanes[kWarpSize]) { the_products().wait(first_of(lanes).warp, first_of(lanes).pending); });
}

}  // namespace inlay::cuda::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/tensor_cores.h"

#include <cstring>

#include "emulator/launch.h"

namespace inlay::cuda::emulator {
namespace {

struct Load {
  const char* row;
  int count;
  bool transposed;
  uint32_t registers[4];
};

/// Two bytes of a matrix whose rows the lanes name.
uint32_t element(void* const lanes[kWarpSize], int matrix, int row, int column) {
  uint16_t bits;
  std::memcpy(&bits, static_cast<const Load*>(lanes[8 * matrix + row])->row + 2 * column, sizeof(bits));
  return bits;
}

void do_load(void* const lanes[kWarpSize]) {
  for (int lane = 0; lane < static_cast<int>(kWarpSize); ++lane) {
    auto* mine = static_cast<Load*>(lanes[lane]);
    for (int m = 0; m < mine->count; ++m) {
      const int far = lane / 4, near = lane % 4 * 2;
      mine->registers[m] = mine->transposed ? element(lanes, m, near, far) | element(lanes, m, near + 1, far) << 16
                                            : element(lanes, m, far, near) | element(lanes, m, far, near + 1) << 16;
    }
  }
}

}  // namespace

void check_places(uint32_t places) {
  if ((places & 3u) >= places >> 2) throw Fault("mma.sp::ordered_metadata with places that do not rise");
}

void load_matrices(uint32_t* registers, int count, bool transposed, const void* row) {
  const bool addressed = static_cast<int>(lane()) < 8 * count;
  if (addressed && reinterpret_cast<uintptr_t>(row) % 16 != 0) fault("ldmatrix of a row that is not at a multiple of 16 bytes");
  Load mine = {static_cast<const char*>(row), count, transposed, {}};
  meet_all("ldmatrix", &mine, do_load);
  for (int m = 0; m < count; ++m) registers[m] = mine.registers[m];
}

}  // namespace inlay::cuda::emulator

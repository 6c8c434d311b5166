// SPDX-License-Identifier: Apache-2.0
#include "core/crc32c.h"

#include <cstring>

namespace inlay {
namespace {

// Four bits at a time: a table of 64 bytes, which a microcontroller can afford.
constexpr uint32_t kNibble[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
                                  0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};

uint32_t crc_portable(const uint8_t* p, size_t size, uint32_t state) {
  for (size_t i = 0; i < size; ++i) {
    state ^= p[i];
    state = (state >> 4) ^ kNibble[state & 15];
    state = (state >> 4) ^ kNibble[state & 15];
  }
  return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t crc_sse42(const uint8_t* p, size_t size, uint32_t state) {
  uint64_t wide = state;
  for (; size >= 8; size -= 8, p += 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  state = static_cast<uint32_t>(wide);
  for (; size > 0; --size) state = __builtin_ia32_crc32qi(state, *p++);
  return state;
}
#endif

}  // namespace

uint32_t crc32c(const void* data, size_t size, uint32_t crc) {
  const uint8_t* p = static_cast<const uint8_t*>(data);
  const uint32_t state = ~crc;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~crc_sse42(p, size, state);
#endif
  return ~crc_portable(p, size, state);
}

}  // namespace inlay

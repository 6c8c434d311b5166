// SPDX-License-Identifier: Apache-2.0
#include "fuzz/mutator.h"

#include <cstring>

namespace inlay::fuzz {
namespace {

constexpr uint32_t kInteresting[] = {0,          1,          0xffffffff, 0x7fffffff, 0x80000000, 2,         3,      4,
                                     5,          7,          8,          16,         255,        256,       0xffff, 0x10000,
                                     0x01000000, 0x40000000, 0xfffffffe, 0xffffff80, 0x7fc00000, 0x7f800000};

}  // namespace

/// Half of all places lie in the first or last 4 KiB, where the tables are.
size_t Mutator::place(size_t size, size_t room) {
  const size_t last = size - room, near = last < 4096 ? last : 4096;
  switch (below(4)) {
    case 0: return below(near + 1);
    case 1: return last - below(near + 1);
    default: return below(last + 1);
  }
}

uint32_t Mutator::word_near(const tools::Bytes& b, uint32_t old) {
  switch (below(8)) {
    case 0: return old + 1;
    case 1: return old - 1;
    case 2: return old << 1;
    case 3: return 0u - old;
    case 4: {
      uint32_t other = 0;
      std::memcpy(&other, &b[place(b.size(), 4) & ~size_t{3}], 4);
      return other;
    }
    default: return kInteresting[below(sizeof(kInteresting) / sizeof(kInteresting[0]))];
  }
}

void Mutator::mutate_word(tools::Bytes& b) {
  if (b.size() < 8) return;
  uint8_t* at = &b[place(b.size(), 4) & ~size_t{3}];
  uint32_t v = 0;
  std::memcpy(&v, at, 4);
  v = word_near(b, v);
  std::memcpy(at, &v, 4);
}

void Mutator::mutate(tools::Bytes& b) {
  for (size_t i = 1 + below(4); i > 0 && b.size() > 8; --i) once(b);
}

void Mutator::once(tools::Bytes& b) {
  switch (below(8)) {
    case 0: b[place(b.size(), 1)] ^= static_cast<uint8_t>(1u << below(8)); break;
    case 1: b[place(b.size(), 1)] = static_cast<uint8_t>(below(256)); break;
    case 2: b[place(b.size(), 1)] = static_cast<uint8_t>(below(24)); break;  // most enums of a byte
    case 3: {
      const size_t n = 1 + below(b.size() < 64 ? b.size() : 64);
      std::memmove(&b[place(b.size(), n)], &b[place(b.size(), n)], n);
      break;
    }
    case 4: {
      const size_t n = 1 + below(16), at = place(b.size(), 1);
      b.insert(b.begin() + static_cast<std::ptrdiff_t>(at), n, static_cast<uint8_t>(below(256)));
      break;
    }
    case 5: {
      const size_t n = 1 + below(b.size() / 2 < 16 ? b.size() / 2 : 16);
      const auto at = b.begin() + static_cast<std::ptrdiff_t>(place(b.size(), n));
      b.erase(at, at + static_cast<std::ptrdiff_t>(n));
      break;
    }
    default: mutate_word(b); break;
  }
}

void tell_length(tools::Bytes& b) {
  const uint64_t size = b.size();
  if (b.size() >= 16) std::memcpy(&b[8], &size, sizeof(size));
}

}  // namespace inlay::fuzz

// SPDX-License-Identifier: Apache-2.0
// Mutations that know what both formats are made of: little-endian tables, mostly of aligned words of 32 bits.
#pragma once
#include <random>

#include "tools/graph/ir.h"

namespace inlay::fuzz {

/// The same seed gives the same mutation on any machine.
class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  /// One to four steps of any kind.
  void mutate(tools::Bytes& b);
  /// Sets one aligned word to a value that is likely to matter: the length stays.
  void mutate_word(tools::Bytes& b);

 private:
  /// A number below n. Not a std distribution: those differ between libraries.
  size_t below(size_t n) { return static_cast<size_t>(random_() % n); }
  size_t place(size_t size, size_t room);
  uint32_t word_near(const tools::Bytes& b, uint32_t old);
  void once(tools::Bytes& b);

  std::mt19937_64 random_;
};

/// A .inlay file is refused at once unless its header tells its length.
void tell_length(tools::Bytes& b);

}  // namespace inlay::fuzz

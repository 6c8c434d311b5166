// SPDX-License-Identifier: Apache-2.0
// What both libFuzzer targets share: half of all mutations are our own (mutator.h).
#pragma once
#include <cstring>

#include "fuzz/mutator.h"
#include "fuzz/targets.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace inlay::fuzz {

inline size_t mutate(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Mutator mutator(seed);
  tools::Bytes bytes(data, data + size);
  switch (seed % 4) {
    case 0: mutator.mutate_word(bytes); break;
    case 1: mutator.mutate(bytes); break;
    default: return LLVMFuzzerMutate(data, size, max_size);
  }
  if (bytes.empty() || bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace inlay::fuzz

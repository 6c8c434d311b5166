// SPDX-License-Identifier: Apache-2.0
#include "fuzz/libfuzzer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(inlay::fuzz::fuzz_inlay(data, size));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  const size_t made = inlay::fuzz::mutate(data, size, max_size, seed);
  const uint64_t length = made;
  // One in eight keeps what the header says.
  if (made >= 16 && seed % 8 != 7) std::memcpy(data + 8, &length, sizeof(length));
  return made;
}

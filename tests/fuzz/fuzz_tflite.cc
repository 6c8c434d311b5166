// SPDX-License-Identifier: Apache-2.0
#include "fuzz/libfuzzer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(inlay::fuzz::fuzz_tflite(data, size));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return inlay::fuzz::mutate(data, size, max_size, seed);
}

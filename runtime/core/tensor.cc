// SPDX-License-Identifier: Apache-2.0
#include "core/tensor.h"

namespace inlay {

bool tensor_bytes(uint32_t dtype, const int32_t* dims, int32_t rank, uint64_t* out) {
  const uint64_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(dtype));
  if (bits == 0 || rank < 0 || rank > INLAY_MAX_RANK) return false;
  uint64_t count = 1;
  bool empty = false;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0) return false;
    if (dims[i] == 0) empty = true;
    // An empty dim must not hide an overflow of the others: loops over the outer dims would still wrap.
    if (dims[i] != 0 && !checked_mul<uint64_t>(count, static_cast<uint64_t>(dims[i]), &count)) return false;
  }
  // Element counts are kept in int64 and often in size_t arithmetic of twice the count.
  uint64_t all_bits = 0;
  if (count > (uint64_t{1} << 56) || !checked_mul(count, bits, &all_bits)) return false;
  *out = empty ? 0 : (all_bits + 7) / 8;
  return true;
}

}  // namespace inlay

extern "C" {

const char* inlay_dtype_name(inlay_dtype dtype) {
  static const char* const names[] = {"none",  "float32", "float16", "int8",     "uint8",  "int16",    "int32",   "int64",
                                      "bool",  "int4",    "uint32",  "complex64", "uint16", "bfloat16", "float64", "uint64"};
  return static_cast<uint32_t>(dtype) < INLAY_DTYPE_COUNT ? names[dtype] : "?";
}

uint32_t inlay_dtype_bits(inlay_dtype dtype) {
  static const uint8_t bits[] = {
#define INLAY_BITS(name, number, bits) bits,
      INLAY_DTYPE_LIST(INLAY_BITS)
#undef INLAY_BITS
  };
  return static_cast<uint32_t>(dtype) < INLAY_DTYPE_COUNT ? bits[dtype] : 0;
}

}  // extern "C"

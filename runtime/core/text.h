// SPDX-License-Identifier: Apache-2.0
// What little the runtime does to texts: a C library's strcmp and strcpy, made for long ones, take a kilobyte on Cortex-M.
#pragma once

namespace inlay {

inline bool same_text(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return *a == *b;
}

/// `to` has room for all of `from` and its zero.
inline void copy_text(char* to, const char* from) {
  while ((*to++ = *from++) != '\0') {
  }
}

}  // namespace inlay

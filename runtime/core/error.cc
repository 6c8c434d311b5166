// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"

namespace inlay {
namespace {

/// The last decimal digit, taken off. In pieces of 16 bits: Cortex-M divides 64 bits by a function of 700 bytes.
uint32_t take_digit(uint64_t* number) {
  uint32_t rest = 0;
  uint64_t quotient = 0;
  for (int shift = 48; shift >= 0; shift -= 16) {
    const uint32_t piece = rest << 16 | (static_cast<uint32_t>(*number >> shift) & 0xffff);
    quotient = quotient << 16 | piece / 10;
    rest = piece % 10;
  }
  *number = quotient;
  return rest;
}

/// Appends to a fixed buffer and keeps it terminated.
struct Writer {
  char* out;
  uint32_t left;  // bytes left, the terminator not counted

  void put(char c) {
    if (left == 0) return;
    *out++ = c;
    --left;
  }
  void put(const char* text) {
    while (*text != '\0') put(*text++);
  }
  /// Converters make names of hundreds of bytes, which would leave no room for what is wrong.
  void put_name(const char* name) {
    constexpr int kShown = 32;
    int shown = 0;
    while (*name != '\0' && shown < kShown) {
      put(*name++);
      ++shown;
    }
    if (*name != '\0') put("...");
  }
  void put(int64_t number) {
    char digits[20];
    int count = 0;
    uint64_t rest = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    do {
      digits[count++] = static_cast<char>('0' + take_digit(&rest));
    } while (rest != 0);
    if (number < 0) put('-');
    while (count > 0) put(digits[--count]);
  }
};

}  // namespace

inlay_status report(inlay_error* error, inlay_status status, const char* format, const ErrorArg* args, int count) {
  if (error == nullptr) return status;
  Writer writer{error->text, static_cast<uint32_t>(sizeof(error->text) - 1)};
  int next = 0;
  for (const char* p = format; *p != '\0'; ++p) {
    if (*p != '%' || next >= count) {
      writer.put(*p);
    } else if (args[next].text != nullptr && p != format && p[-1] == '\'') {
      writer.put_name(args[next++].text);
    } else if (args[next].text != nullptr) {
      writer.put(args[next++].text);
    } else {
      writer.put(args[next++].number);
    }
  }
  *writer.out = '\0';
  return status;
}

}  // namespace inlay

extern "C" {

const char* inlay_status_text(inlay_status status) {
  switch (status) {
#define INLAY_CASE(name, number, text) \
  case INLAY_STATUS_##name:            \
    return text;
    INLAY_STATUS_LIST(INLAY_CASE)
#undef INLAY_CASE
    default:
      return "unknown status";
  }
}

const char* inlay_status_name(inlay_status status) {
  switch (status) {
#define INLAY_CASE(name, number, text) \
  case INLAY_STATUS_##name:            \
    return #name;
    INLAY_STATUS_LIST(INLAY_CASE)
#undef INLAY_CASE
    default:
      return "?";
  }
}

}  // extern "C"
